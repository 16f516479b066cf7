import { verdictOf } from '#shared/replies/taken-as.ts';
import { wrongConversations } from '../../apps/inbox/test-inbox.ts';
import type { Records } from '../driver/records.ts';
import type { System } from '../driver/system.ts';

/**
 * What is wrong with conversations: every text stands in one, once, with what the dialog made of it, and conversations count
 * what their texts add up to.
 */
export async function inboxFaults({ database }: System, { batches, commands }: Records): Promise<string[]> {
  const { rows } = await database.query<{ reply_id: string; phone_number: string; taken_as: string | null }>(
    'SELECT reply_id, phone_number, taken_as FROM reply',
  );
  const stored = new Map(rows.map((row) => [row.reply_id, row]));
  const made = new Map(batches.map((batch) => [batch.commandId, verdictOf(batch)]));
  const texts = new Map(
    commands.flatMap((command) => (command.type === 'INBOUND_SMS' ? [[command.commandId, command]] : [])),
  );
  const faults = [...texts.values()].flatMap(({ commandId, payload, phoneNumber }) => {
    const row = stored.get(commandId);
    if (row === undefined) return [`the text ${payload.body} of ${phoneNumber} is in no conversation`];
    const verdict = payload.consent !== null ? 'consent' : (made.get(commandId) ?? null);
    return verdict === null || verdict === row.taken_as
      ? []
      : [`the text ${payload.body} of ${phoneNumber} was taken as ${row.taken_as} and not as ${verdict}`];
  });
  const others = rows.filter(({ reply_id }) => !texts.has(reply_id));
  const counts = await wrongConversations(database);
  return [
    ...faults,
    ...others.map(({ phone_number }) => `a conversation with ${phone_number} has a text that nobody wrote`),
    ...counts.map((row) => `a conversation counts wrongly: ${JSON.stringify(row)}`),
  ];
}
