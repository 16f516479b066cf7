import type { Transaction } from './pool.ts';

/**
 * Takes work whose statements do not wait for each other's answers, and are executed in the order in which they are given.
 * Where the connection is a pipeline all of it is sent at once; else each begins when the one before has ended, and none
 * after one that failed. The promises are to be awaited together: `Promise.all` rejects with the first that failed.
 */
export function givenTogether(tx: Transaction): <T>(work: () => Promise<T>) => Promise<T> {
  if (tx.pipeline) return (work) => work();
  let before: Promise<unknown> = Promise.resolve();
  return (work) => {
    const done = before.then(work);
    before = done;
    return done;
  };
}
