import assert from 'node:assert/strict';
import type { DialogCommand, HeardConsent } from '#shared/contracts/dialog-commands.ts';
import { rebuild } from '#shared/dialog/evolve.ts';
import { contactNewsCommandId, inboundCommandId } from '#shared/identity.ts';
import { phoneNumber } from '#shared/phone/phone-number.ts';
import type { PhoneView } from '#shared/simulator/phone-view.ts';
import { expectedBatches, expectedMessages, expectedProgressCommands } from './expected-dialog.ts';
import { OUR_NUMBER } from './our-number.ts';
import type { Happening } from './phone.ts';
import { effective, faultsOf, type PhoneRecords } from './proof.ts';
import type { AttemptRow, ConsentRow, LogRow, MessageRow } from './records.ts';
import { loadSample, type Sample } from './sample.ts';

const phone = phoneNumber('+14155550101');
const us = phoneNumber(OUR_NUMBER);
const NOON = Date.parse('2026-11-21T12:00:00.000Z');
const at = (second: number): string => new Date(NOON + second * 1_000).toISOString();
const uuid = (n: number): string => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;

const texted = (n: number, body: string, consent: HeardConsent = null): DialogCommand => ({
  type: 'INBOUND_SMS',
  commandId: inboundCommandId('twilio', `SM${n}`),
  phoneNumber: phone,
  occurredAt: at(n),
  payload: {
    from: phone,
    to: us,
    body,
    media: [],
    carrier: 'twilio',
    carrierMessageId: `SM${n}`,
    receivedAt: at(n),
    consent,
  },
});

/** A person who registered, gave a name and stopped: as a system without faults leaves it. */
function soundRecords(sample: Sample): PhoneRecords {
  const execution = { nowOf: () => null, suppressedAt: () => false, overtaken: () => false };
  const batchesOf = (commands: readonly DialogCommand[]) =>
    expectedBatches(phone, commands, execution, sample);
  const first = [texted(1, 'Hello'), texted(2, sample.code)];
  const commands = [
    ...first,
    ...expectedProgressCommands(batchesOf(first), sample),
    texted(3, 'Ana'),
    texted(4, 'STOP', 'opted_out'),
  ];
  const batches = batchesOf(commands);
  const wanted = expectedMessages(batches, sample, us);
  const messages: MessageRow[] = wanted.map(({ body, intent, lane, messageId }, index) => ({
    message_id: messageId,
    phone_number: phone,
    ordinal: index + 1,
    lane,
    intent,
    body,
    state: 'sent',
    rule: null,
    campaign_id: null,
    settled_at: new Date(NOON + index * 1_000 + 1_700),
  }));
  const attempts: AttemptRow[] = messages.map(({ message_id }, index) => ({
    attempt_id: uuid(index),
    message_id,
    phone_number: phone,
    state: 'accepted',
    carrier_message_id: `SMout${index}`,
    posted_at: new Date(NOON + index * 1_000 + 1_500),
    ended_at: new Date(NOON + index * 1_000 + 1_600),
  }));
  const texts = commands.flatMap((command): PhoneView[] =>
    command.type === 'INBOUND_SMS'
      ? [view(command.payload.carrierMessageId, command.payload.body, 'from_phone')]
      : [],
  );
  const sent = messages.map(({ body }, index) => view(`SMout${index}`, body, 'to_phone'));
  const log: LogRow[] = [
    ...texts.map(({ body, id }) => logRow(id, body, 'inbound', null, null)),
    ...messages.map(({ body, message_id }, index) =>
      logRow(`SMout${index}`, body, 'outbound', message_id, uuid(index)),
    ),
  ];
  const happenings: Happening[] = [...texts, ...sent].flatMap(({ body, direction, id }): Happening[] =>
    direction === 'to_phone'
      ? [{ kind: 'heard', id, body, at: at(9) }]
      : [
          { kind: 'said', id, body, at: at(1) },
          { kind: 'answered', id, taken: true },
        ],
  );
  const { currentDrill, ...state } = rebuild(batches) ?? { currentDrill: null };
  return {
    phone,
    happenings: inOrder(happenings),
    carrier: [...texts, ...sent],
    commands,
    batches,
    state: { phone_number: phone, version: batches.length, state, drill: currentDrill },
    messages,
    attempts,
    log,
    consent: [consented('opted_out', 4_000)],
    contact: null,
    beginning: {},
    executed: new Map(
      commands.map(({ commandId, occurredAt }) => [commandId, new Date(Date.parse(occurredAt) + 500)]),
    ),
  };
}

