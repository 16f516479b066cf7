import type { FoundStatus } from '#shared/carriers/carrier.ts';
import { isMessageStatus, isTerminal, mergeStatus, type ReportedStatus } from '#shared/carriers/status.ts';

/** What the message log knows of a message. */
export interface KnownStatus extends ReportedStatus {
  /** Words that no table of ours knows. */
  unknownStatuses: readonly string[];
}

/** What follows from a look. */
export interface Judgement {
  /** For the message log, in the order in which they came to be; none when it knows everything already. */
  tell: readonly { status: string; errorCode: string | null }[];
  /**
   * - `look_again`: later, if the log does not know the end by then
   * - `ended`: the end is told
   * - `given_up`: the carrier does not say how it ended, and nothing more is expected
   */
  next: 'look_again' | 'ended' | 'given_up';
}

/**
 * Judges what the carrier says of a message (null: it does not know it) against what the log knows. `last`: no look
 * follows. Then a message that was `sent` ends as `sent_unconfirmed`: it was handed to the person's network, and that
 * it did not arrive is nothing that anybody said.
 */
export function judge(known: KnownStatus, found: FoundStatus | null, at: Date, last: boolean): Judgement {
  const news = found === null ? null : newsOf(known, found, at);
  const tell = news === null ? [] : [news];
  if (!last) return { tell, next: 'look_again' };
  const stands = news !== null && isMessageStatus(news.status) ? news.status : known.status;
  if (isTerminal(stands)) return { tell, next: 'ended' };
  if (stands !== 'sent') return { tell, next: 'given_up' };
  return { tell: [...tell, { status: 'sent_unconfirmed', errorCode: null }], next: 'ended' };
}

/** What the carrier says, where the log does not know it; a status that the log has overtaken is no news. */
function newsOf(known: KnownStatus, found: FoundStatus, at: Date): Judgement['tell'][number] | null {
  const { status, errorCode } = found;
  if (!isMessageStatus(status)) return known.unknownStatuses.includes(status) ? null : { status, errorCode };
  const merged = mergeStatus(known, { status, at, errorCode });
  const isNews = merged.status !== known.status || merged.errorCode !== known.errorCode;
  return isNews ? { status, errorCode } : null;
}
