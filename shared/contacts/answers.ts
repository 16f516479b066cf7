import type { Queryable, Transaction } from '#shared/postgres/pool.ts';
import type { NotedAnswer } from './exchange.ts';
import type { FieldValue } from './fields.ts';

/** Where values of contacts come from: the newest answer to each field, whoever wrote there since. */

/** Notes answers of people; of each field of a contact there is the newest. At most one per contact and field. */
export async function noteAnswers(
  tx: Transaction,
  noted: readonly (NotedAnswer & { contactId: string })[],
): Promise<void> {
  if (noted.length === 0) return;
  await tx.query(
    `INSERT INTO contact_answer (contact_id, field, answer, value, programme_slug, drill_instance_id, prompt_slug, event_id,
                                 answered_at)
     SELECT * FROM unnest($1::uuid[], $2::text[], $3::text[], $4::jsonb[], $5::text[], $6::uuid[], $7::text[], $8::uuid[],
                          $9::timestamptz[])
     ON CONFLICT (contact_id, field) DO UPDATE
        SET (answer, value, programme_slug, drill_instance_id, prompt_slug, event_id, answered_at)
          = (excluded.answer, excluded.value, excluded.programme_slug, excluded.drill_instance_id, excluded.prompt_slug,
             excluded.event_id, excluded.answered_at)`,
    [
      noted.map(({ contactId }) => contactId),
      noted.map(({ field }) => field),
      noted.map(({ answer }) => answer),
      noted.map(({ value }) => (value === null ? null : JSON.stringify(value))),
      noted.map(({ programmeSlug }) => programmeSlug),
      noted.map(({ drillInstanceId }) => drillInstanceId),
      noted.map(({ promptSlug }) => promptSlug),
      noted.map(({ eventId }) => eventId),
      noted.map(({ answeredAt }) => answeredAt),
    ],
  );
}

/** An answer as it stands in a contact's record. */
export interface ContactAnswer {
  field: string;
  answer: string;
  /** Null: the field cannot have it. */
  value: FieldValue | null;
  programme: string | null;
  /** Null: nobody knows any more. */
  drill: string | null;
  prompt: string;
  answeredAt: Date;
}

/** Answers of a contact, by field. */
export async function readAnswers(db: Queryable, contactId: string): Promise<ContactAnswer[]> {
  const { rows } = await db.query<ContactAnswer>(
    `SELECT field, answer, value, contact_answer.programme_slug AS programme, drill_instance.drill_slug AS drill,
            contact_answer.prompt_slug AS prompt, answered_at AS "answeredAt"
       FROM contact_answer JOIN contact USING (contact_id)
       LEFT JOIN drill_instance USING (phone_number, drill_instance_id)
      WHERE contact_id = $1 ORDER BY field`,
    [contactId],
  );
  return rows;
}