/** By its contact, in its second version. */
const told = (contactId: string): DialogCommand => ({
  type: 'UPDATE_USER',
  commandId: contactNewsCommandId(contactId, 2, 1),
  phoneNumber: phone,
  occurredAt: at(60),
  payload: { profile: { name: 'Ana' }, dialogVersion: 1 },
});

const consented = (status: string, at: number, askedAt = at, isLate = false): ConsentRow => ({
  phone_number: phone,
  status,
  recorded_at: new Date(NOON + at),
  requested_at: new Date(NOON + askedAt),
  found_late: isLate,
});

/** The confirmation last, and what came before the STOP before it. */
const inOrder = (all: readonly Happening[]): Happening[] => {
  const heard = all.filter(({ kind }) => kind === 'heard');
  const said = all.filter(({ kind }) => kind !== 'heard');
  return [...said.slice(0, -2), ...heard.slice(0, -1), ...said.slice(-2), ...heard.slice(-1)];
};

const view = (id: string, body: string, direction: PhoneView['direction']): PhoneView => ({
  id,
  direction,
  from: direction === 'from_phone' ? phone : us,
  to: direction === 'from_phone' ? us : phone,
  body,
  mediaUrls: [],
  status: direction === 'from_phone' ? 'received' : 'delivered',
  errorCode: null,
  at: at(1),
});

const logRow = (
  id: string,
  body: string,
  direction: string,
  messageId: string | null,
  attemptId: string | null,
): LogRow => ({
  carrier_message_id: id,
  direction,
  phone_number: phone,
  body,
  status: direction === 'inbound' ? 'received' : 'delivered',
  message_id: messageId,
  attempt_id: attemptId,
});

