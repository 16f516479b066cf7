import assert from 'node:assert/strict';
import { evaluateFanOut, evaluateStack } from '../testing/stacks.ts';
import { assumptions, type EnvironmentClass } from './assumptions.ts';
import { estimate, unpricedTypes } from './estimate.ts';

/** In the sixth month, with half a year of messages stored. */
const monthly = async (stack: EnvironmentClass): Promise<number> =>
  estimate((await evaluateStack(stack)).resources, assumptions[stack], 6).total;

describe('The cost of an environment', () => {
  it('has a line for each consumer and shard when streams are read by enhanced fan-out', async () => {
    const { resources } = await evaluateFanOut('prod');
    assert.deepEqual(unpricedTypes(resources), []);
    const more = estimate(resources, assumptions.prod, 6).total - (await monthly('prod'));
    // dialog, log-inbound and inbox read 4 shards, outbound, progress and inbox-dialog 4, log 2.
    const hours = (4 + 4 + 4 + 4 + 4 + 4 + 2) * 730 * 0.015;
    assert.ok(more > hours && more < 1.2 * hours, String(more));
  });

  it('is at most 200 dollars a month in development', async () => {
    const total = await monthly('dev');
    assert.ok(total <= 200, String(total));
  });

  it('is between 1,000 and 1,500 dollars a month in production, with a million messages a day', async () => {
    const total = await monthly('prod');
    assert.ok(total >= 1_000 && total <= 1_500, String(total));
  });
});
