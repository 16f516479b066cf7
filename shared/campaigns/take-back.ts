import { TAKEN_BACK } from '#shared/messages/cancel-stopped.ts';
import { HAS_UNADOPTED } from '#shared/messages/restored.ts';
import { lockKnownPhones } from '#shared/phone/lock-phones.ts';
import type { Transaction } from '#shared/postgres/pool.ts';
import { addMoves, type ContactState, type Move } from './counts.ts';
import { LOOKED_UP } from './look-up.ts';
import type { Prices } from './prices.ts';
import { takeOverWaiting, type WaitingContact } from './take-over-waiting.ts';

interface QueuedRow {
  contact_id: string;
  phone_number: string;
  variant: number;
  message_id: string;
}

/** What becomes of contacts whose message was taken back. */
export interface TakenBack {
  state: Extract<ContactState, 'pending' | 'cancelled'>;
  rule: string | null;
}

/**
 * Takes back every message of a campaign that no request was made for: the queue's entry finds nothing to send. Contacts
 * whose message is at the carrier, or may be, stay as they are. The campaign's row is locked; the phones' rows are locked
 * here, as a claim locks them, so that a message is either taken back or claimed and never both. As many messages as were
 * queued ahead, which is about a minute's. Returns how many contacts were moved.
 */
export async function takeBackQueued(
  tx: Transaction,
  campaignId: string,
  to: TakenBack,
  now: Date,
): Promise<number> {
  const { rows } = await tx.query<QueuedRow>(
    `SELECT contact_id, phone_number, variant, message_id FROM campaign_contact
      WHERE campaign_id = $1 AND state = 'queued' FOR UPDATE`,
    [campaignId],
  );
  const taken = await cancelUnsent(tx, rows, TAKEN_BACK);
  return moveContacts(tx, campaignId, taken, { from: { state: 'queued', rule: null }, to, now });
}

/** Cancels those of these messages that wait, under the lock on their phones, and returns which they were. */
export async function cancelUnsent<M extends { phone_number: string; message_id: string }>(
  tx: Transaction,
  messages: readonly M[],
  rule: string,
): Promise<M[]> {
  if (messages.length === 0) return [];
  await lockKnownPhones(tx, [...new Set(messages.map(({ phone_number }) => phone_number))]);
  const { rows } = await tx.query<{ message_id: string }>(
    `UPDATE message SET state = 'cancelled', rule = $2, due_at = NULL, settled_at = clock_timestamp()
      WHERE message_id = ANY ($1) AND state IN ('queued', 'held')
     RETURNING message_id`,
    [messages.map(({ message_id }) => message_id), rule],
  );
  const cancelled = new Set(rows.map((row) => row.message_id));
  return messages.filter(({ message_id }) => cancelled.has(message_id));
}

/**
 * Writes where contacts of a campaign are now, and counts them there. Their rows are locked. Whoever is cancelled while a
 * message was to be sent again is what became of the one before.
 */
export async function moveContacts(
  tx: Transaction,
  campaignId: string,
  contacts: readonly { contact_id: string }[],
  { from, now, to }: { from: NonNullable<Move['from']>; to: NonNullable<Move['to']>; now: Date },
): Promise<number> {
  if (contacts.length === 0) return 0;
  const isOpen = to.state === 'pending' || to.state === 'held';
  const { rows } = await tx.query<Moved>(
    `WITH moved AS (
       UPDATE campaign_contact AS each
          SET state = ${NEW_STATE}, rule = ${NEW_RULE},
              due_at = $5, settled_at = CASE WHEN $5::timestamptz IS NULL THEN clock_timestamp() END
         FROM unnest($2::uuid[]) AS became(contact_id) ${LOOKED_UP}
        WHERE each.ctid = found.ctid
       RETURNING each.variant, each.state, each.rule)
     SELECT variant, state, rule, count(*)::int AS contacts FROM moved GROUP BY variant, state, rule`,
    [campaignId, contacts.map(({ contact_id }) => contact_id), to.state, to.rule, isOpen ? now : null],
  );
  await addMoves(
    tx,
    campaignId,
    rows.map(({ contacts: count, rule, state, variant }) => ({
      variant,
      from,
      to: { state, rule },
      contacts: count,
    })),
  );
  return contacts.length;
}

