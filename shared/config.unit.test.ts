import assert from 'node:assert/strict';
import { flag, integer, oneOf, optionalText, readConfig, secretUnless, text, url } from './config.ts';
import { CarillonError } from './errors.ts';

const settings = {
  NAME: text({ help: 'Name of the thing.' }),
  SECRET: text({ help: 'Something to keep.', secret: true }),
  COUNT: integer({ min: 1, max: 10 }, { fallback: '5', help: 'How many.' }),
  ENABLED: flag({ fallback: 'false', help: 'Whether.' }),
  LEVEL: oneOf(['low', 'high'], { fallback: 'low', help: 'Which.' }),
  ADDRESS: url({ fallback: 'https://example.org/', help: 'Where.' }),
  EXTRA: optionalText({ help: 'More.' }),
};

describe('Configuration', () => {
  it('takes defaults for what is absent or empty, and types for what is given', () => {
    const config = readConfig(settings, { NAME: 'x', SECRET: 's', COUNT: '7', ENABLED: 'true', LEVEL: '' });
    assert.deepEqual(config, {
      NAME: 'x',
      SECRET: 's',
      COUNT: 7,
      ENABLED: true,
      LEVEL: 'low',
      ADDRESS: 'https://example.org',
      EXTRA: null,
    });
  });

  it('lists all faults at once, with what each variable is for', () => {
    assert.throws(
      () => readConfig(settings, { COUNT: '11', ENABLED: 'yes', LEVEL: 'middle', ADDRESS: 'nowhere' }),
      (error: unknown) => {
        assert.ok(error instanceof CarillonError);
        assert.equal(error.code, 'invalid_configuration');
        const lines = error.message.split('\n');
        assert.match(lines[0] ?? '', /6 fault\(s\)/);
        for (const name of ['NAME', 'SECRET', 'COUNT', 'ENABLED', 'LEVEL', 'ADDRESS']) {
          assert.equal(lines.filter((line) => line.startsWith(`  - ${name} is `)).length, 1, name);
        }
        assert.match(error.message, /NAME is missing: Name of the thing\./);
        return true;
      },
    );
  });

  it('never repeats the value of a secret', () => {
    const strict = { PIN: { ...integer({ min: 0, max: 9 }, { help: 'One digit.' }), secret: true } };
    assert.throws(
      () => readConfig(strict, { PIN: 'hunter2' }),
      (error: unknown) => error instanceof Error && !error.message.includes('hunter2'),
    );
  });

  describe('of a secret that a flag takes the place of', () => {
    const either = {
      PASSWORD: secretUnless('PASSWORDLESS', { help: 'A password.' }),
      PASSWORDLESS: flag({ fallback: 'false', help: 'Without.' }),
    };
    const faultOf = (environment: Record<string, string>): string => {
      try {
        return JSON.stringify(readConfig(either, environment));
      } catch (error) {
        return error instanceof Error ? (error.message.split('\n')[1] ?? '') : '';
      }
    };

    it('takes exactly one of the two', () => {
      assert.deepEqual(readConfig(either, { PASSWORD: 'x' }), { PASSWORD: 'x', PASSWORDLESS: false });
      assert.deepEqual(readConfig(either, { PASSWORDLESS: 'true' }), { PASSWORD: null, PASSWORDLESS: true });
    });

    it('says which is missing, or that there are two', () => {
      assert.match(faultOf({}), /PASSWORD is missing: A password\. Or set PASSWORDLESS to true\./);
      assert.match(faultOf({ PASSWORDLESS: 'false' }), /PASSWORD is missing/);
      const both = faultOf({ PASSWORD: 'hunter2', PASSWORDLESS: 'true' });
      assert.match(both, /PASSWORD is given although PASSWORDLESS is true: exactly one of the two\./);
      assert.doesNotMatch(both, /hunter2/);
    });
  });

  for (const number of ['1e3', '0x10', '3.5', ' 7', 'seven', '']) {
    it(`does not read ${JSON.stringify(number)} as a whole number`, () => {
      const strict = { COUNT: integer({ min: 0, max: 1_000_000 }, { help: 'How many.' }) };
      assert.throws(() => readConfig(strict, { COUNT: number }), { code: 'invalid_configuration' });
    });
  }
});
