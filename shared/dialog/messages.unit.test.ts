import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  type DialogEvent,
  type DialogEventBatch,
  dialogEventBatchSchema,
} from '#shared/contracts/dialog-events.ts';
import { drillSchema, type Prompt } from '#shared/contracts/drill.ts';
import type { Origin } from '#shared/contracts/origin.ts';
import type { Profile } from '#shared/contracts/profile.ts';
import { type Programme, programmeFileSchema } from '#shared/drills/programme.ts';
import { batchIdOf, eventIdOf, messageIdOf } from '#shared/identity.ts';
import { phoneNumber } from '#shared/phone/phone-number.ts';
import { senderAddress } from '#shared/phone/sender-address.ts';
import { builtInTexts } from '#shared/texts/texts.ts';
import { messagesFor } from './messages.ts';

const ourNumber = phoneNumber('+14155550199');
const otherNumber = phoneNumber('+14155550198');
const settings = {
  defaultSender: otherNumber,
  organisation: 'Elm County',
  contact: 'office@example.org',
  carrierAnswersKeywords: false,
};
const commandId = '00000000-0000-4000-8000-000000000001';
const batchId = batchIdOf(commandId);
const occurredAt = '2026-11-21T15:00:00.000Z';
const drillInstanceId = '00000000-0000-4000-8000-000000000900';
const defaultLanguage = 'es';

const programme: Programme = {
  ...programmeFileSchema.parse({
    slug: 'clean-hands',
    name: 'Clean Hands',
    company: 'Elm County Health',
    contact: 'care@example.org',
    drills: ['soap'],
    registration: 'open',
    senderNumbers: ['default'],
    defaultLanguage: 'en',
    timezone: 'America/New_York',
    intent: 'marketing',
  }),
  senderNumbers: [ourNumber],
};

const drill = drillSchema.parse({
  slug: 'soap',
  name: 'Soap',
  version: 1,
  defaultLanguage: 'es',
  prompts: [
    {
      slug: 'which',
      messages: [
        { text: { en: 'Hi {{name}}!', es: '¡Hola {{name}}!' } },
        { mediaUrl: 'https://example.org/soap.png' },
        {
          text: { en: 'Which one? a) soap b) sand', es: '¿Cuál? a) jabón b) arena' },
          mediaUrl: 'https://example.org/b.png',
        },
      ],
      correctResponse: { en: 'a) soap', es: 'a) jabón' },
    },
    { slug: 'goodbye', messages: [{ text: { es: 'Adiós' } }] },
  ],
});
const [which, goodbye] = drill.prompts;
assert.ok(which && goodbye);

const reply: Origin = { kind: 'reply', senderNumber: otherNumber, receivedAt: occurredAt };
const planned: Origin = { kind: 'planned', senderNumber: null, intent: 'marketing' };
const profile: Profile = {
  validated: true,
  optedOut: false,
  isDemo: false,
  name: 'Ana Lopez',
  language: 'en',
  timezone: null,
  accountInfo: {},
  answers: {},
};

type Body<E> = E extends DialogEvent ? Omit<E, 'eventId' | 'occurredAt'> : never;
type EventBody = Body<DialogEvent>;

const batchOf = (
  events: readonly EventBody[],
  origin: Origin = reply,
  after: Partial<Profile> = {},
): DialogEventBatch =>
  dialogEventBatchSchema.parse({
    schemaVersion: 1,
    batchId,
    commandId,
    phoneNumber: '+14155550101',
    version: 7,
    occurredAt,
    programmeSlug: 'clean-hands',
    origin,
    profileBefore: { ...profile, language: 'fr' },
    profileAfter: { ...profile, ...after },
    events: events.map((event, index) => ({ ...event, eventId: eventIdOf(batchId, index), occurredAt })),
  });

const bodies = (
  events: readonly EventBody[],
  after: Partial<Profile> = {},
  owner: Programme | null = programme,
) => messagesFor(batchOf(events, reply, after), owner, settings).map(({ body }) => body);

