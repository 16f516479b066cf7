import { addMoves } from '#shared/campaigns/counts.ts';
import { endedStatuses } from '#shared/campaigns/lifecycle.ts';
import { IS_NUMBER, LOOKED_UP } from '#shared/campaigns/look-up.ts';
import type { UpdateUser } from '#shared/contracts/dialog-commands.ts';
import { batchIdOf, drillInstanceIdOf, lessonClosingCommandId } from '#shared/identity.ts';
import { CAMPAIGN_OVER, CAMPAIGN_PAUSED, LESSON_REPLACED } from '#shared/messages/lesson-rules.ts';
import { writeSlotOutbox } from '#shared/outbox/write.ts';
import { lockKnownPhones } from '#shared/phone/lock-phones.ts';
import type { PhoneNumber } from '#shared/phone/phone-number.ts';
import type { Pool, Transaction } from '#shared/postgres/pool.ts';

/** Phones of one transaction. */
const LESSONS_AT_ONCE = 5_000;

/** A lesson whose first texts have not gone. */
interface Lesson {
  phone_number: string;
  batch_id: string;
  /** Of the audience; null: nobody of it, or not by this number any more. */
  contact_id: string | null;
  variant: number | null;
  command_id: string | null;
  state: string | null;
  rule: string | null;
  /** As the dialog has it: what it is at, and its version; null: there is none. */
  running: string | null;
  version: number | null;
}

/**
 * Lets the lessons of an active campaign, whose row is locked, go on that waited while it was paused. Those whose person was
 * given another lesson meanwhile do not: nobody is asked what nobody waits for, and who has got nothing of it is cancelled. It is
 * the same for those that the sender has just queued to look at them again. The phones' rows are locked here. Returns how many
 * texts were moved; then nothing else that locks phones may follow in the transaction. `now`: business time.
 */
export async function resumeLessons(tx: Transaction, campaignId: string, now: Date): Promise<number> {
  const unsent = `lesson_campaign_id = $1 AND state IN ('queued', 'held')`;
  const waiting = `${unsent} AND rule = $2`;
  const { rows } = await tx.query<{ phone_number: string }>(
    `SELECT DISTINCT phone_number FROM message WHERE ${waiting} ORDER BY phone_number LIMIT $3`,
    [campaignId, CAMPAIGN_PAUSED, LESSONS_AT_ONCE],
  );
  if (rows.length === 0) return 0;
  const phones = await lockKnownPhones(
    tx,
    rows.map((row) => row.phone_number),
  );
  const held = await tx.query<{ phone_number: string; batch_id: string }>(
    `SELECT DISTINCT phone_number, batch_id FROM message WHERE ${waiting} AND phone_number = ANY ($3)`,
    [campaignId, CAMPAIGN_PAUSED, phones],
  );
  const lessons = await readLessons(tx, campaignId, held.rows);
  const replaced = lessons.filter((each) => each.running !== null && isKnown(each) && !isRunning(each));
  const begun = await readBegun(tx, replaced);
  // Whose rule is gone is not looked at again: it goes, or waits for something else.
  const { rowCount } = await tx.query(
    `UPDATE message
        SET state = CASE WHEN batch_id = ANY ($5) THEN 'cancelled' ELSE state END,
            rule = CASE WHEN batch_id = ANY ($5) THEN $6 END,
            due_at = CASE WHEN batch_id <> ALL ($5) AND state = 'held' THEN $3::timestamptz END,
            settled_at = CASE WHEN batch_id = ANY ($5) THEN clock_timestamp() END
      WHERE ${unsent} AND phone_number = ANY ($4) AND (rule = $2 OR batch_id = ANY ($5))`,
    [campaignId, CAMPAIGN_PAUSED, now, phones, replaced.map((each) => each.batch_id), LESSON_REPLACED],
  );
  await cancelContacts(
    tx,
    campaignId,
    replaced.filter((each) => each.state === 'sent' && !begun.has(each.batch_id)),
    LESSON_REPLACED,
  );
  return rowCount ?? 0;
}

/**
 * Ends the lessons of a campaign, whose row is locked, that is over: their texts that have not gone never go, the dialog is told to
 * close what was cut off, and who has got nothing of it is cancelled as who never came to it. The dialog's version goes with what it
 * is told: where it has gone on since, it stays as it is. What the dialog has not answered for yet is left to a later turn.
 * The phones' rows are locked here. Returns how many lessons; then nothing else that locks phones may follow in the
 * transaction.
 */
export async function endLessons(
  tx: Transaction,
  campaignId: string,
  { now, producer, rule }: { rule: string; producer: string; now: Date },
): Promise<number> {
  const { rows } = await tx.query<{ phone_number: string }>(
    `SELECT DISTINCT phone_number FROM message
      WHERE lesson_campaign_id = $1 AND state IN ('queued', 'held')
        AND NOT EXISTS (SELECT FROM campaign_contact AS each
                         WHERE each.campaign_id = $1 AND each.phone_number = message.phone_number AND each.${IS_NUMBER}
                           AND each.state = 'queued')
      ORDER BY phone_number LIMIT $2`,
    [campaignId, LESSONS_AT_ONCE],
  );
  if (rows.length === 0) return 0;
  const phones = await lockKnownPhones(
    tx,
    rows.map((row) => row.phone_number),
  );
  const { rows: cancelled } = await tx.query<{ phone_number: string; batch_id: string }>(
    `WITH cancelled AS (
       UPDATE message SET state = 'cancelled', rule = $3, due_at = NULL, settled_at = clock_timestamp()
        WHERE lesson_campaign_id = $1 AND phone_number = ANY ($2) AND state IN ('queued', 'held')
       RETURNING phone_number, batch_id)
     SELECT DISTINCT phone_number, batch_id FROM cancelled`,
    [campaignId, phones, CAMPAIGN_OVER],
  );
  const lessons = await readLessons(tx, campaignId, cancelled);
  const begun = await readBegun(tx, lessons);
  await writeSlotOutbox(
    tx,
    producer,
    lessons.filter(isRunning).map((lesson) => closingOf(lesson, now)),
  );
  await cancelContacts(
    tx,
    campaignId,
    lessons.filter((each) => each.state === 'sent' && isKnown(each) && !begun.has(each.batch_id)),
    rule,
  );
  return lessons.length;
}

