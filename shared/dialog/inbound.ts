import type { InboundSms } from '#shared/contracts/dialog-commands.ts';
import type { DialogState } from '#shared/contracts/dialog-state.ts';
import { storable } from '#shared/contracts/storable-text.ts';
import type { Programme, ProgrammeWords } from '#shared/drills/programme.ts';
import { type DialogRequest, dialogRequest, isOneOf } from '#shared/drills/words.ts';
import type { Decision } from './decide.ts';
import type { Facts } from './facts.ts';
import { grade, wantsWords } from './grade.ts';

/**
 * A text from a person. The rules stand in their order; the first that applies wins:
 * consent, the programme's own words, registration, the waiting prompt, requests, nobody's.
 */
export function decideInboundSms(command: InboundSms, state: DialogState, facts: Facts): Decision[] {
  const body = storable(command.payload.body);
  const text = body.trim();
  const { programme } = facts;
  return (
    aboutConsent(command, state, facts) ??
    (state.profile.optedOut ? [] : null) ??
    withoutWords(command, state, facts) ??
    (programme ? asParticipant(text, state, facts, programme) : null) ?? [
      { type: 'UNHANDLED_MESSAGE_RECEIVED', message: body },
    ]
  );
}

/** For how long somebody who was asked for words is not asked again, in ms. */
const WORDS_ASKED_MS = 24 * 3_600_000;

/** Whether a text has nothing in it but pictures, recordings and the like. */
export const isWordless = ({ payload: { body, media } }: InboundSms): boolean =>
  media.length > 0 && storable(body).trim() === '';

/**
 * A picture without a word, where only words can be understood: by a question that wants some, or where a code is asked for.
 * It is no wrong answer, and the person is told so once, however many they send. A question that takes anything takes it, and
 * where nothing waits, or people have the conversation, it is theirs.
 */
function withoutWords(command: InboundSms, state: DialogState, facts: Facts): Decision[] | null {
  const { programme } = facts;
  if (programme === null || !isWordless(command)) return null;
  const wantsCode = registration(state, facts, programme) !== null;
  if (!wantsCode && !wantsWords(state)) return null;
  if (facts.isInHands) return [{ type: 'UNHANDLED_MESSAGE_RECEIVED', message: '' }];
  const askedAt = state.wordsAskedAt;
  const isAsked =
    askedAt !== undefined && Date.parse(command.occurredAt) < Date.parse(askedAt) + WORDS_ASKED_MS;
  return [{ type: 'UNHANDLED_MESSAGE_RECEIVED', message: '', wordless: isAsked ? 'asked_before' : 'asked' }];
}

/** A number that no programme owns has no words, codes or drills: its texts go to a person. */
const asParticipant = (
  text: string,
  state: DialogState,
  facts: Facts,
  programme: Programme,
): Decision[] | null =>
  programmeWord(text, programme) ??
  registration(state, facts, programme) ??
  grade(text, state) ??
  request(text, state);

/**
 * Stop always, help always, start where it lifted something: as the gateway recorded it, in the order in which it did.
 * Where the carrier has given its own verdict it has also answered, and a second answer from us would be one too many.
 */
function aboutConsent({ payload }: InboundSms, state: DialogState, { overtaken }: Facts): Decision[] | null {
  const { optOutType, consent } = payload;
  const confirm = optOutType === undefined;
  if (overtaken) return [];
  switch (consent) {
    case 'opted_out': {
      const isNew = !state.profile.optedOut;
      return [{ type: 'OPTED_OUT', drillInstanceId: state.drillInstanceId, confirm: confirm && isNew }];
    }
    case 'opted_in':
      return [{ type: 'OPTED_BACK_IN', confirm }, { type: 'NEXT_DRILL_REQUESTED' }];
    case 'help':
      return confirm ? [{ type: 'HELP_REQUESTED' }] : [];
    case null:
      return null;
  }
}

const PROGRAMME_WORDS: readonly [keyof ProgrammeWords, Decision][] = [
  ['menu', { type: 'MENU_REQUESTED' }],
  ['support', { type: 'SUPPORT_REQUESTED' }],
  ['dashboard', { type: 'DASHBOARD_REQUESTED' }],
  ['demo', { type: 'DEMO_REQUESTED' }],
];

function programmeWord(text: string, programme: Programme): Decision[] | null {
  const found = PROGRAMME_WORDS.find(([kind]) => isOneOf(text, programme.words[kind]));
  return found ? [found[1]] : null;
}

function registration(state: DialogState, { codeVerdict }: Facts, programme: Programme): Decision[] | null {
  const { validated, isDemo } = state.profile;
  if (programme.registration !== 'code' || (validated && !isDemo)) return null;
  if (codeVerdict?.valid) return [{ type: 'USER_VALIDATED', codeValidation: codeVerdict }];
  return validated ? null : [{ type: 'USER_VALIDATION_FAILED' }];
}

function request(text: string, state: DialogState): Decision[] | null {
  const asked = dialogRequest(text);
  return asked === null ? null : [answerTo(asked, state.drillInstanceId)];
}

function answerTo(asked: DialogRequest, abandonedDrillInstanceId: string | null): Decision {
  switch (asked) {
    case 'more':
      return { type: 'NEXT_DRILL_REQUESTED' };
    case 'name':
      return { type: 'NAME_CHANGE_REQUESTED', abandonedDrillInstanceId };
    case 'language':
      return { type: 'LANGUAGE_CHANGE_REQUESTED', abandonedDrillInstanceId };
    case 'schedule':
      return { type: 'SCHEDULING_REQUESTED', abandonedDrillInstanceId };
    case 'thanks':
      return { type: 'THANK_YOU_RECEIVED' };
  }
}
