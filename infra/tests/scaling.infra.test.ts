import assert from 'node:assert/strict';
import { z } from 'zod';
import { type ServiceName, services, streams } from '#shared/topology.ts';
import { byName } from '../by-name.ts';
import { scalingPlan } from '../scaling/plan.ts';
import { bounds as simulated } from '../scaling/simulation/environment.ts';
import { scalingTargets } from '../scaling/targets.ts';
import { arnOf, ofType, textOf, theOne } from '../testing/records.ts';
import type { Evaluation } from '../testing/resource-record.ts';
import { evaluateEverythingOn, evaluateStack } from '../testing/stacks.ts';

const names = Object.keys(services) as ServiceName[];

const policiesOf = (evaluation: Evaluation, service: string) =>
  ofType(evaluation, 'aws:appautoscaling/policy:Policy').filter(
    ({ inputs }) =>
      inputs.resourceId ===
      `service/carillon-${evaluation.stack}-services/carillon-${evaluation.stack}-${service}`,
  );

const cooldowns = z.object({
  targetTrackingScalingPolicyConfiguration: z
    .object({ scaleOutCooldown: z.number(), scaleInCooldown: z.number() })
    .optional(),
});

for (const stack of ['dev', 'prod']) {
  describe(`Scaling of ${stack}`, () => {
    for (const name of names) {
      it(`of ${name} has bounds, and every policy of its plan to move between them`, async () => {
        const evaluation = await evaluateStack(stack);
        const target = theOne(evaluation, 'aws:appautoscaling/target:Target', name);
        assert.ok(Number(target.inputs.minCapacity) >= 1);
        assert.ok(Number(target.inputs.maxCapacity) >= Number(target.inputs.minCapacity));
        const service = theOne(evaluation, 'aws:ecs/service:Service', name);
        assert.equal(service.inputs.desiredCount, target.inputs.minCapacity);
        const { targetTracking, steps } = scalingPlan(
          name,
          services[name],
          {
            minimum: Number(target.inputs.minCapacity),
            maximum: Number(target.inputs.maxCapacity),
            shards: byName(streams, () => 500),
            carrierMessagesPerSecond: 1,
          },
          scalingTargets,
          {
            cluster: '',
            service: '',
            metricsNamespace: '',
            queue: (queue) => queue,
            requestsLabel: () => '',
          },
        );
        assert.deepEqual(
          policiesOf(evaluation, name)
            .map((policy) => policy.name)
            .sort(),
          [...targetTracking, ...steps].map((policy) => `${name}-${policy.name}`).sort(),
        );
      });
    }

    it('goes out within a minute and in after five', async () => {
      for (const { inputs } of ofType(await evaluateStack(stack), 'aws:appautoscaling/policy:Policy')) {
        const { targetTrackingScalingPolicyConfiguration: tracking } = cooldowns.parse(inputs);
        if (tracking === undefined) continue;
        assert.ok(tracking.scaleOutCooldown <= 60);
        assert.equal(tracking.scaleInCooldown, 300);
      }
    });

    it('by steps has an alarm for every policy, which does nothing else', async () => {
      const evaluation = await evaluateStack(stack);
      const steps = ofType(evaluation, 'aws:appautoscaling/policy:Policy').filter(
        ({ inputs }) => inputs.policyType === 'StepScaling',
      );
      assert.ok(steps.length > 0);
      for (const policy of steps) {
        const alarms = ofType(evaluation, 'aws:cloudwatch/metricAlarm:MetricAlarm').filter(
          ({ inputs }) => JSON.stringify(inputs.alarmActions) === JSON.stringify([arnOf(policy)]),
        );
        assert.equal(alarms.length, 1, policy.urn);
      }
    });

    it('reads the backlog of the queues and the running tasks by their names in AWS', async () => {
      const text = JSON.stringify(
        policiesOf(await evaluateStack(stack), 'sender').map(({ inputs }) => inputs),
      );
      for (const part of [
        `carillon-${stack}-sms-replies.fifo`,
        `carillon-${stack}-sender`,
        'RunningTaskCount',
      ]) {
        assert.ok(text.includes(part), part);
      }
    });
  });
}

describe('Streams', () => {
  const shardsOf = async (stack: string) =>
    ofType(await evaluateStack(stack), 'aws:kinesis/stream:Stream').map(({ name, inputs }) => [
      name,
      inputs.shardCount,
    ]);

  it('have in production the shards that the simulated day had, and room for a task more', async () => {
    assert.deepEqual(Object.fromEntries(await shardsOf('prod')), simulated.dialog.shards);
    for (const name of names.filter((service) => services[service].scaling.by === 'iterator-age')) {
      const { inputs } = theOne(await evaluateStack('prod'), 'aws:appautoscaling/target:Target', name);
      assert.ok(Number(inputs.maxCapacity) > 1, name);
    }
  });

  it('have in development what the topology says', async () => {
    assert.deepEqual(
      await shardsOf('dev'),
      Object.entries(streams).map(([name, { shards }]) => [name, shards]),
    );
  });
});

describe('Off-hours', () => {
  it('take all tasks away and bring them back, and the database may pause meanwhile', async () => {
    const evaluation = await evaluateEverythingOn();
    const actions = ofType(evaluation, 'aws:appautoscaling/scheduledAction:ScheduledAction');
    assert.equal(actions.length, 2 * names.length);
    const stop = actions.find(({ name }) => name === 'sender-stop');
    assert.deepEqual(stop?.inputs.scalableTargetAction, { maxCapacity: 0, minCapacity: 0 });
    assert.equal(textOf(stop, 'schedule'), 'cron(0 20 ? * MON-FRI *)');
    const cluster = theOne(evaluation, 'aws:rds/cluster:Cluster', 'database');
    assert.match(
      JSON.stringify(cluster.inputs.serverlessv2ScalingConfiguration),
      /"secondsUntilAutoPause":900/,
    );
  });
});
