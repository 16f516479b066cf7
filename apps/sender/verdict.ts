import type { OutboundListing } from '#shared/carriers/carrier.ts';

/** What one look for a lost request found out. */
export type Verdict =
  | {
      kind: 'accepted';
      carrierMessageId: string;
      status: string;
      errorCode: string | null;
      segments: number | null;
    }
  /** Not there, and it may still turn up. */
  | { kind: 'look_again' }
  /** Not there twice, far enough apart: it never was. */
  | { kind: 'not_sent' }
  /** The carrier has no list to look at, and no callback came. */
  | { kind: 'unknown' };

export interface Evidence {
  senderNumber: string;
  phoneNumber: string;
  body: string;
  /** A status callback that carried the attempt's own id. */
  callback: { carrierMessageId: string; status: string; errorCode: string | null } | null;
  /** What the carrier lists for the phone since the attempt; null: it has no lists. */
  listing: readonly OutboundListing[] | null;
  /** Carrier ids that belong to other attempts. */
  owned: ReadonlySet<string>;
  /** Looks before this one that found nothing and counted. */
  emptyLooks: number;
  /** Whether the last of them was long enough ago. */
  apart: boolean;
}

/**
 * Judges by our own id first. Then by the list: a message of the same sender, phone and words that no other attempt
 * owns is ours; of several the oldest, so that the next lost request finds the next one.
 */
export function verdictOf(evidence: Evidence): Verdict {
  const { callback, listing } = evidence;
  if (callback) return { kind: 'accepted', segments: null, ...callback };
  const ours = (listing ?? [])
    .filter((listed) => isOurs(listed, evidence))
    .sort((a, b) => a.createdAt.getTime() - b.createdAt.getTime())[0];
  if (ours) {
    const { carrierMessageId, status, errorCode, segments } = ours;
    return { kind: 'accepted', carrierMessageId, status, errorCode, segments };
  }
  if (evidence.emptyLooks === 0 || !evidence.apart) return { kind: 'look_again' };
  return { kind: listing === null ? 'unknown' : 'not_sent' };
}

const isOurs = (listed: OutboundListing, evidence: Evidence): boolean =>
  listed.to === evidence.phoneNumber &&
  sameWords({ senderNumber: listed.from, body: listed.body }, evidence) &&
  !evidence.owned.has(listed.carrierMessageId);

/** What a message to one phone is known by in a carrier's list. */
interface Words {
  senderNumber: string;
  body: string;
}

/** Whether two messages to one phone look the same in the carrier's list. */
export const sameWords = (one: Words, other: Words): boolean =>
  one.senderNumber === other.senderNumber && folded(one.body) === folded(other.body);

/** Carriers trim and recode white space; nothing else of a text may differ. */
const folded = (body: string): string => body.normalize('NFC').replace(/\s+/g, ' ').trim();
