import type { DialogEvent, DialogEventBatch } from '#shared/contracts/dialog-events.ts';
import { type DialogState, initialState, type PromptState } from '#shared/contracts/dialog-state.ts';
import { normaliseLanguage, type Prompt } from '#shared/contracts/drill.ts';
import type { Profile, ProfileChange } from '#shared/contracts/profile.ts';

const noDrill = { currentDrill: null, drillInstanceId: null, currentPrompt: null };

/** The state after one event. Pure; the version belongs to the batch and is not touched. */
export const evolve = (state: DialogState, event: DialogEvent): DialogState =>
  withWordsAsked(moved(state, event), event);

/** What leaves it open whether a person writes words, because it is none of their texts. */
const NOT_OF_TEXTS: ReadonlySet<DialogEvent['type']> = new Set([
  'REMINDER_TRIGGERED',
  'AD_HOC_MESSAGE_SENT',
  'USER_UPDATED',
]);

/** Whoever was asked for words is not asked again before they have written some. */
function withWordsAsked(state: DialogState, event: DialogEvent): DialogState {
  if (event.type === 'UNHANDLED_MESSAGE_RECEIVED' && event.wordless !== undefined) {
    return event.wordless === 'asked' ? { ...state, wordsAskedAt: event.occurredAt } : state;
  }
  if (state.wordsAskedAt === undefined || NOT_OF_TEXTS.has(event.type)) return state;
  const { wordsAskedAt: _, ...answered } = state;
  return answered;
}

function moved(state: DialogState, event: DialogEvent): DialogState {
  const { profile, currentPrompt } = state;
  switch (event.type) {
    case 'DRILL_STARTED':
      return {
        ...state,
        currentDrill: event.drill,
        drillInstanceId: event.drillInstanceId,
        currentPrompt: freshPrompt(event.firstPrompt, event.occurredAt),
      };
    case 'REMINDER_TRIGGERED':
      return { ...state, currentPrompt: currentPrompt && { ...currentPrompt, reminderTriggered: true } };
    case 'USER_VALIDATED': {
      const { isDemo, accountInfo } = event.codeValidation;
      return { ...state, ...noDrill, profile: { ...profile, validated: true, isDemo, accountInfo } };
    }
    case 'COMPLETED_PROMPT':
      return { ...state, currentPrompt: null, profile: withAnswer(profile, event.prompt, event.response) };
    case 'FAILED_PROMPT':
      return {
        ...state,
        currentPrompt: event.abandoned ? null : currentPrompt && failedOnce(currentPrompt, event.occurredAt),
      };
    case 'ADVANCED_TO_NEXT_PROMPT':
      return { ...state, currentPrompt: freshPrompt(event.prompt, event.occurredAt) };
    case 'DRILL_COMPLETED':
    case 'NAME_CHANGE_REQUESTED':
    case 'LANGUAGE_CHANGE_REQUESTED':
    case 'SCHEDULING_REQUESTED':
      return { ...state, ...noDrill };
    case 'OPTED_OUT':
      return { ...state, ...noDrill, profile: { ...profile, optedOut: true } };
    case 'OPTED_BACK_IN':
      return { ...state, profile: { ...profile, optedOut: false } };
    case 'USER_UPDATED':
      return {
        ...state,
        ...(event.purgeDrillState ? noDrill : {}),
        profile: withChange(profile, event.profile),
      };
    case 'USER_VALIDATION_FAILED':
    case 'HELP_REQUESTED':
    case 'NEXT_DRILL_REQUESTED':
    case 'MENU_REQUESTED':
    case 'DASHBOARD_REQUESTED':
    case 'SUPPORT_REQUESTED':
    case 'THANK_YOU_RECEIVED':
    case 'DEMO_REQUESTED':
    case 'UNHANDLED_MESSAGE_RECEIVED':
    case 'AD_HOC_MESSAGE_SENT':
      return state;
  }
}

/** The state after all events of a batch, at the batch's version. */
export const evolveBatch = (
  state: DialogState,
  batch: Pick<DialogEventBatch, 'events' | 'version'>,
): DialogState => ({ ...batch.events.reduce(evolve, state), version: batch.version });

/**
 * A person's state from all their batches, oldest first; null when there are none. The profile before the first
 * batch is the one that it began with.
 */
export function rebuild(batches: readonly DialogEventBatch[]): DialogState | null {
  const first = batches[0];
  if (first === undefined) return null;
  const start = {
    ...initialState(first.phoneNumber, first.profileBefore.language),
    profile: first.profileBefore,
  };
  return batches.reduce<DialogState>(evolveBatch, start);
}

const freshPrompt = (prompt: Prompt, startedAt: string): PromptState => ({
  slug: prompt.slug,
  startedAt,
  failures: 0,
  reminderTriggered: false,
  lastResponseAt: null,
});

const failedOnce = (prompt: PromptState, at: string): PromptState => ({
  ...prompt,
  failures: prompt.failures + 1,
  lastResponseAt: at,
});

/** `storeAs` names a field of the profile of its own (name, language, timezone) or an answer. */
function withAnswer(profile: Profile, { storeAs }: Prompt, response: string): Profile {
  if (storeAs === undefined || response === '') return profile;
  switch (storeAs) {
    case 'name':
    case 'timezone':
      return { ...profile, [storeAs]: response };
    case 'language':
      return { ...profile, language: normaliseLanguage(response) ?? profile.language };
    default:
      return { ...profile, answers: { ...profile.answers, [storeAs]: response } };
  }
}

/** A profile with a change from outside. */
export function withChange(profile: Profile, change: ProfileChange): Profile {
  const { accountInfo, answers, language, ...plain } = change;
  const given = Object.fromEntries(Object.entries(plain).filter(([, value]) => value !== undefined));
  return {
    ...profile,
    ...given,
    language: (language === undefined ? null : normaliseLanguage(language)) ?? profile.language,
    accountInfo: { ...profile.accountInfo, ...accountInfo },
    answers: { ...profile.answers, ...answers },
  };
}
