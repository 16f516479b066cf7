import assert from 'node:assert/strict';
import { phoneNumber } from '#shared/phone/phone-number.ts';
import type { PhoneView } from '#shared/simulator/phone-view.ts';
import type { Records } from '../driver/records.ts';
import { faultsOfAsked } from './asked.ts';

const phone = phoneNumber('+14155550101');
const BODY = 'Your appointment is on Tuesday.';
const nothing: Records = {
  carrier: [],
  commands: [],
  batches: [],
  states: [],
  messages: [],
  attempts: [],
  log: [],
  consent: [],
  contacts: [],
  executed: new Map(),
};
const carried = (times: number): Records => {
  const ids = Array.from({ length: times }, (_, index) => `SM${index}`);
  const carrier = ids.map(
    (id): PhoneView => ({
      id,
      direction: 'to_phone',
      from: '+14155550100',
      to: phone,
      body: BODY,
      mediaUrls: [],
      status: 'delivered',
      errorCode: null,
      at: '2026-11-21T12:00:00.000Z',
    }),
  );
  return {
    ...nothing,
    carrier,
    messages: ids.map((id, index) => ({
      message_id: `message ${id}`,
      phone_number: phone,
      ordinal: index + 1,
      lane: 'replies',
      intent: 'transactional',
      body: BODY,
      state: 'sent',
      rule: null,
      campaign_id: null,
      settled_at: null,
    })),
    attempts: ids.map((id) => ({
      attempt_id: `attempt ${id}`,
      message_id: `message ${id}`,
      phone_number: phone,
      state: 'accepted',
      carrier_message_id: id,
      posted_at: new Date(),
      ended_at: null,
    })),
    log: ids.map((id) => ({
      carrier_message_id: id,
      direction: 'outbound',
      phone_number: phone,
      body: BODY,
      status: 'delivered',
      message_id: `message ${id}`,
      attempt_id: `attempt ${id}`,
    })),
  };
};

describe('The ledger of texts that the API was asked for', () => {
  it('finds nothing where a text went once', () => {
    assert.deepEqual(faultsOfAsked([{ phone, body: BODY }], carried(1)), []);
  });
  it('finds one that was lost, and one that went again with its repeated request', () => {
    for (const times of [0, 2])
      assert.match(
        faultsOfAsked([{ phone, body: BODY }], carried(times))[0] ?? '',
        /and not "Your appointment/,
      );
  });
});
