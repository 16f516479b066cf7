import assert from 'node:assert/strict';
import { phoneNumber } from '#shared/phone/phone-number.ts';
import { textsLike } from './sender.ts';

const lost = {
  from: phoneNumber('+14155550100'),
  to: phoneNumber('+14155550101'),
  body: 'hello there',
  isTemplate: false,
};
const listed = {
  carrierMessageId: 'SM1',
  from: '+14155550100',
  to: '+14155550101',
  body: 'hello there',
  status: 'delivered',
  errorCode: null,
  segments: 1,
  createdAt: new Date('2026-03-02T15:00:00Z'),
};

describe("Which texts of a carrier's list look like a lost one", () => {
  for (const { name, differs, like } of [
    { name: 'the same', differs: {}, like: true },
    { name: 'other white space', differs: { body: ' hello  there\n' }, like: true },
    { name: 'other words', differs: { body: 'hello' }, like: false },
    { name: 'another sender', differs: { from: '+14155550109' }, like: false },
    { name: 'another phone', differs: { to: '+14155550109' }, like: false },
  ]) {
    it(name, () => assert.equal(textsLike(lost, [{ ...listed, ...differs }]).length, like ? 1 : 0));
  }

  it('of a template from its sender to its phone, whatever the words of it that the carrier shows', () => {
    const template = { ...lost, isTemplate: true };
    assert.equal(textsLike(template, [{ ...listed, body: 'Hello, Ada.' }]).length, 1);
    assert.equal(textsLike(template, [{ ...listed, from: 'whatsapp:+14155550100' }]).length, 0);
  });
});
