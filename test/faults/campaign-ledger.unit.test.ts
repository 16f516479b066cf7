import assert from 'node:assert/strict';
import { phoneNumber } from '#shared/phone/phone-number.ts';
import type { PhoneView } from '#shared/simulator/phone-view.ts';
import type { ConsentRow, LogRow, MessageRow, Records } from '../driver/records.ts';
import { behindStops, type CampaignRecords, type ContactRow, faultsOfCampaign } from './campaign-ledger.ts';

const NOON = Date.parse('2026-11-21T12:00:00.000Z');
const second = (s: number): Date => new Date(NOON + s * 1_000);
const got = phoneNumber('+14155550101');
const stopped = phoneNumber('+14155550102');
const sleeper = phoneNumber('+14155550103');
const left = phoneNumber('+14155550104');

type Known = Pick<Records, 'carrier' | 'consent' | 'log' | 'messages'>;
interface Kept {
  campaign: CampaignRecords;
  known: Known;
}

const contact = (
  phone: ContactRow['phone_number'],
  state: string,
  over: Partial<ContactRow> = {},
): ContactRow => ({
  phone_number: phone,
  state,
  rule: null,
  message_id: null,
  settled_at: second(60),
  ...over,
});
const text = (id: string, to: string, at: number): PhoneView => ({
  id,
  direction: 'to_phone',
  from: '+14155550100',
  to,
  body: 'News for you',
  mediaUrls: [],
  status: 'delivered',
  errorCode: null,
  at: second(at).toISOString(),
});
const logged = (id: string, phone: string): LogRow => ({
  carrier_message_id: id,
  direction: 'outbound',
  phone_number: phone,
  body: 'News for you',
  status: 'delivered',
  message_id: null,
  attempt_id: null,
});
const consented = (status: 'opted_in' | 'opted_out', at: number): ConsentRow => ({
  phone_number: stopped,
  status,
  recorded_at: second(at),
  requested_at: second(at),
  found_late: false,
});
const planned = (settledAt: number): MessageRow => ({
  message_id: 'planned',
  phone_number: stopped,
  ordinal: 1,
  lane: 'bulk',
  intent: 'campaign',
  body: 'News for you',
  state: 'blocked',
  rule: 'suppressed',
  campaign_id: 'campaign',
  settled_at: second(settledAt),
});

/** One got it, one stopped before it came, one is asleep, one was left when the window closed. */
const sound = (): Kept => ({
  campaign: {
    phones: [got, stopped, left],
    asleep: [sleeper],
    isOf: (body) => body.startsWith('News'),
    closesAt: second(120),
    contacts: [
      contact(got, 'sent'),
      contact(stopped, 'blocked', { rule: 'suppressed', message_id: 'planned' }),
      contact(sleeper, 'cancelled'),
      contact(left, 'cancelled'),
    ],
    counted: {
      total: 4,
      states: [
        { state: 'sent', contacts: 1 },
        { state: 'blocked', contacts: 1 },
        { state: 'cancelled', contacts: 2 },
      ],
      deliveries: [{ outcome: 'delivered', messages: 1 }],
    },
  },
  known: {
    carrier: [text('SM1', got, 20)],
    log: [logged('SM1', got)],
    consent: [consented('opted_out', 30)],
    messages: [planned(40)],
  },
});

const faultsWith = (change: (kept: Kept) => Kept): string[] => {
  const { campaign, known } = change(sound());
  return faultsOfCampaign(campaign, known);
};
const inCampaign =
  (change: (campaign: CampaignRecords) => Partial<CampaignRecords>) =>
  ({ campaign, known }: Kept): Kept => ({ known, campaign: { ...campaign, ...change(campaign) } });
const inKnown =
  (change: (known: Known) => Partial<Known>) =>
  ({ campaign, known }: Kept): Kept => ({ campaign, known: { ...known, ...change(known) } });
const standing =
  (changed: ContactRow) =>
  ({ contacts }: CampaignRecords): Partial<CampaignRecords> => ({
    contacts: contacts.map((row) => (row.phone_number === changed.phone_number ? changed : row)),
  });

