import assert from 'node:assert/strict';
import { phoneNumber } from '#shared/phone/phone-number.ts';
import type { ConsentRow } from '../driver/records.ts';
import type { CarrierCall } from '../driver/simulator.ts';
import {
  type CallAttemptRow,
  type CalledPerson,
  type CallingRecords,
  type CallLogRow,
  type CallMessageRow,
  type CallRecords,
  faultsOfCalling,
} from './call-ledger.ts';
import { CONFIRMATION } from './called.ts';
import type { ContactRow } from './campaign-ledger.ts';

const NOON = Date.parse('2026-11-21T12:00:00.000Z');
const second = (s: number): Date => new Date(NOON + s * 1_000);
const listens = phoneNumber('+14155550101');
const presses = phoneNumber('+14155550102');
const sleeper = phoneNumber('+14155550103');

const call = (id: string, at: number, over: Partial<CarrierCall> = {}): CarrierCall => ({
  id,
  status: 'completed',
  at: second(at).toISOString(),
  heard: [{ text: 'Hello', at: second(at + 2).toISOString() }],
  ...over,
});
const confirmed = (id: string, at: number): CarrierCall =>
  call(id, at, { heard: [{ text: CONFIRMATION, at: second(at + 5).toISOString() }] });
const person = (phone: string, calls: readonly CarrierCall[]): CalledPerson => ({
  phone,
  timeZone: 'UTC',
  calls,
  before: null,
});
const message = (id: string, phone: string, over: Partial<CallMessageRow> = {}): CallMessageRow => ({
  message_id: id,
  phone_number: phone,
  state: 'sent',
  rule: null,
  settled_at: second(60),
  ...over,
});
const attempt = (of: string, phone: string, at: number, callId = `CA-${of}`): CallAttemptRow => ({
  attempt_id: `attempt of ${of}`,
  message_id: of,
  phone_number: phone,
  state: 'accepted',
  carrier_message_id: callId,
  posted_at: second(at),
});
const logged = (of: string, outcome: string): CallLogRow => ({
  carrier_message_id: `CA-${of}`,
  message_id: of,
  status: 'completed',
  outcome,
});
const contact = (
  phone: ContactRow['phone_number'],
  messageId: string | null,
  state: string,
  rule: string | null = null,
): ContactRow => ({
  phone_number: phone,
  state,
  rule,
  message_id: messageId,
  settled_at: second(60),
});
const optedOut = (at: number): ConsentRow => ({
  phone_number: presses,
  status: 'opted_out',
  recorded_at: second(at),
  requested_at: second(at),
  found_late: false,
});
const campaign = (over: Partial<CallingRecords>): CallingRecords => ({
  id: 'first',
  phones: [listens, presses],
  asleep: [sleeper],
  contacts: [],
  counted: { total: 3, states: [], calls: [] },
  ...over,
});

/** One listens to both calls, one presses key 9 in the first and is not called again, one is asleep. */
const sound = (): CallRecords => ({
  people: [
    person(listens, [call('CA-a1', 0), call('CA-a2', 20)]),
    person(presses, [confirmed('CA-b1', 0)]),
    person(sleeper, []),
  ],
  attempts: [attempt('a1', listens, 0), attempt('a2', listens, 20), attempt('b1', presses, 0)],
  messages: [
    message('a1', listens),
    message('a2', listens),
    message('b1', presses),
    message('b2', presses, { state: 'blocked', rule: 'suppressed' }),
  ],
  log: [logged('a1', 'answered'), logged('a2', 'answered'), logged('b1', 'opted_out')],
  consent: [optedOut(5)],
  campaigns: [
    campaign({
      contacts: [
        contact(listens, 'a1', 'answered'),
        contact(presses, 'b1', 'answered', 'opted_out'),
        contact(sleeper, null, 'cancelled'),
      ],
      counted: {
        total: 3,
        states: [
          { state: 'answered', contacts: 2 },
          { state: 'cancelled', contacts: 1 },
        ],
        calls: [
          { outcome: 'answered', calls: 1 },
          { outcome: 'opted_out', calls: 1 },
        ],
      },
    }),
    campaign({
      id: 'second',
      contacts: [
        contact(listens, 'a2', 'answered'),
        contact(presses, 'b2', 'blocked', 'suppressed'),
        contact(sleeper, null, 'cancelled'),
      ],
      counted: {
        total: 3,
        states: [
          { state: 'answered', contacts: 1 },
          { state: 'blocked', contacts: 1 },
          { state: 'cancelled', contacts: 1 },
        ],
        calls: [{ outcome: 'answered', calls: 1 }],
      },
    }),
  ],
});

const changedPerson = (records: CallRecords, phone: string, over: Partial<CalledPerson>): CallRecords => ({
  ...records,
  people: records.people.map((one) => (one.phone === phone ? { ...one, ...over } : one)),
});

