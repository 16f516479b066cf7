import assert from 'node:assert/strict';
import { awsResources, ofType, textOf } from '../testing/records.ts';
import { evaluateStack } from '../testing/stacks.ts';

for (const stack of ['dev', 'prod']) {
  describe(`Tags of ${stack}`, () => {
    it('are put on everything by the one provider', async () => {
      const evaluation = await evaluateStack(stack);
      const [provider, ...others] = ofType(evaluation, 'pulumi:providers:aws');
      assert.ok(provider !== undefined);
      assert.deepEqual(others, []);
      assert.deepEqual(JSON.parse(textOf(provider, 'defaultTags')), {
        tags: { Product: 'carillon', Environment: stack, ManagedBy: 'pulumi' },
      });
      for (const resource of awsResources(evaluation)) {
        assert.ok(resource.provider.startsWith(`${provider.urn}::`), `${resource.urn} has another provider`);
      }
    });

    it('reach the tasks from their service', async () => {
      for (const service of ofType(await evaluateStack(stack), 'aws:ecs/service:Service')) {
        assert.equal(service.inputs.propagateTags, 'SERVICE', service.urn);
      }
    });
  });
}
