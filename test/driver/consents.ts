import type { PhoneNumber } from '#shared/phone/phone-number.ts';
import type { Transaction } from '#shared/postgres/pool.ts';

/** Lets these people, of whom nothing is known yet, have consented in writing to everything: texts, calls, marketing. */
export async function consentToAll(tx: Transaction, phones: readonly PhoneNumber[]): Promise<void> {
  await tx.query(
    `INSERT INTO consent_standing (phone_number, scope, status, consents, change_id, requested_at)
     SELECT phone_number, 'sender', 'opted_in',
            '[{"changeId": "test", "granted": ["informational", "marketing_in_writing", "artificial_voice"],
               "givenAt": "2026-01-01T00:00:00.000Z"}]', gen_random_uuid(), '2026-01-01'
       FROM unnest($1::text[]) AS asked(phone_number)`,
    [phones],
  );
}
