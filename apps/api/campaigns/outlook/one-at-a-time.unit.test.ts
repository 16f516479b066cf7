import assert from 'node:assert/strict';
import { Problem } from '../../http/problem.ts';
import { MOST_WAITING, OneAtATime } from './one-at-a-time.ts';

/** Lets everything run that only waits for promises. */
const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('What runs one at a time', () => {
  it('has its turn in the order in which it came, also behind work that failed', async () => {
    const turns = new OneAtATime();
    const begun: number[] = [];
    const works = [0, 1, 2].map(() => Promise.withResolvers<number>());
    const run = works.map(({ promise }, n) =>
      turns.run(() => {
        begun.push(n);
        return promise;
      }),
    );
    await settle();
    assert.deepEqual(begun, [0]);
    works[0]?.reject(new Error('failed'));
    await assert.rejects(run[0] ?? Promise.resolve(), /failed/);
    await settle();
    assert.deepEqual(begun, [0, 1]);
    works[1]?.resolve(1);
    works[2]?.resolve(2);
    assert.deepEqual([await run[1], await run[2], begun], [1, 2, [0, 1, 2]]);
    assert.equal(await turns.run(() => Promise.resolve(3)), 3);
  });

  it('is refused when too many wait already, and they have their turn all the same', async () => {
    const turns = new OneAtATime();
    const first = Promise.withResolvers<number>();
    const run = [
      turns.run(() => first.promise),
      ...Array.from({ length: MOST_WAITING }, (_, n) => turns.run(() => Promise.resolve(n))),
    ];
    await assert.rejects(
      turns.run(() => Promise.resolve(-1)),
      (error) => error instanceof Problem && error.code === 'unavailable',
    );
    first.resolve(-2);
    assert.equal((await Promise.all(run)).length, MOST_WAITING + 1);
  });
});