describe('the comparison of what went in with what came out', () => {
  let sample: Sample;
  let sound: PhoneRecords;
  before(async () => {
    sample = await loadSample();
    sound = soundRecords(sample);
  });

  it('finds nothing where nothing is wrong', () => {
    assert.deepEqual(faultsOf(sound, sample), []);
    assert.ok(sound.messages.length >= 4);
  });

  it('lets a dialog be told what its own contact says, in any of its versions', () => {
    const own: PhoneRecords = {
      ...sound,
      commands: [...sound.commands, told(uuid(70))],
      contact: { contact_id: uuid(70), phone_number: phone, version: 2 },
    };
    assert.deepEqual(
      faultsOf(own, sample).filter((fault) => fault.includes('was told')),
      [],
    );
  });

  it('takes no opt-in for one that was asked for before an opt-out which stood already', () => {
    const out = consented('opted_out', 2_000);
    const late = consented('opted_in', 3_000, 1_000);
    const lifts = consented('opted_in', 4_000);
    assert.deepEqual(effective([out, late, lifts]), [out, lifts]);
    const same = consented('opted_in', 3_000, 2_000);
    assert.deepEqual(effective([out, same]), [out, same]);
    assert.deepEqual(effective([out, { ...same, found_late: true }]), [out]);
  });

  const broken: [string, (records: PhoneRecords) => Partial<PhoneRecords>, RegExp][] = [
    ['a text that was not executed', () => ({ executed: new Map() }), /was not executed/],
    ['a text that is not in the log', ({ log }) => ({ log: log.slice(1) }), /has 0 rows in the log/],
    [
      'texts in another order on the stream',
      ({ commands: [one, two, ...rest] }) => ({
        commands: [two, one, ...rest].filter((command) => command !== undefined),
      }),
      /another order on the stream/,
    ],
    ['events that were lost', ({ batches }) => ({ batches: batches.slice(0, -1) }), /events differ/],
    ['a state that is no fold', () => ({ state: null }), /not the fold/],
    [
      'a next drill that was never asked for',
      ({ commands }) => ({ commands: commands.filter(({ type }) => type === 'INBOUND_SMS') }),
      /progress asked for/,
    ],
    [
      'a message that was never written',
      ({ messages }) => ({ messages: messages.slice(1) }),
      /messages differ/,
    ],
    [
      'a message left queued',
      ({ messages: [one, ...rest] }) => ({ messages: one ? [{ ...one, state: 'queued' }, ...rest] : [] }),
      /is queued/,
    ],
    [
      'a message held back from somebody who has not opted out',
      ({ messages: [one, ...rest] }) => ({
        messages: one
          ? [{ ...one, state: 'blocked', rule: 'suppressed', settled_at: new Date(NOON + 3_000) }, ...rest]
          : [],
      }),
      /was blocked \(suppressed\) without a cause/,
    ],
    [
      'a message held back by a rule that nothing calls for',
      ({ messages: [one, ...rest] }) => ({
        messages: one ? [{ ...one, state: 'blocked', rule: 'no_hours' }, ...rest] : [],
      }),
      /was blocked \(no_hours\) without a cause/,
    ],
    [
      'a confirmation withdrawn although nobody opted in again',
      ({ messages }) => ({
        messages: messages.map((row) =>
          row.intent === 'opt_out_confirmation' ? { ...row, state: 'cancelled' } : row,
        ),
      }),
      /\(opt_out_confirmation\) was cancelled \(null\) without a cause/,
    ],
    [
      "what another person's contact says",
      ({ commands }) => ({
        commands: [...commands, told(uuid(71))],
        contact: { contact_id: uuid(70), phone_number: phone, version: 2 },
      }),
      /was told .*, which no version of its person's contact says/,
    ],
    [
      'a message sent twice',
      ({ attempts, carrier, messages: [one] }) => ({
        attempts: [
          ...attempts,
          ...attempts.slice(0, 1).map((it) => ({ ...it, carrier_message_id: 'SMtwice' })),
        ],
        carrier: [...carrier, view('SMtwice', one?.body ?? '', 'to_phone')],
      }),
      /was accepted 2 times/,
    ],
    [
      'a message at the carrier that nobody knows',
      ({ carrier }) => ({ carrier: [...carrier, view('SMstray', 'Hi', 'to_phone')] }),
      /belongs to 0 attempts/,
    ],
    [
      'an attempt without an end',
      ({ attempts: [one, ...rest] }) => ({ attempts: one ? [{ ...one, state: 'ambiguous' }, ...rest] : [] }),
      /is ambiguous/,
    ],
    [
      'messages in another order at the carrier',
      ({ carrier }) => ({ carrier: carrier.toReversed() }),
      /sent in the order/,
    ],
    [
      'a message after the answer to a STOP',
      ({ happenings }) => ({
        happenings: [...happenings, { kind: 'heard', id: 'SMout0', body: 'Hi', at: at(9) }],
      }),
      /after the answer to STOP/,
    ],
    [
      'a claim while the phone was opted out',
      ({ attempts: [one, ...rest] }) => ({
        attempts: one ? [{ ...one, posted_at: new Date(NOON + 60_000) }, ...rest] : [],
      }),
      /claimed while the phone was opted out/,
    ],
    [
      'a sent message that is not in the log',
      ({ log }) => ({ log: log.slice(0, -1) }),
      /has 0 rows in the log/,
    ],
    [
      'a message whose end the log does not know',
      ({ log }) => ({
        log: log.map((row, index) => (index === log.length - 1 ? { ...row, status: 'sent' } : row)),
      }),
      /\(delivered\) has 1 rows in the log: .*"status":"sent"/,
    ],
  ];
  it('finds nothing wrong with what was held back from somebody who opted out', () => {
    const [one] = sound.messages;
    assert.ok(one);
    const blocked: MessageRow = {
      ...one,
      state: 'blocked',
      rule: 'suppressed',
      settled_at: new Date(NOON + 5_000),
    };
    const { attempts, carrier, log, messages } = sound;
    const without = {
      messages: [blocked, ...messages.slice(1)],
      attempts: attempts.slice(1),
      carrier: carrier.filter(({ id }) => id !== 'SMout0'),
      log: log.filter(({ carrier_message_id }) => carrier_message_id !== 'SMout0'),
    };
    assert.deepEqual(faultsOf({ ...sound, ...without }, sample), []);
  });

  it('lets answers pass what a campaign planned, or people did, and nothing else that was planned', () => {
    const [first] = sound.messages;
    const passed = (campaign_id: string | null, isWrittenTo = false): string =>
      faultsOf(
        {
          ...sound,
          isWrittenTo,
          messages: sound.messages.map((row) =>
            row === first ? { ...row, lane: 'bulk', campaign_id } : { ...row, lane: 'replies' },
          ),
          carrier: [
            ...sound.carrier.filter(({ id }) => id !== 'SMout0'),
            ...sound.carrier.filter(({ id }) => id === 'SMout0'),
          ],
        },
        sample,
      ).join('\n');
    assert.doesNotMatch(passed(uuid(77)), /sent in the order/);
    assert.match(passed(null), /sent in the order/);
    assert.doesNotMatch(passed(null, true), /sent in the order/);
  });

  for (const [name, change, expected] of broken) {
    it(`finds ${name}`, () => {
      assert.match(faultsOf({ ...sound, ...change(sound) }, sample).join('\n'), expected);
    });
  }
});
