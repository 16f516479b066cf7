import { lockPhones } from '#shared/phone/lock-phones.ts';
import type { PhoneNumber } from '#shared/phone/phone-number.ts';
import type { Queryable, Transaction } from '#shared/postgres/pool.ts';

/** Somebody who takes part in a programme. Business time. */
export interface StoredParticipant {
  phoneNumber: string;
  enrolledBy: 'code' | 'list' | 'text';
  enrolledAt: Date;
  lastInteractedAt: Date | null;
  optedOut: boolean;
  timeZone: string | null;
  deliveryTime: string | null;
  promptSlug: string | null;
  promptStartedAt: Date | null;
  reminded: boolean;
  completedAt: Date | null;
  /** How many of the programme's drills, as it is now. */
  completedDrills: number;
  nextStartAt: Date | null;
  remindAt: Date | null;
}

const COLUMNS = `phone_number AS "phoneNumber", enrolled_by AS "enrolledBy", enrolled_at AS "enrolledAt",
  last_interacted_at AS "lastInteractedAt", opted_out AS "optedOut", time_zone AS "timeZone",
  delivery_time AS "deliveryTime", prompt_slug AS "promptSlug", prompt_started_at AS "promptStartedAt", reminded,
  completed_at AS "completedAt",
  (SELECT count(*)::int FROM drill_progress
    WHERE drill_progress.phone_number = participant.phone_number
      AND drill_progress.programme_slug = participant.programme_slug
      AND drill_progress.drill_slug = ANY ($6) AND drill_progress.completed_at IS NOT NULL) AS "completedDrills",
  next_start_at AS "nextStartAt", remind_at AS "remindAt"`;

export const participantStates = ['active', 'completed', 'opted_out'] as const;
export type ParticipantState = (typeof participantStates)[number];

const IS_IN = {
  active: 'NOT opted_out AND completed_at IS NULL',
  completed: 'NOT opted_out AND completed_at IS NOT NULL',
  opted_out: 'opted_out',
} as const satisfies Readonly<Record<ParticipantState, string>>;

export interface ParticipantSelection {
  programmeSlug: string;
  /** Of the programme: what is counted of each. */
  drills: readonly string[];
  state: ParticipantState | null;
  enrolledBy: StoredParticipant['enrolledBy'] | null;
  /** Only those who did nothing since. */
  idleSince: string | null;
  /** The number that the page before ended with. */
  after: string | null;
  limit: number;
}

/** Participants by their numbers. */
export async function listParticipants(
  db: Queryable,
  { after, drills, enrolledBy, idleSince, limit, programmeSlug, state }: ParticipantSelection,
): Promise<StoredParticipant[]> {
  const { rows } = await db.query<StoredParticipant>(
    `SELECT ${COLUMNS} FROM participant
      WHERE programme_slug = $1 AND ($2::text IS NULL OR phone_number > $2) AND ($3::text IS NULL OR enrolled_by = $3)
        AND ($4::timestamptz IS NULL OR last_interacted_at IS NULL OR last_interacted_at <= $4)
        AND ${state === null ? 'true' : IS_IN[state]}
      ORDER BY phone_number LIMIT $5`,
    [programmeSlug, after, enrolledBy, idleSince, limit, drills],
  );
  return rows;
}

/** How many take part, by how they stand. */
export async function countParticipants(
  db: Queryable,
  programmeSlug: string,
): Promise<Record<ParticipantState, number>> {
  const { rows } = await db.query<Record<ParticipantState, number>>(
    `SELECT (count(*) FILTER (WHERE ${IS_IN.active}))::int AS active,
            (count(*) FILTER (WHERE ${IS_IN.completed}))::int AS completed,
            (count(*) FILTER (WHERE ${IS_IN.opted_out}))::int AS opted_out
       FROM participant WHERE programme_slug = $1`,
    [programmeSlug],
  );
  return rows[0] ?? { active: 0, completed: 0, opted_out: 0 };
}

/** What became of a drill in a programme, in all versions and languages. */
export interface DrillTally {
  drill: string;
  /** How often it began, and was completed. */
  started: number;
  completed: number;
  /** How often a question of it waits for an answer. */
  waiting: number;
}

/** Of every drill that somebody was asked something of in the programme. */
export async function tallyDrills(db: Queryable, programmeSlug: string): Promise<DrillTally[]> {
  const { rows } = await db.query<DrillTally>(
    `SELECT drill_slug AS drill,
            coalesce(sum(reached) FILTER (WHERE place = 0), 0)::float8 AS started,
            sum(completed)::float8 AS completed,
            sum(reached - passed - noted - abandoned - closed - dropped_replaced - dropped_opted_out - dropped_left
                - dropped_reset - dropped_erased)::float8 AS waiting
       FROM drill_report WHERE programme_slug = $1 GROUP BY drill_slug ORDER BY drill_slug`,
    [programmeSlug],
  );
  return rows;
}

/** Somebody who has been enrolled just now, with what their contact says of them. */
export interface Enrolled {
  phoneNumber: PhoneNumber;
  name: string | null;
  language: string | null;
  timeZone: string | null;
}

/**
 * Enrols contacts of a list who do not take part yet, at most `limit`, by their numbers. The lock on their phones keeps an
 * erasure away until it is done, and leaves out whoever was erased before it.
 */
export async function enrolFromList(
  tx: Transaction,
  { limit, listId, now, programmeSlug }: { programmeSlug: string; listId: string; now: Date; limit: number },
): Promise<Enrolled[]> {
  const { rows: found } = await tx.query<{ phone_number: string }>(
    `SELECT phone_number FROM list_member JOIN contact USING (contact_id)
      WHERE list_id = $1 AND NOT EXISTS (
            SELECT FROM participant
             WHERE participant.phone_number = contact.phone_number AND participant.programme_slug = $2)
      ORDER BY phone_number LIMIT $3`,
    [listId, programmeSlug, limit],
  );
  if (found.length === 0) return [];
  const phones = found.map((row) => row.phone_number);
  await lockPhones(tx, phones);
  const { rows } = await tx.query<Enrolled>(
    `WITH enrolled AS (
       INSERT INTO participant (phone_number, programme_slug, enrolled_by, enrolled_at, time_zone)
       SELECT phone_number, $1, 'list', $2, time_zone FROM contact WHERE phone_number = ANY ($3) ORDER BY phone_number
       ON CONFLICT DO NOTHING RETURNING phone_number)
     SELECT phone_number AS "phoneNumber", name, language, time_zone AS "timeZone"
       FROM contact JOIN enrolled USING (phone_number) ORDER BY phone_number`,
    [programmeSlug, now, phones],
  );
  return rows;
}

/** How many contacts of a list do not take part yet. */
export async function leftOfList(db: Queryable, listId: string, programmeSlug: string): Promise<number> {
  const { rows } = await db.query<{ count: number }>(
    `SELECT count(*)::int AS count FROM list_member JOIN contact USING (contact_id)
      WHERE list_id = $1 AND NOT EXISTS (
            SELECT FROM participant
             WHERE participant.phone_number = contact.phone_number AND participant.programme_slug = $2)`,
    [listId, programmeSlug],
  );
  return rows[0]?.count ?? 0;
}
