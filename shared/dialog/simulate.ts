import { HOUR_MS } from '#shared/compliance/instant.ts';
import { type ConsentVerdict, classifyConsentText } from '#shared/compliance/vocabulary.ts';
import type { DialogCommand, HeardConsent } from '#shared/contracts/dialog-commands.ts';
import type { DialogEvent, DialogEventBatch } from '#shared/contracts/dialog-events.ts';
import { type DialogState, initialState } from '#shared/contracts/dialog-state.ts';
import type { Drill } from '#shared/contracts/drill.ts';
import type { Profile } from '#shared/contracts/profile.ts';
import { type Programme, programmeWordsSchema } from '#shared/drills/programme.ts';
import { simulatedId } from '#shared/identity.ts';
import { phoneNumber } from '#shared/phone/phone-number.ts';
import { nextReminder } from '#shared/progress/participant.ts';
import { type Segments, segmentsOf } from '#shared/texts/segments.ts';
import { execute } from './batch.ts';
import type { Facts } from './facts.ts';
import { messagesFor } from './messages.ts';

/**
 * A drill played against given answers and waits: the engine and the wording of its messages, and nothing else. Nothing is read,
 * written or sent, and the same input gives the same play.
 */

export interface SimulationInput {
  drill: Drill;
  /** Whose drill it is; null: of no programme yet, so that the product's own words and texts hold. */
  programme: Programme | null;
  /** Over that of somebody who has just registered and of whom nothing is known. */
  profile?: Partial<Profile>;
  /** What the person does, in order. */
  answers: readonly Step[];
  now: Date;
}

/** A text of the person, or time in which they write nothing. */
export type Step = string | { waitHours: number };

/**
 * What a text was taken for, or what a wait led to. `other`: for something else than an answer. `reminded`: the question was
 * asked once more. `nothing`: nothing came of it.
 */
export type Outcome =
  | 'started'
  | 'right'
  | 'wrong'
  | 'abandoned'
  | 'noted'
  | 'other'
  | 'reminded'
  | 'nothing';

export interface SimulatedMessage extends Segments {
  body: string;
  mediaUrl: string | null;
}

export interface SimulatedTurn {
  /** null: the start of the drill, or a wait. */
  said: string | null;
  /** How long the person wrote nothing; null: it was no wait. */
  waitedHours: number | null;
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
  /** The start, and one for each step. */
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
  let at = now;
  let lastDidAt = now;
  const turns = [null, ...answers].map((step, index): SimulatedTurn => {
    const prompt = state.currentPrompt?.slug ?? null;
    const said = typeof step === 'string' ? step : null;
    const waitedHours = step === null || typeof step === 'string' ? null : step.waitHours;
    if (waitedHours !== null) at = new Date(at.getTime() + waitedHours * HOUR_MS);
    const due = waitedHours === null ? null : reminderIn(state, owner, lastDidAt, at);
    const command =
      waitedHours !== null
        ? due && reminderOf(state, index, due)
        : said === null
          ? startOf(drill, at)
          : textOf(said, index, state, at);
    if (said !== null) lastDidAt = at;
    const result = command && execute(command, state, factsOf(drill, owner), due ?? at);
    if (!result)
      return { said, waitedHours, prompt, outcome: 'nothing', completed: false, events: [], messages: [] };
    state = result.state;
    const { events } = result.batch;
    return {
      ...{ said, waitedHours, prompt, events, outcome: outcomeOf(events) },
      completed: events.some(({ type }) => type === 'DRILL_COMPLETED'),
      messages: wordingOf(result.batch, owner),
    };
  });
  return { turns, state };
}

/**
 * When the question that waits is asked once more, `until` or before; null: it is not. By the rule that holds for people, but
 * for the hours in which nobody is written to.
 */
function reminderIn(
  { currentPrompt, profile }: DialogState,
  programme: Programme,
  lastDidAt: Date,
  until: Date,
): Date | null {
  if (currentPrompt === null) return null;
  const { reminderTriggered: reminded, slug, startedAt } = currentPrompt;
  const due = nextReminder(
    {
      lastInteractedAt: lastDidAt.getTime(),
      optedOut: profile.optedOut,
      prompt: { slug, reminded, startedAt: Date.parse(startedAt), eventId: null, sentAt: null },
    },
    programme,
  );
  return due !== null && due <= until.getTime() ? new Date(due) : null;
}

const reminderOf = (
  { currentPrompt, drillInstanceId }: DialogState,
  index: number,
  now: Date,
): DialogCommand | null =>
  currentPrompt === null || drillInstanceId === null
    ? null
    : {
        type: 'TRIGGER_REMINDER',
        commandId: simulatedId(`reminder ${index}`),
        phoneNumber: PERSON,
        occurredAt: now.toISOString(),
        payload: {
          drillInstanceId,
          promptSlug: currentPrompt.slug,
          origin: { kind: 'planned', senderNumber: OUR_NUMBER, intent: 'transactional' },
        },
      };

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
    if (event.type === 'REMINDER_TRIGGERED') return 'reminded';
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
