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

/** What the carrier has that looks like a request of ours. */
export interface Listed {
  carrierMessageId: string;
  status: string;
  errorCode: string | null;
  /** As far as the carrier says. */
  segments: number | null;
  createdAt: Date;
}

export interface Evidence {
  /** A status callback that carried the attempt's own id. */
  callback: { carrierMessageId: string; status: string; errorCode: string | null } | null;
  /** What the carrier lists since the attempt that looks like it; null: it has no lists. */
  listing: readonly Listed[] | null;
  /** Carrier ids that belong to other attempts. */
  owned: ReadonlySet<string>;
  /** Looks before this one that found nothing and counted. */
  emptyLooks: number;
  /** Whether the last of them was long enough ago. */
  apart: boolean;
}

/**
 * Judges by our own id first. Then by the list: what looks like the request and belongs to no other attempt is ours; of
 * several the oldest, so that the next lost request finds the next one.
 */
export function verdictOf(evidence: Evidence): Verdict {
  const { callback, listing } = evidence;
  if (callback) return { kind: 'accepted', segments: null, ...callback };
  const ours = (listing ?? [])
    .filter(({ carrierMessageId }) => !evidence.owned.has(carrierMessageId))
    .sort((a, b) => a.createdAt.getTime() - b.createdAt.getTime())[0];
  if (ours) {
    const { carrierMessageId, status, errorCode, segments } = ours;
    return { kind: 'accepted', carrierMessageId, status, errorCode, segments };
  }
  if (evidence.emptyLooks === 0 || !evidence.apart) return { kind: 'look_again' };
  return { kind: listing === null ? 'unknown' : 'not_sent' };
}
