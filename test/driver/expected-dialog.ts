import type { DialogCommand } from '#shared/contracts/dialog-commands.ts';
import type { DialogEventBatch } from '#shared/contracts/dialog-events.ts';
import { type DialogState, initialState } from '#shared/contracts/dialog-state.ts';
import type { Drill } from '#shared/contracts/drill.ts';
import type { ProfileChange } from '#shared/contracts/profile.ts';
import { execute } from '#shared/dialog/batch.ts';
import { messagesFor } from '#shared/dialog/messages.ts';
import { validateCode } from '#shared/drills/programme.ts';
import type { OutgoingMessage } from '#shared/messages/write.ts';
import type { PhoneNumber } from '#shared/phone/phone-number.ts';
import { followBatch, type ProgressRow } from '#shared/progress/next-drill.ts';
import type { Sample } from './sample.ts';

/** What the pure rules make of one phone's commands, without any stream, database or process. */

export interface Execution {
  /** Instant at which the command was executed. */
  nowOf: (commandId: string) => Date | null;
  /** Whether the phone was on the suppression list when the command was executed. */
  suppressedAt: (commandId: string) => boolean;
  /** Whether it is a text about consent that a later one had overtaken. */
  overtaken: (command: DialogCommand) => boolean;
  /** What was known of the person before the dialog: a contact. Left out: nothing. */
  beginning?: ProfileChange;
}

/** The batches of events of one phone, from its commands in their order, repetitions included. */
export function expectedBatches(
  phone: PhoneNumber,
  commands: readonly DialogCommand[],
  { beginning = {}, nowOf, suppressedAt, overtaken }: Execution,
  sample: Sample,
): DialogEventBatch[] {
  const { programme } = sample;
  const executed = new Set<string>();
  const batches: DialogEventBatch[] = [];
  const unknown = initialState(phone, programme.defaultLanguage);
  let state: DialogState = { ...unknown, profile: { ...unknown.profile, ...beginning } };
  for (const command of commands) {
    if (executed.has(command.commandId)) continue;
    executed.add(command.commandId);
    const now = nowOf(command.commandId) ?? new Date(command.occurredAt);
    const facts = {
      programme,
      drill: command.type === 'START_DRILL' ? drillNamed(command.payload.drillSlug, sample) : null,
      codeVerdict: command.type === 'INBOUND_SMS' ? validateCode(command.payload.body, programme, now) : null,
      suppressed: suppressedAt(command.commandId),
      overtaken: overtaken(command),
      // Whether it was active then, streams do not say: none of what is followed here is a campaign's.
      isCampaignActive: true,
      defaultLanguage: programme.defaultLanguage,
    };
    const result = execute(command, state, facts, now);
    if (!result) continue;
    state = result.state;
    batches.push(result.batch);
  }
  return batches;
}

const drillNamed = (slug: string, { inOrder }: Sample): Drill | null =>
  inOrder.find((drill) => drill.slug === slug) ?? null;

/** The messages of one phone, in their order, from its batches in theirs. */
export const expectedMessages = (
  batches: readonly DialogEventBatch[],
  { programme }: Sample,
  defaultSender: PhoneNumber,
): OutgoingMessage[] =>
  batches.flatMap((batch) =>
    messagesFor(batch, batch.programmeSlug === null ? null : programme, {
      defaultSender,
      organisation: 'This service',
      contact: 'the sender of these messages',
      carrierAnswersKeywords: false,
    }),
  );

/** The commands by which progress goes on, from one phone's batches in their order. */
export function expectedProgressCommands(
  batches: readonly DialogEventBatch[],
  { programme }: Sample,
): DialogCommand[] {
  let rows: ProgressRow[] = [];
  const commands: DialogCommand[] = [];
  for (const batch of batches) {
    if (batch.programmeSlug === null) continue;
    const step = followBatch(batch, programme, rows);
    const changed = new Set([...step.removed, ...step.written.map((row) => row.drillSlug)]);
    rows = [...rows.filter((row) => !changed.has(row.drillSlug)), ...step.written];
    commands.push(...step.commands);
  }
  return commands;
}
