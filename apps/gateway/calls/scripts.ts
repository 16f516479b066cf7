import type { Queryable } from '#shared/postgres/pool.ts';
import { type CallScript, callScriptSchema } from '#shared/voice/call-script.ts';
import { type CallLanguage, callLanguages } from '#shared/voice/languages.ts';

/** What is said in the call of a message; null: it is none, or its person was erased, or it cannot be read any more. */
export async function readScript(db: Queryable, messageId: string | null): Promise<CallScript | null> {
  if (messageId === null) return null;
  const { rows } = await db.query<{ call: unknown }>('SELECT call FROM message WHERE message_id = $1', [
    messageId,
  ]);
  const parsed = callScriptSchema.safeParse(rows[0]?.call);
  return parsed.success ? parsed.data : null;
}

/** In which language the number was called last; null: it never was. */
export async function lastLanguage(db: Queryable, phoneNumber: string): Promise<CallLanguage | null> {
  const { rows } = await db.query<{ language: string | null }>(
    `SELECT call ->> 'language' AS language FROM message
      WHERE phone_number = $1 AND call IS NOT NULL ORDER BY ordinal DESC LIMIT 1`,
    [phoneNumber],
  );
  return callLanguages.find((each) => each === rows[0]?.language) ?? null;
}
