import assert from 'node:assert/strict';
import { queues, services, streams } from '#shared/topology.ts';
import { assumptions, type EnvironmentClass } from '../cost/assumptions.ts';
import { rules, unpricedTypes } from '../cost/estimate.ts';
import { MONTH_HOURS } from '../cost/line.ts';
import { theOne } from '../testing/records.ts';
import { evaluateStack } from '../testing/stacks.ts';

for (const stack of ['dev', 'prod'] as const satisfies readonly EnvironmentClass[])
  describe(`The bill of ${stack}`, () => {
    it('has a price or a reason to be free for everything', async () => {
      assert.deepEqual(unpricedTypes((await evaluateStack(stack)).resources), []);
    });

    it('charges every stream, queue and service of the map for what its row says that a day brings', async () => {
      const evaluation = await evaluateStack(stack);
      const bill = {
        resources: evaluation.resources,
        assumptions: assumptions[stack],
        hours: MONTH_HOURS,
        month: 1,
      };
      for (const [type, rows, price] of [
        ['aws:kinesis/stream:Stream', streams, 'putUnits'],
        ['aws:sqs/queue:Queue', queues, 'fifoRequests'],
        ['aws:ecs/service:Service', services, 'spotCpu'],
      ] as const)
        for (const name of Object.keys(rows)) {
          const rule = rules[type];
          assert.ok(typeof rule === 'function');
          const lines = rule(theOne(evaluation, type, name), bill);
          const charged = lines.filter((line) => line.price === price || line.price === 'fargateCpu');
          assert.ok(
            charged.some(({ quantity }) => quantity > 0),
            `${name} costs nothing`,
          );
        }
    });
  });
