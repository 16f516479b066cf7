import assert from 'node:assert/strict';
import { inboundCommandId } from '#shared/identity.ts';
import { type PhoneNumber, phoneNumber } from '#shared/phone/phone-number.ts';
import type { PhoneView } from '#shared/simulator/phone-view.ts';
import { uuidOf } from '../../apps/local/carrier/vonage/api.ts';
import type { AttemptRow, LogRow, MessageRow, Records } from '../driver/records.ts';
import type { ContactRow } from './campaign-ledger.ts';
import { faultsOfSecond, type SecondRecords, unknownOf } from './second-ledger.ts';

const NOON = Date.parse('2026-11-21T12:00:00.000Z');
const second = (s: number): Date => new Date(NOON + s * 1_000);
const got = phoneNumber('+14155550101');
const doubtful = phoneNumber('+14155550102');
const stopped = phoneNumber('+14155550103');
const sidOf = (n: number): string => `SM${String(n).padStart(32, '0')}`;

const view = (n: number, phone: PhoneNumber, over: Partial<PhoneView> = {}): PhoneView => ({
  id: sidOf(n),
  direction: 'to_phone',
  from: '+14155550191',
  to: phone,
  body: 'News',
  mediaUrls: [],
  status: 'delivered',
  errorCode: null,
  at: second(n).toISOString(),
  ...over,
});
const message = (id: string, phone: PhoneNumber, state: string): MessageRow => ({
  message_id: id,
  phone_number: phone,
  ordinal: 1,
  lane: 'bulk',
  intent: 'transactional',
  body: 'News',
  state,
  rule: null,
  campaign_id: 'campaign',
  settled_at: second(60),
});
const attempt = (of: string, phone: PhoneNumber, state: string, n: number | null): AttemptRow => ({
  attempt_id: `attempt of ${of}`,
  message_id: of,
  phone_number: phone,
  state,
  carrier_message_id: n === null ? null : uuidOf(sidOf(n)),
  posted_at: second(1),
  ended_at: second(2),
});
const logged = (n: number, direction: string, status: string): LogRow => ({
  carrier_message_id: uuidOf(sidOf(n)),
  direction,
  phone_number: null,
  body: 'News',
  status,
  message_id: null,
  attempt_id: null,
});
const contact = (
  phone: PhoneNumber,
  messageId: string,
  state: string,
  rule: string | null = null,
): ContactRow => ({ phone_number: phone, state, rule, message_id: messageId, settled_at: second(60) });

type Known = Pick<Records, 'attempts' | 'carrier' | 'consent' | 'executed' | 'log' | 'messages'>;
interface Kept {
  people: SecondRecords;
  known: Known;
}

/** One got it, of one nobody knows whether they did, one stopped before it came. */
const sound = (): Kept => ({
  people: {
    isOf: (body) => body === 'News',
    phones: [
      { number: got, happenings: [] },
      { number: doubtful, happenings: [] },
      {
        number: stopped,
        happenings: [
          { kind: 'said', id: sidOf(9), body: 'STOP', at: '' },
          { kind: 'answered', id: sidOf(9), taken: true },
        ],
      },
    ],
    contacts: [
      contact(got, 'a', 'delivered'),
      contact(doubtful, 'b', 'sent', 'unknown'),
      contact(stopped, 'c', 'blocked', 'suppressed'),
    ],
  },
  known: {
    carrier: [
      view(1, got),
      view(9, got, { direction: 'from_phone', from: stopped, to: '+14155550191', body: 'STOP' }),
    ],
    messages: [
      message('a', got, 'sent'),
      message('b', doubtful, 'unknown'),
      message('c', stopped, 'blocked'),
    ],
    attempts: [attempt('a', got, 'accepted', 1), attempt('b', doubtful, 'unknown', null)],
    log: [logged(1, 'outbound', 'delivered'), logged(9, 'inbound', 'received')],
    consent: [
      {
        phone_number: stopped,
        status: 'opted_out',
        recorded_at: second(10),
        requested_at: second(10),
        found_late: false,
      },
    ],
    executed: new Map([[inboundCommandId('vonage', uuidOf(sidOf(9))), second(10)]]),
  },
});

const withKnown = (kept: Kept, over: Partial<Known>): Kept => ({
  ...kept,
  known: { ...kept.known, ...over },
});

describe('The ledger of a carrier that cannot be asked', () => {
  it('finds nothing where nothing is wrong, and counts what nobody knows', () => {
    const { known, people } = sound();
    assert.deepEqual(faultsOfSecond(people, known), []);
    assert.equal(unknownOf(people, known), 1);
  });

  const found: readonly [string, (kept: Kept) => Kept, RegExp][] = [
    [
      'a text that was repeated after nobody knew whether it had gone',
      (kept) =>
        withKnown(kept, {
          attempts: [...kept.known.attempts, attempt('b', doubtful, 'accepted', 2)],
          carrier: [...kept.known.carrier, view(2, doubtful)],
          log: [...kept.known.log, logged(2, 'outbound', 'delivered')],
        }),
      /may have gone 2 times/,
    ],
    [
      'a text of which no request of ours knows',
      (kept) => withKnown(kept, { carrier: [...kept.known.carrier, view(3, got)] }),
      /for 0 requests/,
    ],
    [
      'a status that the log has otherwise',
      (kept) => withKnown(kept, { log: [logged(1, 'outbound', 'sent'), logged(9, 'inbound', 'received')] }),
      /\(delivered\) for 1 requests, and the log has/,
    ],
    [
      'a request that nobody settled',
      (kept) =>
        withKnown(kept, {
          attempts: [...kept.known.attempts, attempt('b', doubtful, 'ambiguous', null)],
        }),
      /is ambiguous/,
    ],
    [
      'a request that counts as taken and is not at the carrier',
      (kept) => withKnown(kept, { carrier: kept.known.carrier.slice(1) }),
      /the carrier does not know attempt attempt of a/,
    ],
    [
      'a STOP that nobody heard',
      (kept) => withKnown(kept, { executed: new Map() }),
      /the text "STOP" of .* was not executed/,
    ],
    [
      'a text after the answer to STOP',
      (kept) => ({
        ...kept,
        people: {
          ...kept.people,
          phones: kept.people.phones.map((phone) =>
            phone.number === stopped
              ? {
                  ...phone,
                  happenings: [...phone.happenings, { kind: 'heard', id: sidOf(4), body: 'News', at: '' }],
                }
              : phone,
          ),
        },
      }),
      /after their STOP was answered/,
    ],
    [
      'a claim while its person was opted out',
      (kept) =>
        withKnown(kept, {
          attempts: [
            ...kept.known.attempts,
            { ...attempt('c', stopped, 'not_sent', null), posted_at: second(20) },
          ],
        }),
      /was claimed while they were opted out/,
    ],
    [
      'somebody who is blocked without an opt-out',
      (kept) => withKnown(kept, { consent: [] }),
      /stands as blocked \(suppressed\) and got the text 0 times/,
    ],
    [
      'somebody who is missing',
      (kept) => ({ ...kept, people: { ...kept.people, contacts: kept.people.contacts.slice(1) } }),
      /stands in the campaign of the second carrier 0 times/,
    ],
  ];
  for (const [what, change, says] of found) {
    it(`finds ${what}`, () => {
      const { known, people } = change(sound());
      const faults = faultsOfSecond(people, known);
      assert.ok(
        faults.some((fault) => says.test(fault)),
        `it says: ${faults.join('; ')}`,
      );
    });
  }
});
