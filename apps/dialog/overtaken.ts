import { isOvertaken, readTurns, type Turn } from '#shared/consent/turns.ts';
import type { DialogCommand } from '#shared/contracts/dialog-commands.ts';
import { readProcessed } from '#shared/dialog/store.ts';
import type { Transaction } from '#shared/postgres/pool.ts';

/**
 * Of a batch, the texts about consent that are not to be followed: the dialog has heard of one before that was recorded
 * after it and says the opposite. Texts of one person may come onto the stream in another order than they were recorded
 * in: a STOP waits for requests in flight before it is put, or the stream was away and the carrier brought it again. The
 * record stands, and the dialog with it.
 */
export async function readOvertaken(
  tx: Transaction,
  commands: readonly DialogCommand[],
): Promise<ReadonlySet<string>> {
  const phones = commands.flatMap((command) => (changesConsent(command) ? [command.phoneNumber] : []));
  if (phones.length === 0) return new Set();
  const turns = await readTurns(tx, [...new Set(phones)]);
  const processed = await readProcessed(
    tx,
    [...turns.values()].flatMap((each) => each.map(({ changeId }) => changeId)),
  );
  return overtakenAmong(commands, turns, processed);
}

/** The same, of what was read: the turns of the phones, and which of the changes were heard before the batch. Pure. */
export function overtakenAmong(
  commands: readonly DialogCommand[],
  turns: ReadonlyMap<string, readonly Turn[]>,
  processed: ReadonlySet<string>,
): ReadonlySet<string> {
  const heard = new Set(processed);
  const overtaken = new Set<string>();
  for (const command of commands) {
    const { commandId, phoneNumber } = command;
    if (
      changesConsent(command) &&
      isOvertaken(commandId, turns.get(phoneNumber) ?? [], (id) => heard.has(id))
    )
      overtaken.add(commandId);
    heard.add(commandId);
  }
  return overtaken;
}

const changesConsent = ({ payload }: DialogCommand): boolean =>
  'consent' in payload && (payload.consent === 'opted_out' || payload.consent === 'opted_in');
