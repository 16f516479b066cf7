/** How a request ended, as far as it says something about the carrier. */
export interface RequestEnd {
  attempt: 'accepted' | 'refused' | 'not_sent' | 'ambiguous';
  /** The carrier refuses our whole account: the code that says so. */
  haltCode: string | null;
}

export interface BreakerLimits {
  /** How long a refusal of the account stops everything, in ms. */
  haltMs: number;
  /** Requests without an answer, in a row, after which claims pause. */
  lostInRow: number;
  /** First and longest pause after them, in ms. */
  backoffMs: { first: number; most: number };
}

interface Pause {
  cause: string;
  /** Monotonic ms. */
  until: number;
}

/**
 * Whether phones may be claimed, judged by how requests end. Pure: time is handed in, in monotonic ms.
 *
 *   flowing -- account refused, or many answers lost --> paused -- time --> one probe out
 *      ^                                                   ^                    |  |
 *      |                                                   +-- no answer (twice as long), or refused again
 *      +---------------------------- any other answer ----------------------------+
 *
 * A probe is the claim of one phone. While a pause lasts, a request that had begun before it still counts when it is
 * accepted, which ends a pause for lost answers, or when the account is refused, which begins one anew.
 */
export class CarrierBreaker {
  readonly #limits: BreakerLimits;
  #pause: Pause | null = null;
  #halted = false;
  #probing = false;
  #lost = 0;
  #backoffMs = 0;

  constructor(limits: BreakerLimits) {
    this.#limits = limits;
  }

  /** Why claims pause; null: they do not. */
  get cause(): string | null {
    return this.#pause?.cause ?? null;
  }

  /** How many phones may be claimed now, at most `wanted`. */
  room(now: number, wanted: number): number {
    if (this.#pause === null) return wanted;
    return this.#probing || now < this.#pause.until ? 0 : Math.min(1, wanted);
  }

  /** In how many ms there is room again by itself; null: a probe is out, or nothing pauses. */
  waitMs(now: number): number | null {
    if (this.#pause === null || this.#probing) return null;
    return Math.max(0, this.#pause.until - now);
  }

  /** Told of every claim. Whether it is the probe: then its request, or `noProbe`, must follow. */
  claims(): boolean {
    if (this.#pause !== null) this.#probing = true;
    return this.#probing;
  }

  /** The probe's phone had nothing to send: another phone may be the probe. */
  noProbe(): void {
    this.#probing = false;
  }

  /** Told of the end of every request. */
  ended({ attempt, haltCode }: RequestEnd, now: number, probe: boolean): void {
    if (probe) this.#probing = false;
    if (haltCode !== null) {
      this.#halted = true;
      this.#pauseFor(`the carrier refuses our account: ${haltCode}`, now + this.#limits.haltMs);
    } else if (attempt === 'ambiguous' || (probe && attempt === 'not_sent')) this.#noAnswer(now, probe);
    else if (attempt !== 'not_sent') this.#answered(probe);
  }

  #noAnswer(now: number, probe: boolean): void {
    if (this.#pause !== null && !probe) return;
    this.#lost += 1;
    if (!probe && this.#lost < this.#limits.lostInRow) return;
    const { first, most } = this.#limits.backoffMs;
    this.#backoffMs = this.#backoffMs === 0 ? first : Math.min(most, this.#backoffMs * 2);
    this.#halted = false;
    this.#pauseFor('the carrier does not answer', now + this.#backoffMs);
  }

  #answered(probe: boolean): void {
    if (this.#halted && !probe) return;
    this.#lost = 0;
    this.#backoffMs = 0;
    this.#halted = false;
    this.#pause = null;
    this.#probing = false;
  }

  #pauseFor(cause: string, until: number): void {
    this.#pause = { cause, until };
  }
}
