import type { DialogCommand, InboundSms, StartDrill } from '#shared/contracts/dialog-commands.ts';
import { type DialogState, initialState } from '#shared/contracts/dialog-state.ts';
import { type Drill, drillSchema } from '#shared/contracts/drill.ts';
import type { Origin } from '#shared/contracts/origin.ts';
import { type Programme, programmeFileSchema } from '#shared/drills/programme.ts';
import { phoneNumber } from '#shared/phone/phone-number.ts';
import type { Facts } from './facts.ts';

/** People, a programme and drills for the tests of the engine. */

export const person = phoneNumber('+14155550101');
export const ourNumber = phoneNumber('+14155550199');
export const now = new Date('2026-11-21T15:00:00.000Z');
export const planned: Origin = { kind: 'planned', senderNumber: null, intent: 'transactional' };

/** The n-th of a series of ids. */
export const id = (n: number): string => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;
export const instance = id(900);

const text = (en: string) => [{ text: { en } }];

/** A graded prompt, a stored answer, a graded prompt with one try, a closing statement. */
export const handwashing: Drill = drillSchema.parse({
  slug: 'handwashing',
  name: 'Hand washing',
  version: 1,
  defaultLanguage: 'en',
  prompts: [
    {
      slug: 'how-long',
      messages: text('How long? a) 5 seconds b) 20 seconds'),
      correctResponse: { en: 'b) 20 seconds', es: 'b) 20 segundos' },
      options: { en: ['a) 5 seconds', 'b) 20 seconds'], es: ['a) 5 segundos', 'b) 20 segundos'] },
      accepts: { en: ['birthday song'] },
    },
    { slug: 'where', messages: text('Where do you wash most?'), storeAs: 'washingPlace' },
    { slug: 'gel', messages: text('Is gel enough?'), correctResponse: { en: 'no' }, maxFailures: 0 },
    { slug: 'goodbye', messages: text('Well done!') },
  ],
});

/** Ends with a question. */
export const vaccines: Drill = drillSchema.parse({
  slug: 'vaccines',
  name: 'Vaccines',
  version: 3,
  defaultLanguage: 'en',
  prompts: [
    { slug: 'ready', messages: text('Ready?') },
    {
      slug: 'last',
      messages: text('Which? a) flu b) none'),
      correctResponse: { en: 'a) flu' },
      maxFailures: 1,
    },
  ],
});

export const oneQuestion: Drill = { ...vaccines, slug: 'one-question', prompts: vaccines.prompts.slice(1) };
export const oneStatement: Drill = {
  ...vaccines,
  slug: 'one-statement',
  prompts: vaccines.prompts.slice(0, 1),
};
export const drills: readonly Drill[] = [handwashing, vaccines, oneQuestion, oneStatement];

export const programme: Programme = {
  ...programmeFileSchema.parse({
    slug: 'clean-hands',
    name: 'Clean Hands',
    company: 'Elm County Health',
    contact: 'care@example.org',
    drills: drills.map((drill) => drill.slug),
    registration: 'code',
    codes: [{ code: 'CLEAN2026', accountInfo: { employerName: 'Elm Clinic' } }],
    senderNumbers: ['default'],
    defaultLanguage: 'en',
    timezone: 'America/New_York',
    intent: 'transactional',
    words: { dashboard: ['dashboard'], demo: ['demo'] },
  }),
  senderNumbers: [ourNumber],
};

export const openProgramme: Programme = { ...programme, slug: 'open-hands', registration: 'open' };

export const facts: Facts = {
  drill: null,
  programme,
  codeVerdict: { valid: false },
  suppressed: false,
  overtaken: false,
  isCampaignActive: true,
  defaultLanguage: 'en',
};

export const validCode: Facts['codeVerdict'] = {
  valid: true,
  isDemo: false,
  accountInfo: { employerName: 'Elm Clinic' },
  programmeSlug: 'clean-hands',
};

const stranger = initialState(person, 'en');

/** A person in a given standing; validated unless said otherwise. */
export const personWith = (
  profile: Partial<DialogState['profile']> = {},
  dialog: Partial<DialogState> = {},
): DialogState => ({ ...stranger, ...dialog, profile: { ...stranger.profile, validated: true, ...profile } });

/** A validated person who was asked that prompt of that drill. */
export const asked = (
  drill: Drill,
  slug: string,
  failures = 0,
  profile: Partial<DialogState['profile']> = {},
) =>
  personWith(profile, {
    version: 4,
    currentDrill: drill,
    drillInstanceId: instance,
    currentPrompt: {
      slug,
      startedAt: '2026-11-21T10:00:00.000Z',
      failures,
      reminderTriggered: false,
      lastResponseAt: null,
    },
  });

const envelope = (n: number) => ({
  commandId: id(n),
  phoneNumber: person,
  occurredAt: '2026-11-21T14:59:59.000Z',
});

/** A text, with what the gateway recorded of it and the carrier's own verdict. */
export const texted = (
  body: string,
  { consent = null, optOutType }: Partial<Pick<InboundSms['payload'], 'consent' | 'optOutType'>> = {},
  n = 1,
): InboundSms => ({
  ...envelope(n),
  type: 'INBOUND_SMS',
  payload: {
    from: person,
    to: ourNumber,
    body,
    media: [],
    carrier: 'twilio',
    carrierMessageId: `SM${n}`,
    receivedAt: '2026-11-21T14:59:58.000Z',
    ...(optOutType ? { optOutType } : {}),
    consent,
  },
});

type Payload<T extends DialogCommand['type']> = Extract<DialogCommand, { type: T }>['payload'];

export const startOf = (drillSlug: string, drillInstanceId = instance, n = 1): DialogCommand => ({
  ...envelope(n),
  type: 'START_DRILL',
  payload: { drillSlug, drillInstanceId, origin: planned },
});

/** The same, asked for by a campaign that names a programme. */
export const ofCampaign = (
  command: DialogCommand,
  programmeSlug = programme.slug,
  campaign: { campaignId: string; contactId: string } = { campaignId: id(800), contactId: id(801) },
): StartDrill => {
  if (command.type !== 'START_DRILL') throw new Error('a campaign asks for drills alone');
  return { ...command, payload: { ...command.payload, campaign: { ...campaign, programmeSlug } } };
};

export const reminderOf = (promptSlug: string, drillInstanceId = instance, n = 1): DialogCommand => ({
  ...envelope(n),
  type: 'TRIGGER_REMINDER',
  payload: { drillInstanceId, promptSlug, origin: planned },
});

export const adHoc = (body: string, mediaUrl?: string, n = 1): DialogCommand => ({
  ...envelope(n),
  type: 'SEND_AD_HOC_MESSAGE',
  payload: { body, origin: planned, ...(mediaUrl ? { mediaUrl } : {}) },
});

export const update = (payload: Payload<'UPDATE_USER'>, n = 1): DialogCommand => ({
  ...envelope(n),
  type: 'UPDATE_USER',
  payload,
});

export const consent = (status: Payload<'CONSENT_CHANGED'>['status'], n = 1): DialogCommand => ({
  ...envelope(n),
  type: 'CONSENT_CHANGED',
  payload: { status, scope: 'sender', method: 'manual', cause: 'asked by telephone' },
});
