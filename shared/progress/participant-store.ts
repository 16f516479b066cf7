import type { Instant } from '#shared/compliance/instant.ts';
import type { Transaction } from '#shared/postgres/pool.ts';
import type { Participant } from './participant.ts';

interface StoredParticipant {
  phone_number: string;
  programme_slug: string;
  enrolled_by: Participant['enrolledBy'];
  enrolled_at: Date;
  last_interacted_at: Date | null;
  opted_out: boolean;
  time_zone: string | null;
  delivery_time: string | null;
  our_number: string | null;
  drill_instance_id: string | null;
  prompt_slug: string | null;
  prompt_started_at: Date | null;
  reminded: boolean;
  prompt_event_id: string | null;
  prompt_sent_at: Date | null;
  completed_at: Date | null;
  next_start_at: Date | null;
  remind_at: Date | null;
  last_start_at: Date | null;
  start_version: number | null;
  armed_for: string;
}

const COLUMNS = `phone_number, programme_slug, enrolled_by, enrolled_at, last_interacted_at, opted_out, time_zone, delivery_time,
  our_number, drill_instance_id, prompt_slug, prompt_started_at, reminded, completed_at, next_start_at, remind_at,
  last_start_at, start_version, armed_for, prompt_event_id, prompt_sent_at`;

/** The rows of these people in all programmes, locked: whoever claims what is due for them waits, or passes them by. */
export async function lockParticipants(tx: Transaction, phones: readonly string[]): Promise<Participant[]> {
  const { rows } = await tx.query<StoredParticipant>(
    `SELECT ${COLUMNS} FROM participant WHERE phone_number = ANY ($1)
      ORDER BY phone_number, programme_slug FOR UPDATE`,
    [phones],
  );
  return rows.map(fromRow);
}

/** The rows of these people in all programmes. */
export async function readParticipants(tx: Transaction, phones: readonly string[]): Promise<Participant[]> {
  const { rows } = await tx.query<StoredParticipant>(
    `SELECT ${COLUMNS} FROM participant WHERE phone_number = ANY ($1) ORDER BY phone_number, programme_slug`,
    [phones],
  );
  return rows.map(fromRow);
}

/** Claims what is due, the earliest first, at most `limit` rows, but none that somebody else has in hand. */
export async function claimDue(tx: Transaction, now: Date, limit: number): Promise<Participant[]> {
  const { rows } = await tx.query<StoredParticipant>(
    `SELECT ${COLUMNS} FROM participant WHERE due_at <= $1 ORDER BY due_at LIMIT $2 FOR UPDATE SKIP LOCKED`,
    [now, limit],
  );
  return rows.map(fromRow);
}

/** When the next row is due; null: none is. */
export async function nextDueAt(tx: Pick<Transaction, 'query'>): Promise<Date | null> {
  const { rows } = await tx.query<{ due_at: Date }>(
    'SELECT due_at FROM participant WHERE due_at IS NOT NULL ORDER BY due_at LIMIT 1',
  );
  return rows[0]?.due_at ?? null;
}

/**
 * Claims people whose due instants follow from something else than their programme as it is now, at most `limit` in each
 * direction of the index: all others are not read.
 */
export async function claimUnarmed(
  tx: Transaction,
  programmes: readonly { slug: string; armedFor: string }[],
  limit: number,
): Promise<Participant[]> {
  const found: Participant[] = [];
  for (const order of ['<', '>']) {
    const { rows } = await tx.query<StoredParticipant>(
      `SELECT each.* FROM unnest($1::text[], $2::text[]) AS current(slug, armed)
        CROSS JOIN LATERAL (
          SELECT ${COLUMNS} FROM participant
           WHERE programme_slug = current.slug AND armed_for ${order} current.armed
           ORDER BY armed_for LIMIT $3 FOR UPDATE SKIP LOCKED) AS each`,
      [programmes.map(({ slug }) => slug), programmes.map(({ armedFor }) => armedFor), limit],
    );
    found.push(...rows.map(fromRow));
  }
  return found;
}

