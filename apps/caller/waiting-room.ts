/** Phones that wait in hand for a call of their campaign to end, at most, of one campaign and task. */
const MOST_WAITING = 20;

/**
 * Who of a campaign that has as many calls under way as it may waits in hand for the next one: as many as may be called at
 * once, and never more than a few. The others are held, so that the phones of one campaign do not fill the hands that calls of
 * others need. In memory: a place that nobody asks for again is free after a while.
 */
export class WaitingRoom {
  readonly #forgottenMs: number;
  /** When each phone asked last, in monotonic ms, by campaign. */
  readonly #waiting = new Map<string, Map<string, number>>();

  constructor(forgottenMs: number) {
    this.#forgottenMs = forgottenMs;
  }

  /** Whether the phone may wait in hand. `most`: calls of the campaign at once. `now`: monotonic ms. */
  admits(campaignId: string, phone: string, most: number, now: number): boolean {
    const waiting = this.#waiting.get(campaignId) ?? new Map<string, number>();
    for (const [other, askedAt] of waiting) if (now - askedAt > this.#forgottenMs) waiting.delete(other);
    const isAdmitted = waiting.has(phone) || waiting.size < Math.min(most, MOST_WAITING);
    if (isAdmitted) waiting.set(phone, now);
    if (waiting.size > 0) this.#waiting.set(campaignId, waiting);
    return isAdmitted;
  }

  /** It waits no longer: its call may begin as far as its campaign is concerned. */
  leaves(campaignId: string, phone: string): void {
    const waiting = this.#waiting.get(campaignId);
    waiting?.delete(phone);
    if (waiting?.size === 0) this.#waiting.delete(campaignId);
  }
}