describe('The ledger of a campaign', () => {
  it('finds nothing where nothing is wrong', () => {
    assert.deepEqual(
      faultsWith((kept) => kept),
      [],
    );
  });

  it('takes an opt-out that was in force when somebody was decided on, and no other', () => {
    const with_ = (...consent: ConsentRow[]) => faultsWith(inKnown(() => ({ consent }))).length;
    assert.equal(with_(), 1, 'nobody stopped');
    assert.equal(with_(consented('opted_out', 41)), 1, 'stopped after it was blocked');
    assert.equal(with_(consented('opted_out', 5), consented('opted_in', 10)), 1, 'came back long before');
    assert.equal(with_(consented('opted_out', 5), consented('opted_in', 35)), 0, 'came back meanwhile');
    assert.equal(with_({ ...consented('opted_out', 30), phone_number: got }), 1, 'somebody else stopped');
  });

  it('goes by when the contact was decided on where no message was planned', () => {
    const blockedAt = (settledAt: number) =>
      faultsWith(
        inCampaign(
          standing(contact(stopped, 'blocked', { rule: 'suppressed', settled_at: second(settledAt) })),
        ),
      ).length;
    assert.deepEqual([blockedAt(29), blockedAt(31)], [1, 0]);
  });

  it('counts phones that had something planned when they stopped, each once, and what was overtaken by nothing', () => {
    const { campaign } = sound();
    const withoutBlocked = { ...campaign, contacts: [contact(got, 'sent')] };
    assert.equal(behindStops([campaign], [planned(40), planned(41)]), 1);
    assert.equal(behindStops([withoutBlocked], [planned(40)]), 1);
    assert.equal(behindStops([withoutBlocked], [{ ...planned(40), rule: 'overtaken' }]), 0);
  });

  const wrong: readonly [string, (kept: Kept) => Kept, RegExp][] = [
    [
      'a text that somebody got twice',
      inKnown(({ carrier, log }) => ({
        carrier: [...carrier, text('SM2', got, 21)],
        log: [...log, logged('SM2', got)],
      })),
      /stands as sent \(null\) and got the text 2 times/,
    ],
    [
      'a text that was lost',
      inKnown(() => ({ carrier: [], log: [] })),
      /stands as sent \(null\) and got the text 0 times/,
    ],
    [
      'a text to somebody who stands as blocked',
      inKnown(({ carrier }) => ({ carrier: [...carrier, text('SM2', stopped, 35)] })),
      /stands as blocked \(suppressed\) and got the text 1 times/,
    ],
    [
      'a text to somebody for whom it was night',
      (kept) =>
        inKnown(({ carrier }) => ({ carrier: [...carrier, text('SM2', sleeper, 35)] }))(
          inCampaign(standing(contact(sleeper, 'sent')))(kept),
        ),
      /stands as sent \(null\), asleep: true/,
    ],
    [
      'a text after the window had closed',
      inKnown(() => ({ carrier: [text('SM1', got, 120)] })),
      /got the text at .* after the window closed at/,
    ],
    [
      'somebody whom a campaign without an end of its day left out',
      inCampaign(() => ({ closesAt: null })),
      /stands as cancelled \(null\), asleep: false/,
    ],
    ['somebody who is still held', inCampaign(standing(contact(left, 'held'))), /stands as held/],
    [
      'somebody who is missing',
      inCampaign(({ contacts }) => ({ contacts: contacts.filter((row) => row.phone_number !== left) })),
      /stands in the campaign 0 times/,
    ],
    [
      'somebody who stands in it twice',
      inCampaign(({ contacts }) => ({ contacts: [...contacts, contact(got, 'sent')] })),
      /stands in the campaign 2 times/,
    ],
    [
      'a text to somebody who is not in it',
      inKnown(({ carrier }) => ({ carrier: [...carrier, text('SM2', '+14155550109', 20)] })),
      /\+14155550109 got a text of the campaign/,
    ],
    [
      'a total that is wrong',
      inCampaign(({ counted }) => ({ counted: { ...counted, total: 5 } })),
      /counts 5 of 4 contacts/,
    ],
    [
      'a count of a state that is wrong',
      inCampaign(({ counted }) => ({ counted: { ...counted, states: [{ state: 'sent', contacts: 4 }] } })),
      /counts \[\["sent",4\]\] of/,
    ],
    [
      'a count of deliveries that is wrong',
      inCampaign(({ counted }) => ({ counted: { ...counted, deliveries: [] } })),
      /counts \[\] of \[\["delivered",1\]\] in the log/,
    ],
  ];
  for (const [name, change, says] of wrong) {
    it(`finds ${name}`, () => {
      const faults = faultsWith(change);
      assert.ok(
        faults.some((fault) => says.test(fault)),
        JSON.stringify(faults),
      );
    });
  }
});
