import assert from 'node:assert/strict';
import { allOf } from './given-together.ts';

/** As the database says it. */
const fault = (code: string): Error => Object.assign(new Error(`SQLSTATE ${code}`), { code });

/** Work whose answer passes through so many promises before it is told. */
async function work(depth: number, error: Error | null): Promise<number> {
  if (depth > 0) return await work(depth - 1, error);
  if (error !== null) throw error;
  return depth;
}

describe('Statements that were given together', () => {
  it('are what each came to', async () => {
    assert.deepEqual(await allOf([work(3, null), Promise.resolve('a')]), [0, 'a']);
  });

  it('fail with what failed first, not with what it made of those behind it, however soon they say so', async () => {
    const cause = fault('57014');
    await assert.rejects(allOf([work(6, cause), work(0, fault('25P02'))]), cause);
    await assert.rejects(allOf([work(0, fault('25P02')), work(6, cause)]), cause);
    const aborted = fault('25P02');
    await assert.rejects(allOf([work(2, aborted), work(0, null)]), aborted);
  });

  it('have all ended when one has failed', async () => {
    let ended = false;
    const slow = new Promise<void>((resolve) => setImmediate(resolve)).then(() => {
      ended = true;
    });
    await assert.rejects(allOf([work(0, fault('57014')), slow]));
    assert.equal(ended, true);
  });
});