/**
 * Has campaigns looked at that are over and that nobody looks at any more, of whose lessons texts are left: they were written late.
 * Returns how many campaigns. `now`: business time.
 */
export async function wakeForLessons(pool: Pool, now: Date): Promise<number> {
  const { rowCount } = await pool.query(
    `UPDATE campaign SET due_at = $1
      WHERE type = 'drill' AND status = ANY ($2) AND due_at IS NULL AND (status <> 'completed' OR end_at <= $1)
        AND campaign_id IN (SELECT lesson_campaign_id FROM message
                             WHERE lesson_campaign_id IS NOT NULL AND state IN ('queued', 'held'))`,
    [now, endedStatuses],
  );
  return rowCount ?? 0;
}

/** Whether what stands in the audience is this lesson, and not one that was asked for since. */
const isKnown = ({ batch_id, command_id }: Lesson): boolean =>
  command_id !== null && batchIdOf(command_id) === batch_id;

/** Whether the dialog waits for its answer. */
const isRunning = (lesson: Lesson): boolean =>
  isKnown(lesson) &&
  lesson.command_id !== null &&
  lesson.running === drillInstanceIdOf(lesson.command_id) &&
  lesson.version !== null;

async function readLessons(
  tx: Transaction,
  campaignId: string,
  batches: readonly { phone_number: string; batch_id: string }[],
): Promise<Lesson[]> {
  const { rows } = await tx.query<Lesson>(
    `SELECT batch.phone_number, batch.batch_id, known.contact_id, known.variant, known.message_id AS command_id, known.state,
            known.rule, talk.state ->> 'drillInstanceId' AS running, talk.version
       FROM unnest($2::text[], $3::uuid[]) AS batch(phone_number, batch_id)
       LEFT JOIN LATERAL (
              SELECT * FROM campaign_contact AS each
               WHERE each.campaign_id = $1 AND each.phone_number = batch.phone_number AND each.${IS_NUMBER} LIMIT 1
                 FOR UPDATE) AS known ON true
       LEFT JOIN LATERAL (
              SELECT * FROM dialog_state WHERE dialog_state.phone_number = batch.phone_number LIMIT 1) AS talk ON true`,
    [campaignId, batches.map(({ phone_number }) => phone_number), batches.map(({ batch_id }) => batch_id)],
  );
  return rows;
}

/** Lessons of which something is with the carrier, or may be. */
async function readBegun(tx: Transaction, lessons: readonly Lesson[]): Promise<ReadonlySet<string>> {
  const { rows } = await tx.query<{ batch_id: string }>(
    `SELECT DISTINCT message.batch_id
       FROM unnest($1::text[], $2::uuid[]) AS batch(phone_number, batch_id)
       JOIN message ON message.phone_number = batch.phone_number AND message.batch_id = batch.batch_id
      WHERE message.state IN ('posting', 'ambiguous', 'sent', 'unknown')`,
    [lessons.map(({ phone_number }) => phone_number), lessons.map(({ batch_id }) => batch_id)],
  );
  return new Set(rows.map(({ batch_id }) => batch_id));
}

function closingOf({ batch_id, phone_number, version }: Lesson, now: Date) {
  const dialogVersion = version ?? 0;
  const command: UpdateUser = {
    type: 'UPDATE_USER',
    commandId: lessonClosingCommandId(batch_id, dialogVersion),
    phoneNumber: phone_number as PhoneNumber,
    occurredAt: now.toISOString(),
    payload: { profile: {}, purgeDrillState: true, dialogVersion },
  };
  const body = JSON.stringify(command);
  return { kind: 'stream', target: 'dialog-commands', orderingKey: phone_number, body } as const;
}

async function cancelContacts(
  tx: Transaction,
  campaignId: string,
  lessons: readonly Lesson[],
  rule: string,
): Promise<void> {
  if (lessons.length === 0) return;
  await tx.query(
    `UPDATE campaign_contact AS each
        SET state = 'cancelled', rule = $3, attempts = greatest(0, each.attempts - 1), settled_at = clock_timestamp()
       FROM unnest($2::uuid[]) AS became(contact_id) ${LOOKED_UP}
      WHERE each.ctid = found.ctid`,
    [campaignId, lessons.map(({ contact_id }) => contact_id), rule],
  );
  await addMoves(
    tx,
    campaignId,
    lessons.map((each) => ({
      variant: each.variant ?? 0,
      from: { state: 'sent', rule: each.rule },
      to: { state: 'cancelled', rule },
      contacts: 1,
    })),
  );
}
