import { listingCarriers } from '#shared/carriers/listing-carriers.ts';
import { lockKnownPhones } from '#shared/phone/lock-phones.ts';
import { inTransaction, type Pool, type Transaction } from '#shared/postgres/pool.ts';
import { services } from '#shared/topology.ts';
import { UsageError } from '../arguments.ts';
import { countLostRows, writeLostRows } from './lost-rows.ts';
import { takeBackOvertaken } from './overtaken.ts';

/**
 * After the database was set back to an earlier moment, messages that had gone out since are unsent again: their rows
 * are as old as that moment, or were made anew by replaying the streams. None of them may simply be sent.
 *
 * - known: the message log, replayed from its stream, has the message under the carrier's own id. It is `sent`, also where nothing made
 *   its row anew (lost-rows.ts).
 * - overtaken: a campaign had planned it, planned another in its place, and that went. It is taken back (overtaken.ts).
 * - in doubt: everything else but answers to what came in since. When a row was made says nothing: one that streams made
 *   anew is newer than the message that had gone. It becomes `ambiguous`, with an
 *   attempt as old as the restore point; the sender then asks the carrier, and sends what it never had
 *   (docs/sending.md, "Reconciliation").
 */
export interface RestoreWindow {
  /** The moment to which the database was set back. */
  since: Date;
  /** When the old database took its last transaction, or a little later. */
  until: Date;
}

export interface Settled {
  known: number;
  doubted: number;
}

/** Phones in one transaction. */
const BATCH = 200;

/** Services that hand messages to carriers, or plan some that no stream makes anew. */
const PLAN_OR_SEND = Object.entries(services)
  .filter(
    ([, { receives, relaysSlots, tables }]) =>
      receives.length > 0 ||
      (relaysSlots && 'message' in tables && tables.message.some((right) => right === 'insert')),
  )
  .map(([name]) => name);

/** Why nothing may be settled yet; null: it may. */
export async function whyNotYet(pool: Pool, { since, until }: RestoreWindow): Promise<string | null> {
  if (since.getTime() >= until.getTime()) return '--since must be before --until';
  const { rows } = await pool.query<{ swept: boolean; running: string[]; carriers: number }>(
    `SELECT coalesce(bool_and(outage_since IS NULL AND (swept_at >= $1 OR carrier <> ALL ($2))), false) AS swept,
            count(*)::integer AS carriers,
            ARRAY(SELECT DISTINCT consumer FROM lease_worker
                   WHERE consumer = ANY ($3) AND renewed_at > clock_timestamp() - interval '30 seconds'
                   ORDER BY consumer) AS running
       FROM inbound_watch`,
    [until, listingCarriers, PLAN_OR_SEND],
  );
  const [row] = rows;
  if (!row || row.carriers === 0) return 'no gateway has listened yet: start it, and wait for its sweep';
  if (!row.swept)
    return 'the gateway has not compared the carrier\'s list of inbound messages since then: wait for its sweep, or where a carrier has no list and it lasted long, see "outages list"';
  if (row.running.length > 0)
    return `still running: ${row.running.join(', ')}. Stop them first, and wait half a minute, or what was sent may be sent again`;
  return null;
}

/** How many messages are known to have gone, and how many are in doubt. Changes nothing. */
export async function countUnsettled(pool: Pool, window: RestoreWindow): Promise<Settled> {
  const { rows } = await pool.query<{ known: number; doubted: number }>(
    `SELECT count(*) FILTER (WHERE logged)::integer AS known,
            count(*) FILTER (WHERE NOT logged AND doubtful)::integer AS doubted
       FROM (SELECT EXISTS (SELECT FROM message_log
                             WHERE message_log.message_id = message.message_id
                               AND message_log.carrier_message_id IS NOT NULL
                               AND message_log.first_seen_at >= $1) AS logged,
                    state = 'queued' AND (caused_at IS NULL OR caused_at <= $2)
                    OR state = 'held' AND due_at <= $2 AS doubtful
               FROM message WHERE state IN ('queued', 'held', 'ambiguous')) AS unsent`,
    [window.since, window.until],
  );
  const [row] = rows;
  if (!row) throw new Error('a statement of counts returned no row');
  return { ...row, known: row.known + (await countLostRows(pool, window.since)) };
}

/** Why the message log cannot be gone by yet; null: it can. */
export type WhyLogIsBehind = () => Promise<string | null>;

/**
 * Settles what is known and puts the rest in doubt, some phones at a time. Idempotent: an interrupted run is simply
 * repeated, and a later one settles what the message log has learned meanwhile. Throws UsageError
 * while it is too early, and as soon as it is: the database is asked before each of its transactions, and `whyLogIsBehind` first of all
 * and before anything is put in doubt.
 */
export async function settleAfterRestore(
  pool: Pool,
  window: RestoreWindow,
  whyLogIsBehind: WhyLogIsBehind,
): Promise<Settled> {
  const allowed = () => refuse(() => whyNotYet(pool, window));
  await allowed();
  await refuse(whyLogIsBehind);
  const lost = await writeLostRows(pool, window.since, allowed);
  const known = lost + (await repeated(pool, allowed, (tx) => settleKnown(tx, window)));
  await takeBackOvertaken(pool, allowed);
  await refuse(whyLogIsBehind);
  return { known, doubted: await repeated(pool, allowed, (tx) => doubt(tx, window)) };
}

