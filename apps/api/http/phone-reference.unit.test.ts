import assert from 'node:assert/strict';
import fc from 'fast-check';
import { Pseudonyms } from '#shared/erasure/pseudonyms.ts';
import { phoneNumber } from '#shared/phone/phone-number.ts';
import { testPseudonyms } from '#test/pseudonyms.ts';
import { PhoneReferences, REFERENCE } from './phone-reference.ts';

const references = new PhoneReferences(testPseudonyms);

const anyNumber = fc
  .tuple(fc.integer({ min: 1, max: 9 }), fc.stringMatching(/^\d{6,14}$/))
  .map(([first, rest]) => phoneNumber(`+${first}${rest}`));

describe('What stands for a phone number in an address', () => {
  it('is read as that number, and is the same every time', () => {
    fc.assert(
      fc.property(anyNumber, (phone) => {
        const reference = references.of(phone);
        assert.match(reference, REFERENCE);
        assert.equal(references.phoneOf(reference), phone);
        assert.equal(new PhoneReferences(testPseudonyms).of(phone), reference);
      }),
    );
  });

  it('says nothing of the number: neighbours share nothing', () => {
    const [one, other] = ['+14155550101', '+14155550102'].map((phone) => references.of(phoneNumber(phone)));
    assert.ok(one !== undefined && other !== undefined);
    const same = [...one].filter((letter, at) => letter === other[at]).length;
    assert.ok(same < 12, `${one} ${other}`);
    assert.ok(!one.includes('4155550101'));
  });

  it('is none of another system, and cannot be made up or changed', () => {
    const others = new PhoneReferences(new Pseudonyms([{ version: 1, secret: 'x'.repeat(40) }]));
    fc.assert(fc.property(anyNumber, (phone) => assert.equal(references.phoneOf(others.of(phone)), null)));
    fc.assert(
      fc.property(fc.stringMatching(/^ph_[\w-]{22}$/), (text) =>
        assert.equal(references.phoneOf(text), null),
      ),
    );
    for (const text of ['', 'ph_', '+14155550101', references.of(phoneNumber('+14155550101')).slice(0, -1)])
      assert.equal(references.phoneOf(text), null);
  });

  it('leaves what stands in place of an erased number as it is', () => {
    assert.equal(references.sealed('erased:1:ab'), 'erased:1:ab');
    assert.equal(references.unsealed('erased:1:ab'), 'erased:1:ab');
    assert.equal(references.unsealed(references.sealed('+14155550101')), '+14155550101');
  });
});