interface Moved {
  variant: number;
  state: ContactState;
  rule: string | null;
  contacts: number;
}

/**
 * What a row `each` of `campaign_contact` becomes by state $3 and rule $4: of whoever is cancelled and had a message before, what
 * became of that (`notAgain` in standing.ts, in SQL).
 */
export const NEW_STATE = `CASE WHEN $3 <> 'cancelled' THEN $3 WHEN each.missed_state = 'answered' THEN 'answered'
                        WHEN each.reached_at IS NOT NULL THEN 'delivered'
                        WHEN each.missed_state IS NULL AND each.attempts > 0 THEN 'sent'
                        ELSE coalesce(each.missed_state, $3) END`;
export const NEW_RULE = `CASE WHEN $3 <> 'cancelled' OR each.attempts = 0 AND each.missed_state IS NULL THEN $4
                       WHEN each.reached_at IS NOT NULL AND each.missed_state IS DISTINCT FROM 'answered' THEN NULL
                       ELSE each.missed_rule END`;

/** Contacts of one transaction. */
const CANCELLED_AT_ONCE = 20_000;

const NOBODY: ReadonlySet<WaitingContact> = new Set();

/**
 * Ends a campaign for those who wait, some at a time. The campaign's row is locked. Returns how many were cancelled; 0:
 * nobody waits any more. Whoever waited to be written to again is what became of the message before, and whoever had been written
 * to before a restore of the database is not cancelled but settled as that.
 */
export async function cancelWaiting(
  tx: Transaction,
  campaignId: string,
  { prices, rule }: { rule: string; prices: Prices },
): Promise<number> {
  const { rows: all } = await tx.query<WaitingContact & { has_restored: boolean }>(
    `SELECT contact_id, phone_number, variant, plans, step, state, rule, ${HAS_UNADOPTED} AS has_restored FROM campaign_contact
      WHERE campaign_id = $1 AND state IN ('pending', 'held') LIMIT $2 FOR UPDATE`,
    [campaignId, CANCELLED_AT_ONCE],
  );
  const written = all[0]?.has_restored === true ? await takeOverWaiting(tx, campaignId, all, prices) : NOBODY;
  const waiting = written.size === 0 ? all : all.filter((each) => !written.has(each));
  if (waiting.length === 0) return all.length;
  const { rows } = await tx.query<Moved & { was: 'pending' | 'held'; was_by: string | null }>(
    `WITH cancelled AS (
       UPDATE campaign_contact AS each
          SET state = ${NEW_STATE}, rule = ${NEW_RULE}, due_at = NULL, settled_at = clock_timestamp()
         FROM unnest($2::uuid[], $5::text[], $6::text[]) AS became(contact_id, was, was_by) ${LOOKED_UP}
        WHERE each.ctid = found.ctid
       RETURNING each.variant, became.was, became.was_by, each.state, each.rule)
     SELECT variant, was, was_by, state, rule, count(*)::int AS contacts FROM cancelled
      GROUP BY variant, was, was_by, state, rule`,
    [
      campaignId,
      waiting.map(({ contact_id }) => contact_id),
      'cancelled',
      rule,
      waiting.map(({ state }) => state),
      waiting.map((each) => each.rule),
    ],
  );
  await addMoves(
    tx,
    campaignId,
    rows.map(({ contacts, rule: by, state, variant, was, was_by }) => ({
      variant,
      from: { state: was, rule: was_by },
      to: { state, rule: by },
      contacts,
    })),
  );
  return all.length;
}
