import assert from 'node:assert/strict';
import { awsErrorRules } from '#shared/carriers/aws/error-table.ts';
import type { ErrorRule } from '#shared/carriers/errors.ts';
import { twilioErrorRules } from '#shared/carriers/twilio/error-table.ts';
import { vonageErrorRules } from '#shared/carriers/vonage/error-table.ts';
import type { CarrierName } from '#shared/contracts/dialog-commands.ts';
import { endingOfMiss } from './text-ending.ts';

describe('How a text that did not arrive ends', () => {
  for (const [what, code, carrier, expected] of [
    ['a landline takes no texts', '30006', 'twilio', 'unreachable'],
    ['a number that is no mobile number takes none', '21614', 'twilio', 'unreachable'],
    ['a handset that nobody knows takes none', '30005', 'twilio', 'unreachable'],
    ['a phone that is off did not get it', '30003', 'twilio', 'undelivered'],
    ['what was filtered did not arrive', '30007', 'twilio', 'undelivered'],
    ['what our number may not send did not arrive', '30034', 'twilio', 'undelivered'],
    ['what has no code did not arrive', null, 'twilio', 'undelivered'],
    ['what has a code that nobody knows did not arrive', '99999', 'vonage', 'undelivered'],
    ['whoever opted out at the carrier is not called', '21610', 'twilio', null],
    ['whoever blocked us is not called', '30004', 'twilio', null],
    ['a known litigator is not called', '30640', 'twilio', null],
    ['a number that is none is not called', '21211', 'twilio', null],
    ['whoever had texts barred is not called', '4', 'vonage', null],
    ['what was at no carrier leads to no call', 'invalid_number', null, null],
  ] as [string, string | null, CarrierName | null, string | null][]) {
    it(what, () => assert.equal(endingOfMiss(code, carrier), expected));
  }

  it('leads to a call for no code, of any carrier, by which the person or their carrier refused us', () => {
    const all: Record<CarrierName, readonly ErrorRule[]> = {
      twilio: twilioErrorRules,
      vonage: vonageErrorRules,
      aws: awsErrorRules,
    };
    for (const [carrier, rules] of Object.entries(all) as [CarrierName, readonly ErrorRule[]][]) {
      for (const { class: of, code, concerns, meaning } of rules) {
        if (concerns !== 'number') continue;
        const isRefusal = of === 'suppress' || /block|barred|opted out|litigator/u.test(meaning);
        if (isRefusal) assert.equal(endingOfMiss(code, carrier), null, `${carrier} ${code}: ${meaning}`);
      }
    }
  });
});
