import fc from 'fast-check';
import type { CarrierVerdict } from '#shared/compliance/vocabulary.ts';
import { defaultReviewPolicy, readConsentText } from '#shared/consent/read-text.ts';
import type { DialogCommand, HeardConsent } from '#shared/contracts/dialog-commands.ts';
import { originSchema } from '#shared/contracts/origin.ts';
import { validateCode } from '#shared/drills/programme.ts';
import { phoneNumber } from '#shared/phone/phone-number.ts';
import { anyCodePoint } from '#test/code-points.ts';
import type { Facts } from './facts.ts';
import { drills, facts, id, now, openProgramme, ourNumber, planned, programme } from './sample-dialog.ts';

/**
 * Commands of every type for a few people, with texts that reach every rule and ids that repeat, for tests of what
 * holds for all sequences.
 */

export const people = ['+14155550101', '+14155550102', '+14155550103'].map(phoneNumber);
const unownedNumber = phoneNumber('+14155550198');
const openNumber = phoneNumber('+14155550197');

const TEXTS = [
  'stop',
  'START',
  'yes',
  'help',
  'menu',
  'support',
  'demo',
  'CLEAN2026',
  'more',
  'name',
  'idioma',
  'schedule',
  'thanks!',
  'b',
  'a',
  '20 seconds',
  'no',
  'flu',
  'at the sink',
  '',
  '  ',
  '\u{1F44D}',
  'what?',
];

const body = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(...TEXTS) },
  { weight: 1, arbitrary: fc.string({ unit: anyCodePoint, maxLength: 200 }) },
);
const instanceId = fc.integer({ min: 900, max: 903 }).map(id);
const origin = fc.constantFrom(
  planned,
  originSchema.parse({ kind: 'planned', senderNumber: openNumber, intent: 'marketing' }),
  originSchema.parse({ kind: 'reply', senderNumber: ourNumber, receivedAt: now.toISOString() }),
);
const pairs = fc.dictionary(
  fc.constantFrom('unitName', 'age', 'constructor', 'name'),
  fc.string({ maxLength: 9 }),
);
const slug = fc.constantFrom(...drills.map((drill) => drill.slug), 'no-such-drill');
const promptSlug = fc.constantFrom(...drills.flatMap((drill) => drill.prompts.map((prompt) => prompt.slug)));

const envelope = {
  // A small pool: the same id comes back, as after a redelivery.
  commandId: fc.integer({ min: 1, max: 60 }).map(id),
  phoneNumber: fc.constantFrom(...people),
  occurredAt: fc.constant('2026-11-21T14:59:59.000Z'),
};

const inbound = fc
  .record({
    ...envelope,
    body,
    to: fc.constantFrom(ourNumber, ourNumber, openNumber, unownedNumber),
    optOutType: fc.constantFrom(undefined, undefined, undefined, undefined, 'STOP', 'START', 'HELP'),
    /** Whether an opt-in finds something to lift. */
    lifts: fc.boolean(),
  })
  .map(
    ({ body, to, optOutType, lifts, ...rest }): DialogCommand => ({
      ...rest,
      type: 'INBOUND_SMS',
      payload: {
        from: rest.phoneNumber,
        to,
        body,
        media: [],
        carrier: 'twilio',
        carrierMessageId: `SM${rest.commandId}`,
        receivedAt: '2026-11-21T14:59:58.000Z',
        ...(optOutType ? { optOutType } : {}),
        consent: heard(body, optOutType, lifts),
      },
    }),
  );

/** What a gateway would record of the text. */
function heard(body: string, carrierVerdict: CarrierVerdict | undefined, lifts: boolean): HeardConsent {
  switch (readConsentText(body, { optedOut: lifts, carrierVerdict }, defaultReviewPolicy).verdict) {
    case 'opt_out':
      return 'opted_out';
    case 'opt_in':
      return lifts ? 'opted_in' : null;
    case 'help':
      return 'help';
    case null:
      return null;
  }
}

const start = fc.record({
  ...envelope,
  type: fc.constant('START_DRILL' as const),
  payload: fc.record({ drillSlug: slug, drillInstanceId: instanceId, origin }),
});

const reminder = fc.record({
  ...envelope,
  type: fc.constant('TRIGGER_REMINDER' as const),
  payload: fc.record({ drillInstanceId: instanceId, promptSlug, origin }),
});

const message = fc.record({
  ...envelope,
  type: fc.constant('SEND_AD_HOC_MESSAGE' as const),
  payload: fc.record({ body: fc.string({ minLength: 1, maxLength: 40 }), origin }),
});

const update = fc.record({
  ...envelope,
  type: fc.constant('UPDATE_USER' as const),
  payload: fc.record({
    profile: fc.record(
      {
        validated: fc.boolean(),
        isDemo: fc.boolean(),
        name: fc.option(fc.string()),
        language: fc.string({ minLength: 2, maxLength: 8 }),
        accountInfo: pairs,
        answers: pairs,
      },
      { requiredKeys: [] },
    ),
    purgeDrillState: fc.boolean(),
  }),
});

const consent = fc.record({
  ...envelope,
  type: fc.constant('CONSENT_CHANGED' as const),
  payload: fc.record({
    status: fc.constantFrom('opted_in' as const, 'pending_opt_out' as const, 'opted_out' as const),
    scope: fc.constant('sender'),
    method: fc.constantFrom('voice' as const, 'manual' as const, 'import' as const),
    cause: fc.constant('key 9'),
  }),
});

export const anyCommand: fc.Arbitrary<DialogCommand> = fc.oneof(
  { weight: 8, arbitrary: inbound },
  { weight: 4, arbitrary: start },
  { weight: 2, arbitrary: reminder },
  { weight: 1, arbitrary: message },
  { weight: 1, arbitrary: update },
  { weight: 1, arbitrary: consent },
);

/** Facts as a store would find them for the command; a suppressed number where asked for. */
export const factsFor =
  (suppressed: ReadonlySet<string>) =>
  (command: DialogCommand): Facts => {
    const number = command.type === 'INBOUND_SMS' ? command.payload.to : ourNumber;
    const owner = number === ourNumber ? programme : number === openNumber ? openProgramme : null;
    return {
      ...facts,
      programme: owner,
      drill:
        command.type === 'START_DRILL'
          ? (drills.find((drill) => drill.slug === command.payload.drillSlug) ?? null)
          : null,
      codeVerdict:
        command.type === 'INBOUND_SMS' && owner ? validateCode(command.payload.body, owner, now) : null,
      suppressed: suppressed.has(command.phoneNumber),
    };
  };
