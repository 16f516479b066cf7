import { isDeepStrictEqual } from 'node:util';
import {
  addCounts,
  changesOf,
  type Delivery,
  type DeliveryOutcome,
  type EndedCall,
  outcomeOf,
} from '#shared/campaigns/deliveries.ts';
import { isMessageStatus } from '#shared/carriers/status.ts';
import type { Queryable } from '#shared/postgres/pool.ts';
import { unitsOfText } from '#shared/senders/units.ts';
import type { CallOutcome } from '#shared/voice/call-outcomes.ts';
import type { LogRow } from './row.ts';

/** A message of a campaign as the log has it now, and as it was counted before. */
interface Found {
  log_id: string;
  campaign_id: string;
  variant: number;
  contact_id: string;
  message_id: string;
  carrier: string;
  is_refused: boolean;
  is_call: boolean;
  status: string;
  error_code: string | null;
  call_outcome: CallOutcome | null;
  call_seconds: number | null;
  call_price: string | null;
  call_currency: string | null;
  segments: number | null;
  /** Where the carrier did not say how many segments it has. */
  body: string | null;
  sender_number: string;
  counted: {
    campaign_id: string;
    variant: number;
    carrier: string;
    outcome: DeliveryOutcome;
    error_code: string | null;
    segments: number;
    call_outcome: CallOutcome | null;
    call_seconds: number | null;
    call_price: string | null;
    call_currency: string | null;
  } | null;
}

/**
 * Has `campaign_delivery` say of the messages of campaigns among these rows what the log says of them now. To be called in
 * the transaction that wrote the rows, after it did: their locks make that nobody else does the same for one of them. In
 * a few statements, whatever the number of rows; one where none is a campaign's. Idempotent: what a row says decides, not
 * which record brought it. Counts change with it.
 */
export async function countDeliveries(db: Queryable, rows: readonly LogRow[]): Promise<void> {
  const outgoing = rows.filter(({ content }) => content?.direction !== 'inbound');
  if (outgoing.length === 0) return;
  const named = outgoing.filter((row) => messageIdOf(row) !== null);
  const { rows: found } = await db.query<Found>({
    name: 'find-campaign-deliveries',
    // Most messages are of no campaign: those that name themselves are looked for among messages before anything else is read.
    text: `WITH candidate AS MATERIALIZED (
             SELECT log_id FROM unnest($1::uuid[], $2::uuid[]) AS named(log_id, message_id)
                    JOIN message USING (message_id) WHERE message.variant IS NOT NULL
             UNION ALL
             SELECT log_id FROM unnest($3::uuid[]) AS nameless(log_id) JOIN message_log USING (log_id)
              WHERE message_log.message_id IS NOT NULL)
           SELECT log.log_id, message.campaign_id, message.variant, message.cause_id AS contact_id, message.message_id,
                  log.carrier, log.carrier_message_id IS NULL AS is_refused, call.outcome AS call_outcome,
                  call.seconds AS call_seconds, call.price::text AS call_price, call.currency AS call_currency,
                  message.channel = 'voice' AS is_call, log.status, log.error_code, log.segments,
                  CASE WHEN log.segments IS NULL THEN log.body END AS body, message.sender_number,
                  CASE WHEN known.log_id IS NOT NULL
                       THEN json_build_object('campaign_id', known.campaign_id, 'variant', known.variant,
                                              'carrier', known.carrier, 'outcome', known.outcome,
                                              'error_code', known.error_code, 'segments', known.segments,
                                              'call_outcome', known.call_outcome, 'call_seconds', known.call_seconds,
                                              'call_price', known.call_price::text, 'call_currency', known.call_currency)
                       END AS counted
             FROM candidate JOIN message_log AS log USING (log_id)
             JOIN message ON message.message_id = log.message_id
             LEFT JOIN campaign_delivery AS known ON known.log_id = log.log_id
             LEFT JOIN call_log AS call ON call.log_id = log.log_id
            WHERE message.campaign_id IS NOT NULL AND message.variant IS NOT NULL
            ORDER BY log.log_id`,
    values: [
      named.map(({ logId }) => logId),
      named.map(messageIdOf),
      outgoing.filter((row) => messageIdOf(row) === null).map(({ logId }) => logId),
    ],
  });
  const changed = found.flatMap((row) => {
    const before = beforeOf(row);
    const after = afterOf(row);
    const changes = changesOf(before, after);
    return isSame(before, after) ? [] : [{ row, after, changes }];
  });
  if (changed.length === 0) return;
  await db.query(
    `INSERT INTO campaign_delivery AS known
       (log_id, campaign_id, variant, contact_id, message_id, carrier, outcome, error_code, segments, call_outcome,
        call_seconds, call_price, call_currency, is_news)
     SELECT log_id, campaign_id, variant, contact_id, message_id, carrier, outcome, error_code, segments, call_outcome,
            call_seconds, call_price, call_currency, outcome NOT IN ('underway', 'refused')
       FROM unnest($1::uuid[], $2::uuid[], $3::smallint[], $4::uuid[], $5::uuid[], $6::text[], $7::text[], $8::text[],
                   $9::integer[], $10::text[], $11::integer[], $12::numeric[], $13::text[])
            AS written(log_id, campaign_id, variant, contact_id, message_id, carrier, outcome, error_code, segments,
                       call_outcome, call_seconds, call_price, call_currency)
     ON CONFLICT (log_id) DO UPDATE
        SET campaign_id = excluded.campaign_id, variant = excluded.variant, contact_id = excluded.contact_id,
            message_id = excluded.message_id, carrier = excluded.carrier, outcome = excluded.outcome,
            error_code = excluded.error_code, segments = excluded.segments, call_outcome = excluded.call_outcome,
            call_seconds = excluded.call_seconds, call_price = excluded.call_price, call_currency = excluded.call_currency,
            -- More segments are nothing that a contact has to hear of; what a call came to is.
            is_news = known.is_news
                      OR excluded.is_news
                         AND (known.outcome, known.error_code, known.call_outcome, known.call_seconds, known.call_price,
                              known.call_currency)
                             IS DISTINCT FROM (excluded.outcome, excluded.error_code, excluded.call_outcome,
                                               excluded.call_seconds, excluded.call_price, excluded.call_currency)`,
    [
      changed.map(({ row }) => row.log_id),
      changed.map(({ row }) => row.campaign_id),
      changed.map(({ row }) => row.variant),
      changed.map(({ row }) => row.contact_id),
      changed.map(({ row }) => row.message_id),
      changed.map(({ row }) => row.carrier),
      changed.map(({ after }) => after.outcome),
      changed.map(({ after }) => after.errorCode),
      changed.map(({ after }) => after.segments),
      changed.map(({ after }) => after.call?.outcome ?? null),
      changed.map(({ after }) => after.call?.seconds ?? null),
      changed.map(({ after }) => after.call?.price ?? null),
      changed.map(({ after }) => after.call?.currency ?? null),
    ],
  );
  await addCounts(
    db,
    changed.flatMap(({ changes }) => changes),
  );
}