async function refuse(why: () => Promise<string | null>): Promise<void> {
  const reason = await why();
  if (reason !== null) throw new UsageError(reason);
}

async function repeated(
  pool: Pool,
  allowed: () => Promise<void>,
  batch: (tx: Transaction) => Promise<number>,
): Promise<number> {
  let sum = 0;
  for (;;) {
    await allowed();
    const count = await inTransaction(pool, batch);
    if (count === 0) return sum;
    sum += count;
  }
}

async function settleKnown(tx: Transaction, { since }: RestoreWindow): Promise<number> {
  const phones = await lockPhonesOf(
    tx,
    `SELECT DISTINCT message.phone_number FROM message_log
       JOIN message ON message.message_id = message_log.message_id
      WHERE message_log.first_seen_at >= $2 AND message_log.carrier_message_id IS NOT NULL
        AND message.state IN ('queued', 'held', 'ambiguous')
      ORDER BY message.phone_number LIMIT $1`,
    [BATCH, since],
  );
  const { rowCount } = await tx.query(
    `WITH known AS (
       UPDATE message SET state = 'sent', rule = NULL, due_at = NULL, settled_at = clock_timestamp()
        WHERE phone_number = ANY ($1) AND state IN ('queued', 'held', 'ambiguous')
          AND EXISTS (SELECT FROM message_log
                       WHERE message_log.message_id = message.message_id
                         AND message_log.first_seen_at >= $2 AND message_log.carrier_message_id IS NOT NULL)
       RETURNING message_id, phone_number, sender_number, intent, channel),
     -- Whatever became of a call, it is not under way any more.
     closed AS (
       UPDATE attempt SET state = 'accepted', ended_at = clock_timestamp(), next_look_at = NULL,
                          over_at = CASE known.channel WHEN 'voice' THEN clock_timestamp() END
         FROM known WHERE attempt.message_id = known.message_id AND attempt.state = 'ambiguous'),
     -- What had gone counts for frequency caps, also where its request was made after the moment of the restore.
     made AS (
       INSERT INTO attempt (attempt_id, message_id, phone_number, carrier, sender_number, state, posted_at, ended_at,
                            carrier_message_id, touched_at, channel, over_at)
       SELECT DISTINCT ON (known.message_id)
              coalesce(log.attempt_id, gen_random_uuid()), known.message_id, known.phone_number, log.carrier,
              known.sender_number, 'accepted', coalesce(log.occurred_at, log.first_seen_at), clock_timestamp(),
              log.carrier_message_id,
              CASE WHEN known.intent = 'marketing' THEN coalesce(log.occurred_at, log.first_seen_at) END,
              known.channel, CASE known.channel WHEN 'voice' THEN clock_timestamp() END
         FROM known
         JOIN message_log AS log ON log.message_id = known.message_id AND log.carrier_message_id IS NOT NULL
        WHERE NOT EXISTS (SELECT FROM attempt WHERE attempt.message_id = known.message_id)
        ORDER BY known.message_id, log.first_seen_at
       ON CONFLICT DO NOTHING)
     SELECT FROM known`,
    [phones, since],
  );
  return rowCount ?? 0;
}

async function doubt(tx: Transaction, { since, until }: RestoreWindow): Promise<number> {
  const phones = await lockPhonesOf(
    tx,
    `SELECT DISTINCT phone_number FROM message
      WHERE state = 'queued' AND (caused_at IS NULL OR caused_at <= $2) OR state = 'held' AND due_at <= $2
      ORDER BY phone_number LIMIT $1`,
    [BATCH, until],
  );
  const { rowCount } = await tx.query(
    `WITH doubted AS (
       UPDATE message SET state = 'ambiguous', attempts = attempts + 1, due_at = NULL, rule = NULL
        WHERE phone_number = ANY ($1)
          AND (state = 'queued' AND (caused_at IS NULL OR caused_at <= $3) OR state = 'held' AND due_at <= $3)
       RETURNING message_id, phone_number, sender_number, intent, channel)
     INSERT INTO attempt (attempt_id, message_id, phone_number, carrier, sender_number, state, posted_at, next_look_at,
                          touched_at, channel)
     SELECT gen_random_uuid(), message_id, phone_number, coalesce((SELECT carrier FROM sender WHERE sender.sender_number = doubted.sender_number), 'twilio'), sender_number,
            'ambiguous', $2, clock_timestamp(),
            -- It counts for frequency caps until the carrier says that it never had it.
            CASE WHEN intent = 'marketing' THEN $3::timestamptz END, channel
       FROM doubted`,
    [phones, since, until],
  );
  return rowCount ?? 0;
}

/** Locks the phones that a query finds. */
async function lockPhonesOf(tx: Transaction, query: string, values: readonly unknown[]): Promise<string[]> {
  const { rows } = await tx.query<{ phone_number: string }>(query, [...values]);
  const phones = rows.map((row) => row.phone_number);
  await lockKnownPhones(tx, phones);
  return phones;
}
