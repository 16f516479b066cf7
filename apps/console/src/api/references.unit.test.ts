import assert from 'node:assert/strict';
import { isReference, References, type Referred } from './references.ts';

const refer = (phoneNumber: string): Referred => ({
  phoneNumber,
  reference: `ph_${phoneNumber.slice(1).padEnd(22, 'x')}`,
});

/** Knows numbers of eleven digits. */
function api() {
  const asked: string[][] = [];
  const references = new References(async (phones) => {
    asked.push(phones);
    if (phones.some((phone) => !/^\+\d{11}$/.test(phone))) throw new Error('no number');
    return phones.map(refer);
  });
  return { asked, references };
}

describe('What stands for numbers in addresses', () => {
  it('is asked for together, and once', async () => {
    const { asked, references } = api();
    const [one, other] = await Promise.all(
      ['+14155550101', '+14155550102'].map((each) => references.of(each)),
    );
    assert.deepEqual([one, other], [refer('+14155550101'), refer('+14155550102')]);
    await references.of('+14155550101');
    await references.of(one?.reference ?? '');
    assert.deepEqual(asked, [['+14155550101', '+14155550102']]);
    assert.ok(isReference(one?.reference ?? ''));
    assert.ok(!isReference('+14155550101'));
  });

  it('is there for the others where one is no number, which is asked for again', async () => {
    const { asked, references } = api();
    const [none, one] = await Promise.allSettled(['12', '+14155550101'].map((each) => references.of(each)));
    assert.equal(none?.status, 'rejected');
    assert.deepEqual(one, { status: 'fulfilled', value: refer('+14155550101') });
    await assert.rejects(references.of('12'), /no number/);
    assert.equal(asked.filter((phones) => phones.includes('12')).length, 3);
  });
});
