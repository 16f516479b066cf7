import type { ConsentChanged } from '#shared/contracts/dialog-commands.ts';
import type { OutboxEntry } from '#shared/outbox/entry.ts';
import type { ConsentChange } from './change.ts';

/**
 * What tells the dialog of a change that it does not hear of itself: for the outbox of whoever makes the change, in the
 * same transaction. The command's id is the change's, so a repetition is recognised.
 */
export function consentChanged(change: ConsentChange): OutboxEntry {
  const { changeId, phoneNumber, status, scope, method, cause, requestedAt } = change;
  const command: ConsentChanged = {
    type: 'CONSENT_CHANGED',
    commandId: changeId,
    phoneNumber,
    occurredAt: requestedAt.toISOString(),
    payload: { status, scope, method, cause },
  };
  return {
    kind: 'stream',
    target: 'dialog-commands',
    orderingKey: phoneNumber,
    body: JSON.stringify(command),
  };
}
