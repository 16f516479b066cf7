import assert from 'node:assert/strict';
import { carrierNameSchema } from '#shared/contracts/dialog-commands.ts';
import { awsErrorRules } from './aws/error-table.ts';
import { errorRuleOf, meaningOfCode } from './error-rules.ts';
import { type ErrorRule, errorTable } from './errors.ts';
import { twilioErrorRules } from './twilio/error-table.ts';
import { twilioWhatsAppErrorRules } from './twilio/whatsapp-error-table.ts';
import { vonageErrorRules } from './vonage/error-table.ts';

const classify = errorTable(twilioErrorRules);

describe('The error table of Twilio: test item 19', () => {
  const expected: Record<string, ErrorRule['class']> = {
    '10001': 'halt',
    '10004': 'throttle',
    '13224': 'halt',
    '13225': 'halt',
    '14107': 'throttle',
    '20003': 'halt',
    '20404': 'halt',
    '20429': 'throttle',
    '21211': 'drop_number',
    '21215': 'halt',
    '21217': 'drop_number',
    '21268': 'drop_number',
    '21408': 'halt',
    '21602': 'halt',
    '21604': 'halt',
    '21606': 'halt',
    '21607': 'halt',
    '21608': 'halt',
    '21610': 'suppress',
    '21611': 'throttle',
    '21612': 'fail',
    '21614': 'drop_number',
    '21617': 'halt',
    '21703': 'halt',
    '22005': 'throttle',
    '30001': 'throttle',
    '30002': 'halt',
    '30003': 'retry',
    '30004': 'drop_number',
    '30005': 'drop_number',
    '30006': 'drop_number',
    '30007': 'halt',
    '30008': 'retry',
    '30009': 'fail',
    '30010': 'halt',
    '30011': 'halt',
    '30012': 'halt',
    '30022': 'throttle',
    '30023': 'throttle',
    '30032': 'halt',
    '30034': 'halt',
    '30036': 'retry',
    '30410': 'retry',
    '30450': 'drop_number',
    '30500': 'retry',
    '30610': 'retry',
    '30640': 'drop_number',
    '63017': 'throttle',
    '63038': 'throttle',
    http_401: 'halt',
    http_403: 'halt',
    http_404: 'halt',
  };
  for (const [code, errorClass] of Object.entries(expected)) {
    it(`takes ${code} for ${errorClass}`, () => assert.equal(classify(code).class, errorClass));
  }

  it('has no row beyond those', () => {
    assert.deepEqual(twilioErrorRules.map((rule) => rule.code).sort(), Object.keys(expected).sort());
  });

  it('names a source for every row', () => {
    for (const rule of twilioErrorRules)
      assert.match(rule.source, /^https:\/\/www\.twilio\.com\//, rule.code);
  });

  it('allows repetitions exactly where the class is retry', () => {
    for (const rule of twilioErrorRules) assert.equal(rule.retries > 0, rule.class === 'retry', rule.code);
  });

  it('stops the account or a sender number only for faults that concern them', () => {
    for (const rule of twilioErrorRules.filter((row) => row.concerns === 'account')) {
      assert.ok(rule.class === 'halt' || rule.class === 'throttle', rule.code);
    }
  });
});

describe('The error table of WhatsApp at Twilio', () => {
  const expected: Record<string, ErrorRule['class']> = {
    '21655': 'halt',
    '21656': 'halt',
    '21658': 'fail',
    '21910': 'halt',
    '63001': 'halt',
    '63003': 'fail',
    '63005': 'halt',
    '63007': 'halt',
    '63010': 'retry',
    '63012': 'retry',
    '63013': 'halt',
    '63014': 'suppress',
    '63015': 'halt',
    '63016': 'fail',
    '63018': 'throttle',
    '63019': 'fail',
    '63020': 'halt',
    '63021': 'halt',
    '63022': 'halt',
    '63024': 'fail',
    '63025': 'fail',
    '63027': 'halt',
    '63028': 'halt',
    '63029': 'fail',
    '63030': 'halt',
    '63032': 'fail',
    '63049': 'fail',
    '92007': 'halt',
  };

  it('has these classes, of which none keeps texts from a number, and a source for every row', () => {
    assert.deepEqual(
      Object.fromEntries(twilioWhatsAppErrorRules.map(({ class: errorClass, code }) => [code, errorClass])),
      expected,
    );
    for (const rule of twilioWhatsAppErrorRules) {
      assert.equal(rule.source, `https://www.twilio.com/docs/api/errors/${rule.code}`);
      assert.deepEqual(errorRuleOf('twilio', rule.code), rule);
      assert.equal(rule.retries > 0, rule.class === 'retry', rule.code);
    }
  });

  it('stops no texts: no row concerns the account, which sends them as well', () => {
    for (const { code, concerns } of twilioWhatsAppErrorRules) assert.notEqual(concerns, 'account', code);
  });
});

for (const [carrier, rules] of Object.entries({ vonage: vonageErrorRules, aws: awsErrorRules })) {
  describe(`The error table of ${carrier}`, () => {
    it('names a source for every row', () => {
      for (const { code, meaning, source } of rules) {
        assert.match(source, /^https:\/\//, code);
        assert.notEqual(meaning, '', code);
      }
    });

    it('allows repetitions exactly where the class is retry, and waits only where something comes again', () => {
      for (const { class: errorClass, code, delayMs, retries } of rules) {
        assert.equal(retries > 0, errorClass === 'retry', code);
        assert.ok(delayMs === 0 || errorClass === 'retry' || errorClass === 'throttle', code);
      }
    });

    it('follows an opt-out at the carrier', () => {
      assert.ok(rules.some(({ class: errorClass }) => errorClass === 'suppress'));
    });

    it('is the one that readers of the log go by, and has no code of another meaning at another carrier', () => {
      for (const rule of rules) {
        assert.deepEqual(errorRuleOf(carrierNameSchema.parse(carrier), rule.code), rule);
        // Statuses of HTTP say much the same everywhere.
        if (rule.code.startsWith('http_')) continue;
        assert.equal(meaningOfCode(rule.code), rule.meaning, rule.code);
      }
    });
  });
}

describe('an error code that no table knows', () => {
  it('test item 19: is never retried', () => {
    assert.deepEqual(classify('99999'), {
      code: '99999',
      class: 'unknown',
      concerns: 'message',
      meaning: 'a code that no table of ours knows',
      retries: 0,
      delayMs: 0,
      source: 'none',
    });
  });
});

describe('a table that names a code twice', () => {
  it('is refused', () => {
    const rule = classify('30003');
    assert.throws(() => errorTable([rule, rule]), /two rules for error code 30003/);
  });
});
