import assert from 'node:assert/strict';
import { phoneNumber } from '#shared/phone/phone-number.ts';
import { type ConsentChange, consentChange } from './change.ts';
import { faultOf } from './change-fault.ts';

const evidence = {
  wording: 'I agree.',
  affirmativeAction: 'ticked',
  url: null,
  ip: null,
  userAgent: null,
};
const change = (more: Partial<ConsentChange>): ConsentChange =>
  consentChange({
    changeId: 'id',
    phoneNumber: phoneNumber('+14155550101'),
    status: 'opted_out',
    method: 'sms',
    requestedAt: new Date('2026-11-26T12:00:00Z'),
    cause: 'test',
    ...more,
  });
const optIn = (more: Partial<ConsentChange>) => change({ status: 'opted_in', ...more });

describe('A change of consent', () => {
  const sound: [string, ConsentChange][] = [
    ['STOP by text', change({})],
    ['START by text, which grants nothing', optIn({})],
    ['an imported opt-in to information', optIn({ method: 'import', granted: ['informational'] })],
    [
      'an opt-in on a page with what was shown',
      optIn({ method: 'web', granted: ['informational'], evidence }),
    ],
    [
      'a signed opt-in to marketing',
      optIn({ method: 'manual', granted: ['marketing_in_writing'], evidence, actor: 'ann' }),
    ],
    [
      'an e-mail that is pending',
      change({ status: 'pending_opt_out', method: 'email', deadline: '2026-12-10' }),
    ],
    [
      'something taken back by a person',
      optIn({ method: 'manual', actor: 'ann', reverses: { changeId: 'other', reason: 'misread_text' } }),
    ],
  ];
  for (const [what, each] of sound) {
    it(`may be ${what}`, () => assert.equal(faultOf(each), null));
  }

  const faults: [string, ConsentChange, RegExp][] = [
    ['marketing without what was shown', optIn({ granted: ['marketing_in_writing'] }), /wording/],
    [
      'imported consent to artificial voice without what was done',
      optIn({
        method: 'import',
        granted: ['artificial_voice'],
        evidence: { ...evidence, affirmativeAction: null },
      }),
      /what the person did/,
    ],
    ['a restart by an agent, without new consent', optIn({ method: 'manual', actor: 'ann' }), /recorded for/],
    ['an opt-in on a page that grants nothing', optIn({ method: 'web', evidence }), /recorded for/],
    ['an opt-out that grants something', change({ granted: ['informational'] }), /only an opt-in/],
    ['a pending request without a deadline', change({ status: 'pending_opt_out' }), /deadline/],
    ['an opt-out with a deadline', change({ deadline: '2026-12-10' }), /deadline/],
    [
      'something taken back by nobody',
      optIn({ method: 'manual', reverses: { changeId: 'o', reason: 'misread_text' } }),
      /name/,
    ],
    ['a scope that is no name', change({ scope: 'Everything, please' }), /scope/],
    ['without any channel', change({ channels: [] }), /channel/],
    ['on no day', change({ requestedAt: new Date(Number.NaN) }), /date/],
  ];
  for (const [what, each, why] of faults) {
    it(`may not be ${what}`, () => assert.match(faultOf(each) ?? '', why));
  }
});
