import assert from 'node:assert/strict';
import fc from 'fast-check';
import { chooseSender } from './choose.ts';

const numbers = (count: number, rate = 1) =>
  Array.from({ length: count }, (_, n) => ({
    senderNumber: `+1646555${String(100 + n).padStart(4, '0')}`,
    rate,
  }));
const people = Array.from({ length: 4_000 }, (_, n) => `+1212555${String(n).padStart(4, '0')}`);

describe('The number that somebody is written to from', () => {
  it('is none where there is none, and always the same where there are some, in whatever order', () => {
    assert.equal(chooseSender('+12125550100', []), null);
    fc.assert(
      fc.property(
        fc.constantFrom(...people),
        fc.shuffledSubarray(numbers(9), { minLength: 9 }),
        (person, shuffled) => {
          assert.equal(
            chooseSender(person, shuffled)?.senderNumber,
            chooseSender(person, numbers(9))?.senderNumber,
          );
        },
      ),
    );
  });

  it('stays for everybody whose number stays, when another one goes', () => {
    const all = numbers(6);
    const gone = all[2]?.senderNumber;
    const left = all.filter(({ senderNumber }) => senderNumber !== gone);
    for (const person of people) {
      const before = chooseSender(person, all)?.senderNumber;
      const after = chooseSender(person, left)?.senderNumber;
      if (before !== gone) assert.equal(after, before);
    }
  });

  it('is spread over the numbers as fast as they send', () => {
    const some = [
      { senderNumber: '+16465550101', rate: 1 },
      { senderNumber: '+16465550102', rate: 3 },
    ];
    const fast = people.filter((person) => chooseSender(person, some)?.rate === 3).length;
    // Of 4,000 three quarters, within five standard deviations.
    assert.ok(Math.abs(fast - 3_000) < 140, String(fast));
  });
});
