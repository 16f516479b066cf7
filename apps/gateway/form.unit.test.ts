import assert from 'node:assert/strict';
import fc from 'fast-check';
import { parseForm } from './form.ts';

describe('a form', () => {
  it('is read back as it was encoded, whatever its text', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'grapheme' })), {
          minLength: 1,
        }),
        (pairs) => {
          const body = Buffer.from(new URLSearchParams(pairs).toString());
          const expected = new Map<string, string[]>();
          for (const [name, value] of pairs) expected.set(name, [...(expected.get(name) ?? []), value]);
          assert.deepEqual(parseForm(body), expected);
        },
      ),
    );
  });

  it('keeps every value of a repeated name, in order', () => {
    assert.deepEqual(
      parseForm(Buffer.from('a=2&b=x&a=1')),
      new Map([
        ['a', ['2', '1']],
        ['b', ['x']],
      ]),
    );
  });

  for (const broken of ['Body=100%', 'Body=%zz', 'Body=%E9', 'Body=%ED%A0%80', '%=x']) {
    it(`is not ${broken}`, () => assert.equal(parseForm(Buffer.from(broken)), null));
  }
});