const started: EventBody = {
  type: 'DRILL_STARTED',
  drill,
  firstPrompt: which,
  drillInstanceId,
  replacedDrillInstanceId: null,
};
const completed = (graded: boolean): EventBody => ({
  type: 'COMPLETED_PROMPT',
  defaultLanguage,
  prompt: which,
  response: 'a',
  graded,
  drillInstanceId,
});
const failed = (abandoned: boolean): EventBody => ({
  type: 'FAILED_PROMPT',
  defaultLanguage,
  prompt: which,
  response: 'b',
  abandoned,
  drillInstanceId,
});
const advanced = (prompt: Prompt): EventBody => ({
  type: 'ADVANCED_TO_NEXT_PROMPT',
  defaultLanguage,
  prompt,
  drillInstanceId,
});
const optedOut = (confirm: boolean): EventBody => ({ type: 'OPTED_OUT', drillInstanceId: null, confirm });

const english = builtInTexts.en;
assert.ok(english);

describe('the messages for a batch of events', () => {
  it('say every message of the first prompt, with its media, in order', () => {
    const messages = messagesFor(batchOf([started]), programme, settings);
    assert.deepEqual(
      messages.map(({ body, mediaUrls }) => [body, mediaUrls]),
      [
        ['Hi Ana!', []],
        ['', ['https://example.org/soap.png']],
        ['Which one? a) soap b) sand', ['https://example.org/b.png']],
      ],
    );
  });

  it('say every message of the next prompt, after the answer to the last one', () => {
    assert.deepEqual(bodies([completed(true), advanced(which)]), [
      'That is right!',
      'Hi Ana!',
      '',
      'Which one? a) soap b) sand',
    ]);
  });

  it('say nothing about an answer that was not graded', () => {
    assert.deepEqual(bodies([completed(false), advanced(goodbye)]), ['Adiós']);
  });

  it('ask to try again, or give the right answer when there is no further try', () => {
    assert.deepEqual(bodies([failed(false)]), ['Not quite. Please try again.']);
    assert.deepEqual(bodies([failed(true)]), ['Not quite. The right answer is: a) soap']);
  });

  for (const [events, text] of [
    [[{ type: 'USER_VALIDATION_FAILED' }], english.invalidCode],
    [
      [{ type: 'REMINDER_TRIGGERED', prompt: which, defaultLanguage, drillInstanceId }],
      'Hi Ana, your last question from Clean Hands is waiting for you. Reply whenever you have a moment.',
    ],
    [[{ type: 'AD_HOC_MESSAGE_SENT', body: 'We close at {{name}}', mediaUrl: null }], 'We close at {{name}}'],
    [
      [optedOut(true)],
      'Clean Hands (Elm County Health): you are unsubscribed and will get no more messages. To come back, text START.',
    ],
    [
      [{ type: 'OPTED_BACK_IN', confirm: true }],
      'Clean Hands: you will get our messages again. Msg & data rates may apply. Text HELP for help, STOP to end.',
    ],
    [
      [{ type: 'HELP_REQUESTED' }],
      'Clean Hands (Elm County Health). Help: care@example.org. Text MORE for the next lesson, STOP to end. Msg & data rates may apply.',
    ],
    [
      [{ type: 'MENU_REQUESTED' }],
      'Clean Hands: text MORE for the next lesson, SUPPORT to reach a person, HELP for help, STOP to end.',
    ],
    [
      [{ type: 'SUPPORT_REQUESTED' }],
      'Clean Hands: reach a person at care@example.org, or write here and we will read it.',
    ],
  ] satisfies [EventBody[], string][]) {
    it(`for ${events[0]?.type} are one text`, () => assert.deepEqual(bodies(events), [text]));
  }

  const silent: readonly EventBody[] = [
    optedOut(false),
    { type: 'OPTED_BACK_IN', confirm: false },
    { type: 'NEXT_DRILL_REQUESTED' },
    { type: 'DRILL_COMPLETED', drillInstanceId, lastPromptResponse: null },
    { type: 'NAME_CHANGE_REQUESTED', abandonedDrillInstanceId: null },
    { type: 'LANGUAGE_CHANGE_REQUESTED', abandonedDrillInstanceId: null },
    { type: 'SCHEDULING_REQUESTED', abandonedDrillInstanceId: null },
    { type: 'THANK_YOU_RECEIVED' },
    { type: 'DASHBOARD_REQUESTED' },
    { type: 'DEMO_REQUESTED' },
    { type: 'UNHANDLED_MESSAGE_RECEIVED', message: 'hello' },
    { type: 'USER_UPDATED', profile: { name: 'Bo' }, purgeDrillState: false },
    {
      type: 'USER_VALIDATED',
      codeValidation: { valid: true, isDemo: false, accountInfo: {}, programmeSlug: 'clean-hands' },
    },
  ];
  for (const event of silent) {
    const owed = 'confirm' in event ? ', nothing being owed,' : '';
    it(`for ${event.type}${owed} are none`, () => assert.deepEqual(bodies([event]), []));
  }

  it('are worded by the programme where it has words of its own', () => {
    const own = {
      ...programme,
      texts: { help: { en: 'Call {{contact}}' }, demo: { en: 'A demo for {{name}}' } },
    };
    assert.deepEqual(bodies([{ type: 'HELP_REQUESTED' }], {}, own), ['Call care@example.org']);
    assert.deepEqual(bodies([{ type: 'DEMO_REQUESTED' }], {}, own), ['A demo for Ana']);
  });

  it('leave STOP, START and HELP to a carrier that answers them, and only those', () => {
    const handled = { ...settings, carrierAnswersKeywords: true };
    const said = (...events: EventBody[]) =>
      messagesFor(batchOf(events), programme, handled).map(({ body }) => body);
    assert.deepEqual(said(optedOut(true)), []);
    assert.deepEqual(said({ type: 'OPTED_BACK_IN', confirm: true }), []);
    assert.deepEqual(said({ type: 'HELP_REQUESTED' }), []);
    assert.equal(said({ type: 'MENU_REQUESTED' }).length, 1);
  });

  it('answer STOP, START and HELP on WhatsApp, of which a carrier that answers texts knows nothing', () => {
    const handled = { ...settings, carrierAnswersKeywords: true };
    for (const event of [
      optedOut(true),
      { type: 'OPTED_BACK_IN', confirm: true },
      { type: 'HELP_REQUESTED' },
    ] as const) {
      const batch = batchOf([event]);
      const there = senderAddress('whatsapp:+14155550110');
      const origin = { ...batch.origin, senderNumber: there };
      const said = messagesFor({ ...batch, origin }, programme, handled);
      assert.deepEqual(
        said.map(({ senderNumber }) => senderNumber),
        [there],
      );
    }
  });

  it('are in the language that the person has after the batch', () => {
    assert.deepEqual(bodies([completed(true), advanced(which)], { language: 'es' }), [
      '¡Correcto!',
      '¡Hola Ana!',
      '',
      '¿Cuál? a) jabón b) arena',
    ]);
    assert.deepEqual(bodies([failed(true)], { language: 'es' }), [
      'No es correcto. La respuesta correcta es: a) jabón',
    ]);
  });

  it("fall back to the drill's language wherever a drill is worded, not to the programme's", () => {
    const person = { language: 'pt' };
    assert.equal(bodies([started], person)[0], '¡Hola Ana!');
    assert.equal(bodies([advanced(which)], person)[0], '¡Hola Ana!');
    assert.deepEqual(bodies([advanced(goodbye)], person), ['Adiós']);
    assert.match(bodies([failed(true)], person)[0] ?? '', /a\) jabón$/);
    const asking = { ...which, messages: [{ text: { es: 'Es: {{correctAnswer}}' } }] };
    assert.deepEqual(bodies([advanced(asking)], person), ['Es: a) jabón']);
  });

  it('speak for the organisation at a number that no programme owns', () => {
    assert.deepEqual(bodies([optedOut(true)], {}, null), [
      'Elm County: you are unsubscribed and will get no more messages. To come back, text START.',
    ]);
    assert.match(
      bodies([{ type: 'HELP_REQUESTED' }], {}, null)[0] ?? '',
      /^Elm County\. Help: office@example\.org\. /,
    );
  });

  it('come from the number that the cause names, else from the default, whatever numbers the programme has', () => {
    const from = (origin: Origin, owner: Programme | null) =>
      messagesFor(batchOf([failed(false)], origin), owner, settings)[0]?.senderNumber;
    assert.equal(from(reply, programme), otherNumber);
    assert.equal(from({ ...planned, senderNumber: ourNumber }, programme), ourNumber);
    assert.equal(from(planned, programme), settings.defaultSender);
    assert.equal(from(planned, null), settings.defaultSender);
  });

  it('travel in the lane of their cause, and are judged by the intent of their cause', () => {
    const judged = (event: EventBody, origin: Origin) =>
      messagesFor(batchOf([event], origin), programme, settings).map(({ lane, intent }) => [lane, intent])[0];
    assert.deepEqual(judged(started, reply), ['replies', 'reply']);
    assert.deepEqual(judged(started, planned), ['bulk', 'marketing']);
    assert.deepEqual(judged(started, { ...planned, intent: 'transactional' }), ['bulk', 'transactional']);
    assert.deepEqual(judged(optedOut(true), reply), ['replies', 'opt_out_confirmation']);
    assert.deepEqual(judged({ type: 'HELP_REQUESTED' }, reply), ['replies', 'help']);
    assert.deepEqual(judged({ type: 'OPTED_BACK_IN', confirm: true }, reply), ['replies', 'reply']);
  });

  it('have ids that derive from their events, message by message', () => {
    const batch = batchOf([completed(true), advanced(which)]);
    const expected = [
      messageIdOf(eventIdOf(batchId, 0), 0),
      ...[0, 1, 2].map((index) => messageIdOf(eventIdOf(batchId, 1), index)),
    ];
    assert.deepEqual(
      messagesFor(batch, programme, settings).map(({ messageId }) => messageId),
      expected,
    );
  });

  it('are never empty: a text of which nothing is left is not sent', () => {
    const blank = { ...goodbye, messages: [{ text: { en: '{{note}}' } }, { text: { en: 'Bye' } }] };
    const messages = messagesFor(batchOf([advanced(blank)]), programme, settings);
    assert.deepEqual(
      messages.map(({ body, messageId }) => [body, messageId]),
      [['Bye', messageIdOf(eventIdOf(batchId, 0), 1)]],
    );
  });

  it('are cut at what a carrier takes, never inside a character', () => {
    const answers = Object.fromEntries(
      Array.from({ length: 12 }, (_, n) => [`a${n}`, '\u{1F600}'.repeat(160)]),
    );
    const text = `x${Object.keys(answers)
      .map((name) => `{{${name}}}`)
      .join('')}`;
    const [body] = bodies([advanced({ ...goodbye, messages: [{ text: { en: text } }] })], { answers });
    assert.equal(body?.length, 1599);
    assert.ok(body?.isWellFormed());
  });

  describe('for all batches', () => {
    const anyEvent = fc.constantFrom<EventBody>(
      started,
      completed(true),
      completed(false),
      failed(true),
      failed(false),
      advanced(which),
      advanced(goodbye),
      optedOut(true),
      { type: 'HELP_REQUESTED' },
      { type: 'MENU_REQUESTED' },
      ...silent,
    );
    const anyBatch = fc
      .record({
        events: fc.array(anyEvent, { minLength: 1, maxLength: 6 }),
        origin: fc.constantFrom(reply, planned),
        name: fc.option(fc.string({ unit: 'grapheme' })),
        language: fc.constantFrom('en', 'es', 'fr', 'pt', 'de'),
      })
      .map(({ events, origin, name, language }) => batchOf(events, origin, { name, language }));
    const anyOwner = fc.constantFrom(programme, null);

    it('the same batch gives the same messages, also after a journey as JSON', () => {
      fc.assert(
        fc.property(anyBatch, anyOwner, (batch, owner) => {
          const again = dialogEventBatchSchema.parse(JSON.parse(JSON.stringify(batch)));
          assert.deepEqual(messagesFor(again, owner, settings), messagesFor(batch, owner, settings));
        }),
      );
    });

    it('ids are unique, every message has something to send, and all take one lane', () => {
      fc.assert(
        fc.property(anyBatch, anyOwner, (batch, owner) => {
          const messages = messagesFor(batch, owner, settings);
          assert.equal(new Set(messages.map(({ messageId }) => messageId)).size, messages.length);
          for (const { body, mediaUrls, lane } of messages) {
            assert.ok(body.length <= 1600 && (body.trim() !== '' || mediaUrls.length > 0));
            assert.equal(lane, batch.origin.kind === 'reply' ? 'replies' : 'bulk');
          }
        }),
      );
    });

    it('there is one confirmation for each stop that is owed one', () => {
      fc.assert(
        fc.property(anyBatch, anyOwner, (batch, owner) => {
          const owed = batch.events.filter((event) => event.type === 'OPTED_OUT' && event.confirm);
          const confirmations = messagesFor(batch, owner, settings).filter(
            ({ intent }) => intent === 'opt_out_confirmation',
          );
          assert.deepEqual(
            confirmations.map(({ causeId }) => causeId),
            owed.map(({ eventId }) => eventId),
          );
        }),
      );
    });
  });
});
