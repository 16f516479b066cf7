import assert from 'node:assert/strict';
import { canonicalPhoneNumber, isPhoneNumber, maskPhoneNumber, phoneNumber } from './phone-number.ts';

describe('Phone numbers', () => {
  for (const [given, options, expected] of [
    ['+14155550101', {}, '+14155550101'],
    [' +14155550101 ', {}, '+14155550101'],
    ['whatsapp:+14155550101', {}, '+14155550101'],
    ['WhatsApp:+5215512345678', {}, '+525512345678'],
    ['+52 1 55 1234 5678', {}, '+525512345678'],
    ['+525512345678', {}, '+525512345678'],
    ['(415) 555-0101', {}, '+14155550101'],
    ['415.555.0101', { country: 'US' as const }, '+14155550101'],
    ['14155550101', { digitsOnly: true }, '+14155550101'],
    ['447700900123', { digitsOnly: true }, '+447700900123'],
    ['72645', {}, null],
    ['CARRIER', {}, null],
    ['', {}, null],
    ['+', {}, null],
    ['+0123456789', {}, null],
  ] as const) {
    it(`${JSON.stringify(given)} is ${expected ?? 'none'}`, () => {
      assert.equal(canonicalPhoneNumber(given, options), expected);
    });
  }

  it('in E.164 form are told from everything else', () => {
    assert.ok(isPhoneNumber('+14155550101'));
    for (const text of ['14155550101', '+1415555010a', '+1', '+14155550101 ', '+1234567890123456']) {
      assert.equal(isPhoneNumber(text), false, text);
    }
    assert.throws(() => phoneNumber('4155550101'), /not an E.164 phone number/);
  });

  it('are never whole in a log', () => {
    assert.equal(maskPhoneNumber('+14155550101'), '+1********01');
    assert.equal(maskPhoneNumber('911'), '***');
  });
});
