import { isAborted, type Transaction } from './pool.ts';

/**
 * Takes work whose statements do not wait for each other's answers, and are executed in the order in which they are given.
 * Where the connection is a pipeline all of it is sent at once; else each begins when the one before has ended, and none
 * after one that failed. The promises are to be awaited by `allOf`.
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

/**
 * What all of it came to. When something failed, rejects once all of it has ended, so that nothing is written behind the end of
 * the transaction, and with what failed first: statements behind it only say that the transaction is aborted.
 */
export async function allOf<T extends readonly unknown[]>(
  works: readonly [...{ [K in keyof T]: Promise<T[K]> }],
): Promise<T> {
  const ended = await Promise.allSettled(works);
  const faults = ended.flatMap((each): unknown[] => (each.status === 'rejected' ? [each.reason] : []));
  if (faults.length > 0) throw faults.find((fault) => !isAborted(fault)) ?? faults[0];
  return (await Promise.all(works)) as unknown as T;
}
