import { type ConsentVerdict, classifyConsentText } from '#shared/compliance/vocabulary.ts';
import type { DialogCommand, HeardConsent } from '#shared/contracts/dialog-commands.ts';
import type { DialogEvent, DialogEventBatch } from '#shared/contracts/dialog-events.ts';
import { type DialogState, initialState } from '#shared/contracts/dialog-state.ts';
import type { Drill } from '#shared/contracts/drill.ts';
import type { Profile } from '#shared/contracts/profile.ts';
import { type Programme, programmeWordsSchema } from '#shared/drills/programme.ts';
import { simulatedId } from '#shared/identity.ts';
import { phoneNumber } from '#shared/phone/phone-number.ts';
import { type Segments, segmentsOf } from '#shared/texts/segments.ts';
import { execute } from './batch.ts';
import type { Facts } from './facts.ts';
import { messagesFor } from './messages.ts';

/**
 * A drill played against given answers: the engine and the wording of its messages, and nothing else. Nothing is read,
 * written or sent, and the same input gives the same play.
 */

export interface SimulationInput {
  drill: Drill;
  /** Whose drill it is; null: of no programme yet, so that the product's own words and texts hold. */
  programme: Programme | null;
  /** Over that of somebody who has just registered and of whom nothing is known. */
  profile?: Partial<Profile>;
  /** Texts of the person, in order. */
  answers: readonly string[];
  now: Date;
}

/** What a text was taken for. `other`: for something else than an answer. `nothing`: nothing came of it. */
export type Outcome = 'started' | 'right' | 'wrong' | 'abandoned' | 'noted' | 'other' | 'nothing';

export interface SimulatedMessage extends Segments {
  body: string;
  mediaUrl: string | null;
}

export interface SimulatedTurn {
  /** null: the start of the drill. */
  said: string | null;
  /** Slug of the prompt that waited for an answer then. */
  prompt: string | null;
  outcome: Outcome;
  /** Whether the drill was completed by it. */
  completed: boolean;
  events: readonly DialogEvent[];
  /** As the person gets them, in order. */
  messages: readonly SimulatedMessage[];
}

export interface Simulation {
  /** The start, and one for each answer. */
  turns: readonly SimulatedTurn[];
  /** Where the person stands after the last one. */
  state: DialogState;
}

/** Reserved for fiction; nothing of a simulation reaches a carrier. */
const PERSON = phoneNumber('+12125550100');
const OUR_NUMBER = phoneNumber('+12125550199');

/** Plays a drill. Pure. A profile that is opted out, or not validated where a code is asked for, starts nothing. */
export function simulate({ answers, drill, now, profile, programme }: SimulationInput): Simulation {
  const owner = programme ?? bareProgramme(drill);
  const fresh = initialState(PERSON, profile?.language ?? owner.defaultLanguage);
  let state: DialogState = { ...fresh, profile: { ...fresh.profile, validated: true, ...profile } };
  const turns = [null, ...answers].map((said, index): SimulatedTurn => {
    const prompt = state.currentPrompt?.slug ?? null;
    const command = said === null ? startOf(drill, now) : textOf(said, index, state, now);
    const result = execute(command, state, factsOf(drill, owner), now);
    if (result === null)
      return { said, prompt, outcome: 'nothing', completed: false, events: [], messages: [] };
    state = result.state;
    const { events } = result.batch;
    return {
      ...{ said, prompt, events, outcome: outcomeOf(events) },
      completed: events.some(({ type }) => type === 'DRILL_COMPLETED'),
      messages: wordingOf(result.batch, owner),
    };
  });
  return { turns, state };
}

const startOf = ({ slug }: Drill, now: Date): DialogCommand => ({
  type: 'START_DRILL',
  commandId: simulatedId('start'),
  phoneNumber: PERSON,
  occurredAt: now.toISOString(),
  payload: {
    drillSlug: slug,
    drillInstanceId: simulatedId('instance'),
    origin: { kind: 'planned', senderNumber: OUR_NUMBER, intent: 'transactional' },
  },
});

const textOf = (body: string, index: number, state: DialogState, now: Date): DialogCommand => ({
  type: 'INBOUND_SMS',
  commandId: simulatedId(`text ${index}`),
  phoneNumber: PERSON,
  occurredAt: now.toISOString(),
  payload: {
    ...{
      from: PERSON,
      to: OUR_NUMBER,
      body,
      media: [],
      carrier: 'twilio',
      carrierMessageId: `simulated-${index}`,
    },
    receivedAt: now.toISOString(),
    consent: heard(classifyConsentText(body, { optedOut: state.profile.optedOut })),
  },
});

/** As the gateway would have recorded it: whoever is opted in has nothing that an opt-in lifts. */
function heard(verdict: ConsentVerdict | null): HeardConsent {
  const recorded = { opt_out: 'opted_out', opt_in: 'opted_in', help: 'help' } as const;
  return verdict === null ? null : recorded[verdict];
}

const factsOf = (drill: Drill, programme: Programme): Facts => ({
  drill,
  programme,
  codeVerdict: null,
  suppressed: false,
  overtaken: false,
  isCampaignActive: true,
  defaultLanguage: programme.defaultLanguage,
});

function outcomeOf(events: readonly DialogEvent[]): Outcome {
  for (const event of events) {
    if (event.type === 'DRILL_STARTED') return 'started';
    if (event.type === 'COMPLETED_PROMPT') return event.graded ? 'right' : 'noted';
    if (event.type === 'FAILED_PROMPT') return event.abandoned ? 'abandoned' : 'wrong';
  }
  return 'other';
}

function wordingOf(batch: DialogEventBatch, programme: Programme): SimulatedMessage[] {
  const settings = {
    defaultSender: OUR_NUMBER,
    organisation: programme.company,
    contact: programme.contact,
    carrierAnswersKeywords: false,
  };
  return messagesFor(batch, programme, settings).map(({ body, mediaUrls }) => ({
    ...segmentsOf(body),
    body,
    mediaUrl: mediaUrls[0] ?? null,
  }));
}

/** A programme of this drill alone, which asks for nothing. */
const bareProgramme = ({ defaultLanguage, name, slug }: Drill): Programme => ({
  ...{
    slug,
    name,
    company: name,
    contact: '',
    drills: [slug],
    registration: 'open',
    codes: [],
    senderNumbers: [],
  },
  ...{ defaultLanguage, timezone: 'UTC', intent: 'transactional', delivery: null, reminders: null },
  words: programmeWordsSchema.parse({}),
  requests: {},
  texts: {},
  labels: {},
});
