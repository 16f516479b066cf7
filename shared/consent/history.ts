import type { Pseudonyms } from '#shared/erasure/pseudonyms.ts';
import type { PhoneNumber } from '#shared/phone/phone-number.ts';
import type { Queryable } from '#shared/postgres/pool.ts';
import type { ConsentChannel, ConsentGrant, ConsentMethod, ConsentStatus, ReversalReason } from './change.ts';

/** One change of a person's consent as it is on record. */
export interface RecordedChange {
  /** Order of the changes of one phone. */
  position: number;
  changeId: string;
  status: ConsentStatus;
  method: ConsentMethod;
  scope: string;
  channels: ConsentChannel[];
  granted: ConsentGrant[];
  requestedAt: Date;
  recordedAt: Date;
  deadline: string | null;
  originalMessage: string | null;
  cause: string;
  rule: string | null;
  wording: string | null;
  wordingSha256: string | null;
  affirmativeAction: string | null;
  url: string | null;
  ip: string | null;
  userAgent: string | null;
  actor: string | null;
  externalId: string | null;
  trackingId: string | null;
  reverses: string | null;
  reversalReason: ReversalReason | null;
  /** The change that took this one back; null: it stands. */
  reversedBy: string | null;
}

/**
 * Changes of a person's consent, newest first, at most `limit` before that position (null: from the newest). Of somebody
 * who was erased what was kept, without their words.
 */
export async function readHistory(
  db: Queryable,
  phone: PhoneNumber,
  { before, limit, pseudonyms }: { before: number | null; limit: number; pseudonyms: Pseudonyms },
): Promise<RecordedChange[]> {
  const { rows } = await db.query<RecordedChange>(
    `SELECT change.position, change.change_id AS "changeId", change.status, change.method, change.scope,
            change.channels, change.granted, change.requested_at AS "requestedAt",
            change.recorded_at AS "recordedAt", change.deadline::text, change.original_message AS "originalMessage",
            change.cause, change.rule, wording, change.disclosure_hash AS "wordingSha256",
            change.affirmative_action AS "affirmativeAction", change.url, change.ip,
            change.user_agent AS "userAgent", change.actor, change.external_id AS "externalId",
            change.tracking_id AS "trackingId", change.reverses, change.reversal_reason AS "reversalReason",
            reversal.change_id AS "reversedBy"
       FROM consent_change AS change
       LEFT JOIN consent_disclosure ON hash = change.disclosure_hash
       LEFT JOIN consent_change AS reversal ON reversal.reverses = change.change_id
      WHERE change.phone_number = ANY ($1) AND ($2::bigint IS NULL OR change.position < $2)
      ORDER BY change.position DESC LIMIT $3`,
    [[phone, ...pseudonyms.allOf(phone)], before, limit],
  );
  return rows;
}

/** Whether this change is one of this person's. */
export async function isChangeOf(
  db: Queryable,
  changeId: string,
  phone: PhoneNumber,
  pseudonyms: Pseudonyms,
): Promise<boolean> {
  const { rowCount } = await db.query(
    'SELECT FROM consent_change WHERE change_id = $1 AND phone_number = ANY ($2)',
    [changeId, [phone, ...pseudonyms.allOf(phone)]],
  );
  return rowCount === 1;
}