const messageIdOf = ({ content, mentioned }: LogRow): string | null => (content ?? mentioned).messageId;

const beforeOf = ({ counted }: Found): Delivery | null =>
  counted === null
    ? null
    : {
        campaignId: counted.campaign_id,
        variant: counted.variant,
        carrier: counted.carrier,
        outcome: counted.outcome,
        errorCode: counted.error_code,
        segments: counted.segments,
        call: endedCall(counted),
      };

/** Null: nothing is kept of a call. */
const endedCall = (
  row: Pick<Found, 'call_outcome' | 'call_seconds' | 'call_price' | 'call_currency'>,
): EndedCall | null =>
  row.call_outcome === null && row.call_seconds === null && row.call_price === null
    ? null
    : {
        outcome: row.call_outcome,
        seconds: row.call_seconds,
        price: row.call_price,
        currency: row.call_currency,
      };

function afterOf(row: Found): Delivery {
  // What the log stores is a word of ours.
  const status = isMessageStatus(row.status) ? row.status : 'unknown';
  const outcome = outcomeOf(status, row.is_refused);
  return {
    campaignId: row.campaign_id,
    variant: row.variant,
    carrier: row.carrier,
    outcome,
    errorCode: row.error_code,
    segments: row.is_refused ? 0 : segmentsTaken(row),
    // How a call ends is known at its end: until then it may still be a machine.
    call: row.is_call && outcome !== 'underway' && !row.is_refused ? endedCall(row) : null,
  };
}

/** As the carrier says; where it does not, as it will split the text. None is known while only a status was heard. */
function segmentsTaken({ body, counted, is_call, segments, sender_number }: Found): number {
  // What is said in a call is sent in none.
  if (is_call) return 0;
  if (segments !== null) return segments;
  // A message of media alone is one. A text that was erased meanwhile counts as it did.
  return body === null ? 0 : Math.max(1, unitsOfText(sender_number, body), counted?.segments ?? 0);
}

const isSame = (a: Delivery | null, b: Delivery): boolean =>
  a !== null &&
  a.campaignId === b.campaignId &&
  a.variant === b.variant &&
  a.carrier === b.carrier &&
  a.outcome === b.outcome &&
  a.errorCode === b.errorCode &&
  a.segments === b.segments &&
  isDeepStrictEqual(a.call, b.call);
