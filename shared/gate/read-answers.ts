import { exemptIntents, type Intent, isExempt } from '#shared/compliance/touch.ts';
import { isLifted, readTurns, type Turn } from '#shared/consent/turns.ts';
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

const NONE: Answers = { sent: new Map(), overtaken: new Set() };

/** Reads it for those of the candidates that are such answers, under the locks of their phones; for the others nothing. */
export async function readAnswers(tx: Transaction, candidates: readonly Answer[]): Promise<Answers> {
  const once = candidates.filter(({ intent }) => isExempt(intent));
  if (once.length === 0) return NONE;
  const turns = await readTurns(
    tx,
    once.map(({ phoneNumber }) => phoneNumber),
  );
  const overtaken = once.filter((answer) => isOvertaken(answer, turns.get(answer.phoneNumber) ?? []));
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
                   AND message.intent = ANY ($5)
                   AND message.state IN ('posting', 'ambiguous', 'sent', 'unknown')
      GROUP BY judged.message_id`,
    [
      once.map(({ messageId }) => messageId),
      once.map(({ phoneNumber }) => phoneNumber),
      once.map(({ batchId }) => batchId),
      once.map(({ intent }) => intent),
      exemptIntents,
    ],
  );
  return new Map(rows.map((row) => [row.message_id, row.others]));
}

/**
 * - A confirmation belongs to its revocation, whose change has the id of the command that the batch comes of.
 * - An answer to HELP is void when the person opted out after asking, or in the same millisecond.
 */
function isOvertaken({ batchId, causedAt, intent }: Answer, turns: readonly Turn[]): boolean {
  if (intent === 'help') {
    return causedAt !== null && turns.some(({ opens, requestedAt }) => !opens && requestedAt >= causedAt);
  }
  const revocation = turns.find(({ changeId, opens }) => !opens && batchIdOf(changeId) === batchId);
  return revocation !== undefined && isLifted(revocation.changeId, turns);
}
