import assert from 'node:assert/strict';
import { ClaimInDoubt } from './claim.ts';
import { Reachability } from './reachability.ts';

const cut = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
const constraint = Object.assign(new Error('duplicate key'), { code: '23505' });

describe('What can be reached', () => {
  const failing = (reachability: Reachability, error: unknown) =>
    assert.rejects(
      reachability.database(() => Promise.reject(error)),
      (thrown) => thrown === error,
    );

  for (const [name, error] of Object.entries({
    'a refused connection': cut,
    'a claim cut off': new ClaimInDoubt([], cut),
  })) {
    it(`the database is not after ${name}, until the next work on it succeeds`, async () => {
      const reachability = new Reachability();
      await failing(reachability, error);
      assert.match(reachability.fault ?? '', /^the database .* ECONNREFUSED$/);
      assert.equal(await reachability.database(async () => 7), 7);
      assert.equal(reachability.fault, null);
    });
  }

  it('a fault of data says nothing about the database', async () => {
    const reachability = new Reachability();
    await failing(reachability, constraint);
    assert.equal(reachability.fault, null);
  });

  it('a receive that was aborted says nothing about its queue, one that failed does', async () => {
    const reachability = new Reachability();
    const queue = reachability.queue('bulk', {
      receive: () => Promise.reject(new Error('no route')),
      delete: async () => [],
      changeVisibility: async () => [],
      send: async () => [],
    });
    const options = { max: 1, waitSeconds: 0, visibilitySeconds: 1 };
    await assert.rejects(queue.receive({ ...options, signal: AbortSignal.abort() }));
    assert.equal(reachability.fault, null);
    await assert.rejects(queue.receive({ ...options, signal: new AbortController().signal }));
    assert.equal(reachability.fault, 'queue bulk cannot be reached: no route');
  });
});
