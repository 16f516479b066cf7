import assert from 'node:assert/strict';
import {
  canonicalSenderAddress,
  channelOfAddress,
  isSenderAddress,
  isWhatsApp,
  senderAddressSchema,
} from './sender-address.ts';

describe('An address that something goes from', () => {
  const rows: readonly (readonly [text: string, canonical: string | null])[] = [
    ['+14155550101', '+14155550101'],
    ['(415) 555-0101', '+14155550101'],
    ['sms:+14155550101', '+14155550101'],
    ['whatsapp:+14155550101', 'whatsapp:+14155550101'],
    ['WhatsApp:+1 415 555 0101', 'whatsapp:+14155550101'],
    ['whatsapp +14155550101', 'whatsapp:+14155550101'],
    ['whatsapp:+5215512345678', 'whatsapp:+525512345678'],
    ['rcs:+14155550101', null],
    ['whatsapp:whatsapp:+14155550101', null],
    ['whatsapp:', null],
    ['messenger:1', null],
    ['12345', null],
  ];
  for (const [text, canonical] of rows) {
    it(`is ${canonical ?? 'none'} in ${JSON.stringify(text)}`, () => {
      assert.equal(canonicalSenderAddress(text), canonical);
    });
  }

  it('is known by its exact form alone in what we wrote ourselves', () => {
    for (const text of ['+14155550101', 'whatsapp:+14155550101']) {
      assert.ok(isSenderAddress(text) && senderAddressSchema.safeParse(text).success, text);
    }
    for (const text of [
      'whatsapp:4155550101',
      'Whatsapp:+14155550101',
      'whatsapp: +14155550101',
      'rcs:+14155550101',
    ]) {
      assert.ok(!isSenderAddress(text) && !senderAddressSchema.safeParse(text).success, text);
    }
  });

  it('says its channel', () => {
    assert.deepEqual(['+14155550101', 'whatsapp:+14155550101', '12345'].map(channelOfAddress), [
      'sms',
      'whatsapp',
      'sms',
    ]);
    assert.ok(!isWhatsApp('+14155550101'));
  });
});
