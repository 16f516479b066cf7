import assert from 'node:assert/strict';
import { channelAddress } from './channel-address.ts';
import { canonicalPhoneNumber } from './phone-number.ts';

describe('an address of a channel', () => {
  for (const [text, channel, address] of [
    ['+14155550101', 'sms', '+14155550101'],
    [' sms:+14155550101 ', 'sms', '+14155550101'],
    ['MMS:+14155550101', 'sms', '+14155550101'],
    ['tel:+14155550101', 'sms', '+14155550101'],
    ['whatsapp:+14155550101', 'whatsapp', '+14155550101'],
    ['WhatsApp: +14155550101', 'whatsapp', '+14155550101'],
    ['WhatsApp +1 (415) 555-0101', 'whatsapp', '+1 (415) 555-0101'],
    ['rcs +14155550101', 'rcs', '+14155550101'],
    ['rcs:brand_agent', 'rcs', 'brand_agent'],
    ['messenger:1234', 'other', '1234'],
    ['constructor:+14155550101', 'other', '+14155550101'],
    ['12345', 'sms', '12345'],
    ['', 'sms', ''],
    ['whatsapp:', 'whatsapp', ''],
  ] as const) {
    it(`${JSON.stringify(text)} is on ${channel}`, () => {
      assert.deepEqual(channelAddress(text), { channel, address });
    });
  }

  it('of another channel is no phone number that can be texted', () => {
    for (const text of [
      'whatsapp:+14155550101',
      'whatsapp +14155550101',
      'rcs:+14155550101',
      'messenger:+14155550101',
    ]) {
      assert.equal(canonicalPhoneNumber(text), null, text);
    }
    assert.equal(canonicalPhoneNumber('sms:+14155550101'), '+14155550101');
  });
});
