/** A text of a campaign, or of a lesson that one started, to one number, from one of ours, that a carrier was asked to take. */
export interface CampaignText {
  campaignId: string;
  /** When it was written, in business time: the period in which answers are looked for counts from it. */
  writtenAt: Date;
  /** When the request to the carrier began, in real time. */
  postedAt: Date;
  /** Order of the messages of one number. */
  ordinal: number;
}

/** How far the clocks may differ by which a request began and a text came in. Carriers tell whole seconds. */
export const CLOCKS_DIFFER_MS = 2_000;

const DAY_MS = 24 * 3_600_000;

/**
 * The text of a campaign that an incoming text belongs to: of those that had texted its number, from the number that it went to, when
 * it came in, the last one; null where that is longer ago than `withinDays`, or was never. `sent` is in any order. Pure.
 *
 * Requests are stamped by the machine and texts by business time, which the local stack may have skipped ahead: a request
 * that seems to come after the text did so.
 */
export function answeredText<Text extends CampaignText>(
  receivedAt: Date,
  sent: readonly Text[],
  withinDays: number,
): Text | null {
  let last: Text | null = null;
  for (const each of sent) {
    const hadGone = each.postedAt.getTime() <= receivedAt.getTime() + CLOCKS_DIFFER_MS;
    const isRecent = receivedAt.getTime() - each.writtenAt.getTime() <= withinDays * DAY_MS;
    if (hadGone && isRecent && (last === null || each.ordinal > last.ordinal)) last = each;
  }
  return last;
}