/** Writes rows as they are now. At most one per person and programme. */
export async function writeParticipants(tx: Transaction, people: readonly Participant[]): Promise<void> {
  if (people.length === 0) return;
  const date = (of: (person: Participant) => Instant | null) =>
    people.map((person) => {
      const instant = of(person);
      return instant === null ? null : new Date(instant);
    });
  await tx.query(
    `INSERT INTO participant (${COLUMNS})
     SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::timestamptz[], $5::timestamptz[], $6::boolean[],
                          $7::text[], $8::text[], $9::text[], $10::uuid[], $11::text[], $12::timestamptz[], $13::boolean[],
                          $14::timestamptz[], $15::timestamptz[], $16::timestamptz[], $17::timestamptz[], $18::bigint[],
                          $19::text[], $20::uuid[], $21::timestamptz[])
     ON CONFLICT (phone_number, programme_slug) DO UPDATE
        SET (enrolled_by, enrolled_at, last_interacted_at, opted_out, time_zone, delivery_time, our_number,
             drill_instance_id, prompt_slug, prompt_started_at, reminded, completed_at, next_start_at, remind_at,
             last_start_at, start_version, armed_for, prompt_event_id, prompt_sent_at)
          = (excluded.enrolled_by, excluded.enrolled_at, excluded.last_interacted_at, excluded.opted_out,
             excluded.time_zone, excluded.delivery_time, excluded.our_number, excluded.drill_instance_id,
             excluded.prompt_slug, excluded.prompt_started_at, excluded.reminded, excluded.completed_at,
             excluded.next_start_at, excluded.remind_at, excluded.last_start_at, excluded.start_version,
             excluded.armed_for, excluded.prompt_event_id, excluded.prompt_sent_at)`,
    [
      people.map((person) => person.phoneNumber),
      people.map((person) => person.programmeSlug),
      people.map((person) => person.enrolledBy),
      date((person) => person.enrolledAt),
      date((person) => person.lastInteractedAt),
      people.map((person) => person.optedOut),
      people.map((person) => person.timezone),
      people.map((person) => person.deliveryTime),
      people.map((person) => person.ourNumber),
      people.map((person) => person.drillInstanceId),
      people.map((person) => person.prompt?.slug ?? null),
      date((person) => person.prompt?.startedAt ?? null),
      people.map((person) => person.prompt?.reminded ?? false),
      date((person) => person.completedAt),
      date((person) => person.nextStartAt),
      date((person) => person.remindAt),
      date((person) => person.lastStartAt),
      people.map((person) => person.startVersion),
      people.map((person) => person.armedFor),
      people.map((person) => person.prompt?.eventId ?? null),
      date((person) => person.prompt?.sentAt ?? null),
    ],
  );
}

const instantOf = (at: Date | null): Instant | null => at?.getTime() ?? null;

const fromRow = (row: StoredParticipant): Participant => ({
  phoneNumber: row.phone_number,
  programmeSlug: row.programme_slug,
  enrolledBy: row.enrolled_by,
  enrolledAt: row.enrolled_at.getTime(),
  lastInteractedAt: instantOf(row.last_interacted_at),
  optedOut: row.opted_out,
  timezone: row.time_zone,
  deliveryTime: row.delivery_time,
  ourNumber: row.our_number,
  drillInstanceId: row.drill_instance_id,
  prompt:
    row.prompt_slug === null || row.prompt_started_at === null
      ? null
      : {
          slug: row.prompt_slug,
          startedAt: row.prompt_started_at.getTime(),
          reminded: row.reminded,
          eventId: row.prompt_event_id,
          sentAt: instantOf(row.prompt_sent_at),
        },
  completedAt: instantOf(row.completed_at),
  nextStartAt: instantOf(row.next_start_at),
  remindAt: instantOf(row.remind_at),
  lastStartAt: instantOf(row.last_start_at),
  startVersion: row.start_version,
  armedFor: row.armed_for,
});
