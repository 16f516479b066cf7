import assert from 'node:assert/strict';
import { OPTED_OUT_THERE } from '#shared/breakers/read-samples.ts';
import { carrierNameSchema } from '#shared/contracts/dialog-commands.ts';
import { awsErrorRules } from './aws/error-table.ts';
import { errorRuleOf, meaningOfCode, optOutCodes } from './error-rules.ts';
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
    '20403': 'halt',
    '20404': 'halt',
    '20429': 'throttle',
    '21211': 'drop_number',
    '21215': 'halt',
    '21217': 'drop_number',
    '21265': 'drop_number',
    '21266': 'fail',
    '21267': 'halt',
    '21268': 'drop_number',
    '21408': 'halt',
    '21602': 'halt',
    '21603': 'halt',
    '21604': 'halt',
    '21606': 'halt',
    '21607': 'halt',
    '21608': 'halt',
    '21609': 'halt',
    '21610': 'suppress',
    '21611': 'throttle',
    '21612': 'fail',
    '21614': 'drop_number',
    '21616': 'halt',
    '21617': 'halt',
    '21618': 'halt',
    '21619': 'halt',
    '21620': 'halt',
    '21621': 'halt',
    '21622': 'halt',
    '21623': 'halt',
    '21624': 'halt',
    '21635': 'drop_number',
    '21657': 'halt',
    '21659': 'halt',
    '21660': 'halt',
    '21661': 'halt',
    '21662': 'fail',
    '21663': 'halt',
    '21668': 'halt',
    '21701': 'halt',
    '21702': 'halt',
    '21703': 'halt',
    '21704': 'halt',
    '21705': 'halt',
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
    '30017': 'retry',
    '30019': 'halt',
    '30020': 'retry',
    '30021': 'retry',
    '30022': 'throttle',
    '30023': 'throttle',
    '30024': 'halt',
    '30027': 'throttle',
    '30032': 'halt',
    '30033': 'halt',
    '30034': 'halt',
    '30035': 'halt',
    '30036': 'retry',
    '30037': 'halt',
    '30038': 'halt',
    '30039': 'fail',
    '30040': 'halt',
    '30041': 'halt',
    '30042': 'halt',
    '30043': 'fail',
    '30044': 'halt',
    '30047': 'retry',
    '30410': 'retry',
    '30450': 'drop_number',
    '30500': 'retry',
    '30610': 'retry',
    '30630': 'suppress',
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
    '21654': 'halt',
    '21655': 'halt',
    '21656': 'halt',
    '21658': 'fail',
    '21910': 'halt',
    '63001': 'halt',
    '63002': 'halt',
    '63003': 'fail',
    '63005': 'halt',
    '63006': 'halt',
    '63007': 'halt',
    '63008': 'halt',
    '63009': 'retry',
    '63010': 'retry',
    '63011': 'fail',
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
    '63023': 'fail',
    '63024': 'fail',
    '63025': 'fail',
    '63026': 'halt',
    '63027': 'halt',
    '63028': 'halt',
    '63029': 'fail',
    '63030': 'halt',
    '63031': 'fail',
    '63032': 'fail',
    '63033': 'suppress',
    '63034': 'halt',
    '63037': 'fail',
    '63040': 'halt',
    '63041': 'halt',
    '63042': 'halt',
    '63049': 'fail',
    '63050': 'suppress',
    '63051': 'halt',
    '63053': 'retry',
    '63054': 'halt',
    '63055': 'halt',
    '63056': 'halt',
    '63058': 'fail',
    '63059': 'halt',
    '63062': 'halt',
    '63109': 'halt',
    '63112': 'halt',
    '63119': 'throttle',
    '63120': 'halt',
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

  it('leaves whoever opted out there alone, and holds a template that may not be used now', () => {
    for (const code of ['63014', '63033', '63050'])
      assert.equal(errorRuleOf('twilio', code).class, 'suppress', code);
    assert.deepEqual(
      ['63040', '63041', '63042', '63054'].map((code) => errorRuleOf('twilio', code).concerns),
      Array(4).fill('message'),
    );
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

describe('An opt-out at a carrier', () => {
  it('is one to the breakers by every code that says so', () => {
    const known = [...OPTED_OUT_THERE.matchAll(/'([^']+)'/g)].map(([, code]) => code);
    assert.deepEqual(known, optOutCodes);
  });
});

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
