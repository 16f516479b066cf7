import type { DialogCommand } from '#shared/contracts/dialog-commands.ts';
import type { DialogEventBatch } from '#shared/contracts/dialog-events.ts';
import { type DialogState, initialState } from '#shared/contracts/dialog-state.ts';
import type { ProfileChange } from '#shared/contracts/profile.ts';
import type { PhoneNumber } from '#shared/phone/phone-number.ts';
import { execute } from './batch.ts';
import { withChange } from './evolve.ts';
import type { Facts } from './facts.ts';
import { type Refusal, refusalOf } from './refusal.ts';

export interface CommandBatch {
  /** States as stored; a phone number without one begins anew. */
  states: ReadonlyMap<PhoneNumber, DialogState>;
  /** In stream order. */
  commands: readonly DialogCommand[];
  /** By phone number, the version that a dialog which begins anew counts on from; absent: 0. */
  versions: ReadonlyMap<string, number>;
  /** By phone number, what is known of a person whose dialog begins anew; absent, or left out: nothing. */
  beginnings?: ReadonlyMap<string, ProfileChange>;
  /** Of the commands, the ids that were executed before. */
  processed: ReadonlySet<string>;
  /** `soFar`: what came of the commands before it. */
  factsOf: (command: DialogCommand, soFar: readonly DialogEventBatch[]) => Facts;
  /** Business time. */
  now: Date;
}

/** A command that was not followed, and why. */
export interface RefusedCommand {
  command: DialogCommand;
  reason: Refusal;
}

export interface CommandBatchResult {
  /** The states that changed, as they are after the whole batch. */
  changed: Map<PhoneNumber, DialogState>;
  /** In stream order; per phone number with versions that grow by one. */
  batches: DialogEventBatch[];
  /** Ids of the commands that are executed now, also those that came to nothing. */
  processed: string[];
  /** In stream order. */
  refused: RefusedCommand[];
}

/**
 * Executes a batch of commands in memory. Pure. A command whose id was processed, before or earlier in the batch,
 * does nothing: executing any part of a stream again changes nothing.
 */
export function executeBatch(input: CommandBatch): CommandBatchResult {
  const changed = new Map<PhoneNumber, DialogState>();
  const batches: DialogEventBatch[] = [];
  const processed = new Set<string>();
  const refused: RefusedCommand[] = [];
  for (const command of input.commands) {
    const { commandId, phoneNumber } = command;
    if (input.processed.has(commandId) || processed.has(commandId)) continue;
    processed.add(commandId);
    const facts = input.factsOf(command, batches);
    const state =
      changed.get(phoneNumber) ?? input.states.get(phoneNumber) ?? begun(phoneNumber, facts, input);
    const reason = refusalOf(command, state, facts);
    if (reason !== null) refused.push({ command, reason });
    const result = execute(command, state, facts, input.now);
    if (!result) continue;
    changed.set(phoneNumber, result.state);
    batches.push(result.batch);
  }
  return { changed, batches, processed: [...processed], refused };
}

function begun(
  phoneNumber: PhoneNumber,
  { defaultLanguage }: Facts,
  { beginnings, versions }: CommandBatch,
): DialogState {
  const state = initialState(phoneNumber, defaultLanguage, versions.get(phoneNumber) ?? 0);
  const known = beginnings?.get(phoneNumber);
  return known === undefined ? state : { ...state, profile: withChange(state.profile, known) };
}
