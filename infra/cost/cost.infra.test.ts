import assert from 'node:assert/strict';
import { evaluateStack } from '../testing/stacks.ts';
import { assumptions, type EnvironmentClass } from './assumptions.ts';
import { estimate, unpricedTypes } from './estimate.ts';

/** In the sixth month, with half a year of messages stored. */
const monthly = async (stack: EnvironmentClass): Promise<number> =>
  estimate((await evaluateStack(stack)).resources, assumptions[stack], 6).total;

describe('The cost of an environment', () => {
  for (const stack of ['dev', 'prod'] as const)
    it(`has a price or a reason to be free for everything in ${stack}`, async () => {
      assert.deepEqual(unpricedTypes((await evaluateStack(stack)).resources), []);
    });

  it('is at most 200 dollars a month in development', async () => {
    const total = await monthly('dev');
    assert.ok(total <= 200, String(total));
  });

  it('is between 1,000 and 1,400 dollars a month in production, with a million messages a day', async () => {
    const total = await monthly('prod');
    assert.ok(total >= 1_000 && total <= 1_400, String(total));
  });
});
