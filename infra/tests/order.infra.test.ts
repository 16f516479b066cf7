import assert from 'node:assert/strict';
import { type ServiceRow, services } from '#shared/topology.ts';
import { comesAfter, ofType, textOf, theOne } from '../testing/records.ts';
import type { Evaluation, ResourceRecord } from '../testing/resource-record.ts';
import { evaluateStack } from '../testing/stacks.ts';

const rows: Readonly<Record<string, ServiceRow>> = services;
const names = Object.keys(rows);
const consumers = names.filter((name) => Object.keys(rows[name]?.consumes ?? {}).length > 0);

const serviceOf = (evaluation: Evaluation, name: string): ResourceRecord =>
  theOne(evaluation, 'aws:ecs/service:Service', name);
const markerOf = (evaluation: Evaluation, name: string): ResourceRecord =>
  theOne(evaluation, 'aws:ssm/parameter:Parameter', name);

for (const stack of ['dev', 'prod']) {
  describe(`The order of a deployment of ${stack}`, () => {
    it('is migrations before every service', async () => {
      const evaluation = await evaluateStack(stack);
      const schema = markerOf(evaluation, 'schema');
      assert.deepEqual(schema.hooks, { beforeCreate: ['run-task'], beforeUpdate: ['run-task'] });
      for (const name of names) {
        assert.ok(comesAfter(evaluation, serviceOf(evaluation, name)).has(schema.urn), name);
      }
    });

    it('is the database and its way there before migrations, which run again with every new image', async () => {
      const evaluation = await evaluateStack(stack);
      const schema = markerOf(evaluation, 'schema');
      const before = comesAfter(evaluation, schema);
      for (const instance of ofType(evaluation, 'aws:rds/clusterInstance:ClusterInstance')) {
        assert.ok(before.has(instance.urn), instance.urn);
      }
      for (const rule of ofType(evaluation, 'aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule')) {
        assert.ok(before.has(rule.urn), rule.urn);
      }
      const definition = theOne(evaluation, 'aws:ecs/taskDefinition:TaskDefinition', 'migrate');
      assert.equal(JSON.parse(textOf(schema, 'insecureValue')).taskDefinition, definition.outputs.arn);
    });

    it('is consumers, sender, gateway, API, each once the one before runs what was deployed', async () => {
      const evaluation = await evaluateStack(stack);
      const waitsFor = (later: string, earlier: string) => {
        const marker = markerOf(evaluation, earlier);
        assert.deepEqual(marker.hooks, { beforeCreate: ['check-rollout'], beforeUpdate: ['check-rollout'] });
        assert.ok(
          comesAfter(evaluation, serviceOf(evaluation, later)).has(marker.urn),
          `${later} does not wait for ${earlier}`,
        );
      };
      for (const consumer of consumers) waitsFor('sender', consumer);
      waitsFor('gateway', 'sender');
      waitsFor('api', 'gateway');
    });

    it('looks after every rollout whether it held', async () => {
      const evaluation = await evaluateStack(stack);
      for (const name of names) {
        const marker = markerOf(evaluation, name);
        assert.ok(comesAfter(evaluation, marker).has(serviceOf(evaluation, name).urn), name);
        assert.deepEqual(JSON.parse(textOf(marker, 'insecureValue')), {
          cluster: `carillon-${stack}-services`,
          service: `carillon-${stack}-${name}`,
          taskDefinition: theOne(evaluation, 'aws:ecs/taskDefinition:TaskDefinition', name).outputs.arn,
        });
        assert.equal(serviceOf(evaluation, name).inputs.waitForSteadyState, true);
      }
    });

    it('is the rules of the load balancer before the services that they lead to', async () => {
      const evaluation = await evaluateStack(stack);
      for (const rule of ofType(evaluation, 'aws:lb/listenerRule:ListenerRule')) {
        const [name = ''] = rule.name.split(/-(?=\d+$)/);
        assert.ok(comesAfter(evaluation, serviceOf(evaluation, name)).has(rule.urn), rule.urn);
      }
    });

    it('may change the capacity of a service, and waits longer than a protected task takes to leave', async () => {
      const evaluation = await evaluateStack(stack);
      for (const name of names) {
        const { inputs, customTimeouts } = serviceOf(evaluation, name);
        assert.equal(inputs.forceNewDeployment, true);
        assert.deepEqual(customTimeouts, { create: '45m', update: '45m', delete: '45m' });
      }
    });

    it('leaves the number of tasks to scaling', async () => {
      const evaluation = await evaluateStack(stack);
      for (const name of names) {
        assert.deepEqual(serviceOf(evaluation, name).ignoreChanges, ['desiredCount']);
      }
    });
  });
}
