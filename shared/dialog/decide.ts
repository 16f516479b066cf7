import type {
  DialogCommand,
  SendAdHocMessage,
  StartDrill,
  TriggerReminder,
} from '#shared/contracts/dialog-commands.ts';
import type { DialogEvent } from '#shared/contracts/dialog-events.ts';
import type { DialogState } from '#shared/contracts/dialog-state.ts';
import { asksSomething, isLastPrompt, promptOf } from '#shared/drills/prompt.ts';
import type { Facts } from './facts.ts';
import { decideInboundSms } from './inbound.ts';
import { refusalOf } from './refusal.ts';

type Unstamped<E> = E extends DialogEvent ? Omit<E, 'eventId' | 'occurredAt'> : never;

/** An event before its batch gives it an id and an instant. */
export type Decision = Unstamped<DialogEvent>;

/**
 * What a command makes happen: events in order, or none. Pure, and never throws for a valid command; refusals are
 * empty, not errors: `refusalOf` says why.
 */
export function decide(command: DialogCommand, state: DialogState, facts: Facts): Decision[] {
  if (refusalOf(command, state, facts) !== null) return [];
  switch (command.type) {
    case 'INBOUND_SMS':
      return decideInboundSms(command, state, facts);
    case 'START_DRILL':
      return startDrill(command, state, facts);
    case 'TRIGGER_REMINDER':
      return triggerReminder(command, state);
    case 'SEND_AD_HOC_MESSAGE':
      return sendAdHocMessage(command);
    case 'UPDATE_USER': {
      const { profile, purgeDrillState } = command.payload;
      return [{ type: 'USER_UPDATED', profile, purgeDrillState: purgeDrillState ?? false }];
    }
    case 'CONSENT_CHANGED':
      return followConsent(state, facts);
  }
}

function startDrill({ payload }: StartDrill, state: DialogState, facts: Facts): Decision[] {
  const { drill } = facts;
  const firstPrompt = drill?.prompts[0];
  if (!drill || !firstPrompt) return [];
  const { drillInstanceId } = payload;
  const started: Decision = {
    type: 'DRILL_STARTED',
    drillInstanceId,
    drill,
    firstPrompt,
    replacedDrillInstanceId: state.drillInstanceId,
  };
  // A drill that is nothing but a statement is done when it is said.
  return isLastPrompt(drill, firstPrompt) && !asksSomething(firstPrompt)
    ? [started, { type: 'DRILL_COMPLETED', drillInstanceId, lastPromptResponse: null }]
    : [started];
}

/** At most one reminder per prompt, and only for the prompt that it was meant for. */
function triggerReminder({ payload }: TriggerReminder, state: DialogState): Decision[] {
  const { currentDrill, currentPrompt, drillInstanceId } = state;
  if (!currentDrill || !currentPrompt || drillInstanceId !== payload.drillInstanceId) return [];
  if (currentPrompt.slug !== payload.promptSlug || currentPrompt.reminderTriggered) return [];
  const prompt = promptOf(currentDrill, currentPrompt.slug);
  const { defaultLanguage } = currentDrill;
  return prompt ? [{ type: 'REMINDER_TRIGGERED', drillInstanceId, prompt, defaultLanguage }] : [];
}

function sendAdHocMessage({ payload }: SendAdHocMessage): Decision[] {
  return [{ type: 'AD_HOC_MESSAGE_SENT', body: payload.body, mediaUrl: payload.mediaUrl ?? null }];
}

/**
 * The suppression list is the authority: the dialog follows what stands there now, whatever the command says, which may
 * be older, and says nothing to the person about it.
 */
function followConsent(state: DialogState, { suppressed }: Facts): Decision[] {
  if (suppressed === state.profile.optedOut) return [];
  return suppressed
    ? [{ type: 'OPTED_OUT', drillInstanceId: state.drillInstanceId, confirm: false }]
    : [{ type: 'OPTED_BACK_IN', confirm: false }];
}
