import type { Intent } from '#shared/compliance/touch.ts';
import { WHOLE_SENDER } from '#shared/consent/change.ts';
import { batchIdOf } from '#shared/identity.ts';
import type { Transaction } from '#shared/postgres/pool.ts';

/** Of confirmations of opt-outs and answers to HELP, which are due once and may be overtaken by what is texted since. */
export interface Answers {
  /** How many others of the same kind went out, or are on their way, because of the same text; by message id. */
  sent: ReadonlyMap<string, number>;
  /** Messages that are void: the person has changed their consent since the text that they answer. */
  overtaken: ReadonlySet<string>;
}

interface Answer {
  messageId: string;
  phoneNumber: string;
  intent: Intent;
  /** Of the text: all messages that it brought about. */
  batchId: string;
  causedAt: Date | null;
}

interface Change {
  change_id: string;
  phone_number: string;
  /** Order of the changes of one phone. */
  position: number;
  opens: boolean;
  requested_at: Date;
  found_late: boolean;
}

const NONE: Answers = { sent: new Map(), overtaken: new Set() };

/** Reads it for those of the candidates that are such answers, under the locks of their phones; for the others nothing. */
export async function readAnswers(tx: Transaction, candidates: readonly Answer[]): Promise<Answers> {
  const once = candidates.filter(({ intent }) => intent === 'opt_out_confirmation' || intent === 'help');
  if (once.length === 0) return NONE;
  const changes = await readChanges(tx, once);
  const overtaken = once.filter((answer) => isOvertaken(answer, changes.get(answer.phoneNumber) ?? []));
  return {
    sent: await countSent(tx, once),
    overtaken: new Set(overtaken.map(({ messageId }) => messageId)),
  };
}

async function countSent(tx: Transaction, once: readonly Answer[]): Promise<Map<string, number>> {
  const { rows } = await tx.query<{ message_id: string; others: number }>(
    `SELECT judged.message_id, count(*)::int AS others
       FROM unnest($1::uuid[], $2::text[], $3::uuid[], $4::text[])
            AS judged(message_id, phone_number, batch_id, intent)
       JOIN message ON message.phone_number = judged.phone_number AND message.batch_id = judged.batch_id
                   AND message.intent = judged.intent AND message.message_id <> judged.message_id
                   AND message.intent IN ('opt_out_confirmation', 'help')
                   AND message.state IN ('posting', 'ambiguous', 'sent', 'unknown')
      GROUP BY judged.message_id`,
    [
      once.map(({ messageId }) => messageId),
      once.map(({ phoneNumber }) => phoneNumber),
      once.map(({ batchId }) => batchId),
      once.map(({ intent }) => intent),
    ],
  );
  return new Map(rows.map((row) => [row.message_id, row.others]));
}

/** The history of these phones, as far as it is about everything. Few people have more than a handful of changes. */
async function readChanges(tx: Transaction, once: readonly Answer[]): Promise<Map<string, Change[]>> {
  const { rows } = await tx.query<Change>(
    `SELECT change_id, phone_number, position, requested_at, found_late,
            status = 'opted_in' AND method <> 'import' AS opens
       FROM consent_change
      WHERE phone_number = ANY ($1) AND scope = $2 AND (status <> 'opted_in' OR method <> 'import')
      ORDER BY position`,
    [once.map(({ phoneNumber }) => phoneNumber), WHOLE_SENDER],
  );
  const byPhone = new Map<string, Change[]>();
  for (const row of rows) byPhone.set(row.phone_number, [...(byPhone.get(row.phone_number) ?? []), row]);
  return byPhone;
}

/**
 * - A confirmation belongs to its revocation, whose change has the id of the command that the batch comes of. An opt-in
 *   after it lifted it; one that was only found late (a registration) does so where it was asked for later as well.
 * - An answer to HELP is void when the person opted out after asking, or in the same millisecond.
 */
function isOvertaken({ batchId, causedAt, intent }: Answer, changes: readonly Change[]): boolean {
  if (intent === 'help') {
    return causedAt !== null && changes.some(({ opens, requested_at }) => !opens && requested_at >= causedAt);
  }
  const revocation = changes.find(({ change_id, opens }) => !opens && batchIdOf(change_id) === batchId);
  if (revocation === undefined) return false;
  return changes.some(
    ({ found_late, opens, position, requested_at }) =>
      opens && position > revocation.position && (!found_late || requested_at > revocation.requested_at),
  );
}