describe('The ledger of calls', () => {
  it('finds nothing where everybody was called as they may be', () => {
    assert.deepEqual(faultsOfCalling(sound()), []);
  });

  const found: readonly [string, (records: CallRecords) => CallRecords, RegExp][] = [
    [
      'a call that nobody of ours asked for, as where a request was repeated',
      (records) =>
        changedPerson(records, listens, {
          calls: [call('CA-a1', 0), call('CA-again', 1), call('CA-a2', 20)],
        }),
      /call CA-again to .* belongs to 0 requests of ours/,
    ],
    [
      'a message that was called for twice',
      (records) => ({
        ...changedPerson(records, listens, {
          calls: [call('CA-a1', 0), call('CA-again', 1), call('CA-a2', 20)],
        }),
        attempts: [...records.attempts, attempt('a1', listens, 1, 'CA-again')],
      }),
      /was called 2 times for message a1/,
    ],
    [
      'a message that stands as sent and was not called for',
      (records) => ({ ...records, attempts: records.attempts.filter((row) => row.message_id !== 'a2') }),
      /was called 0 times for message a2, which is sent/,
    ],
    [
      'a request of which the carrier knows no call',
      (records) => changedPerson(records, listens, { calls: [call('CA-a1', 0)] }),
      /the carrier does not know call CA-a2/,
    ],
    [
      'a request that nobody settled',
      (records) => ({
        ...records,
        attempts: [...records.attempts, { ...attempt('a1', listens, 9), state: 'ambiguous' }],
      }),
      /is ambiguous/,
    ],
    [
      'a call after key 9 was answered',
      (records) => changedPerson(records, presses, { calls: [confirmed('CA-b1', 0), call('CA-b2', 6)] }),
      /was called at .*, after their key 9 was answered/,
    ],
    [
      'a call after STOP was answered',
      (records) => changedPerson(records, listens, { before: new Set(['CA-a1']) }),
      /was called as CA-a2, after their STOP was answered/,
    ],
    [
      'a call that was claimed while its person was opted out',
      (records) => ({ ...records, consent: [optedOut(-5)] }),
      /was claimed while they were opted out/,
    ],
    [
      'somebody who was told that they are opted out, and is not',
      (records) => ({ ...records, consent: [] }),
      /was told that they are opted out, and is not/,
    ],
    [
      'a call at night',
      (records) => changedPerson(records, listens, { timeZone: 'Asia/Tokyo' }),
      /out of hours in Asia\/Tokyo/,
    ],
    [
      'a call whose end the log has otherwise',
      (records) => ({
        ...records,
        log: records.log.map((row) => (row.message_id === 'a1' ? { ...row, status: 'ringing' } : row)),
      }),
      /call CA-a1 to .* is completed and stands in the log as/,
    ],
    [
      'a call in which key 9 was answered and that came to nothing',
      (records) => ({
        ...records,
        log: records.log.map((row) => (row.message_id === 'b1' ? { ...row, outcome: 'answered' } : row)),
      }),
      /call CA-b1 to .* stands in the log as/,
    ],
    [
      'somebody who is held back without an opt-out',
      (records) => ({
        ...records,
        campaigns: records.campaigns.map((one) => ({
          ...one,
          contacts: one.contacts.map((row) =>
            row.message_id === 'b2'
              ? { ...row, phone_number: presses, rule: 'hours', state: 'skipped' }
              : row,
          ),
        })),
        consent: [optedOut(120)],
      }),
      /stands as skipped \(hours\) in a campaign of calls/,
    ],
    [
      'somebody who stands as called and was not',
      (records) => ({
        ...records,
        campaigns: records.campaigns.map((one) => ({
          ...one,
          contacts: one.contacts.map((row) =>
            row.message_id === 'b2' ? { ...row, state: 'answered' } : row,
          ),
        })),
      }),
      /stands as answered \(suppressed\) and was called 0 times/,
    ],
    [
      'somebody who stands in a campaign twice',
      (records) => ({
        ...records,
        campaigns: records.campaigns.map((one) => ({ ...one, contacts: [...one.contacts, ...one.contacts] })),
      }),
      /stands in a campaign of calls 2 times/,
    ],
    [
      'counts of calls that are not those of the rows',
      (records) => ({
        ...records,
        campaigns: records.campaigns.map((one) => ({ ...one, counted: { ...one.counted, calls: [] } })),
      }),
      /counts \[\] of .* calls/,
    ],
  ];
  for (const [what, change, says] of found) {
    it(`finds ${what}`, () => {
      const faults = faultsOfCalling(change(sound()));
      assert.ok(
        faults.some((fault) => says.test(fault)),
        `it says: ${faults.join('; ')}`,
      );
    });
  }
});
