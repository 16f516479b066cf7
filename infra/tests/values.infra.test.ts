import assert from 'node:assert/strict';
import { KEEP_ALIVE_SECONDS } from '#shared/container.ts';
import { awsResources, ofType, textOf, theOne } from '../testing/records.ts';
import { type ResourceRecord, UNKNOWN } from '../testing/resource-record.ts';
import { evaluateStack } from '../testing/stacks.ts';
import { containerOf } from '../testing/task-containers.ts';

/**
 * What AWS would refuse only at the moment of deployment. Limits of names are AWS's own, per type; those of types that
 * are named by Pulumi count the eight characters that it adds.
 */
const PULUMI_SUFFIX = 8;
const NAMES: Readonly<Record<string, { input: string; longest: number; form: RegExp }>> = {
  'aws:sqs/queue:Queue': { input: 'name', longest: 80, form: /^[\w-]+\.fifo$/ },
  'aws:kinesis/stream:Stream': { input: 'name', longest: 128, form: /^[\w.-]+$/ },
  'aws:iam/role:Role': { input: 'name', longest: 64, form: /^[\w+=,.@-]+$/ },
  'aws:lb/loadBalancer:LoadBalancer': {
    input: 'name',
    longest: 32,
    form: /^(?!internal-)[a-zA-Z\d](?:[a-zA-Z\d-]*[a-zA-Z\d])?$/,
  },
  'aws:lb/targetGroup:TargetGroup': {
    input: 'name',
    longest: 32,
    form: /^[a-zA-Z\d](?:[a-zA-Z\d-]*[a-zA-Z\d])?$/,
  },
  'aws:s3/bucket:Bucket': { input: 'bucket', longest: 63, form: /^[a-z\d][a-z\d.-]+[a-z\d]$/ },
  'aws:ecr/repository:Repository': { input: 'name', longest: 256, form: /^[a-z\d]+(?:[._/-][a-z\d]+)*$/ },
  'aws:ecs/cluster:Cluster': { input: 'name', longest: 255, form: /^[\w-]+$/ },
  'aws:ecs/service:Service': { input: 'name', longest: 255, form: /^[\w-]+$/ },
  'aws:ecs/taskDefinition:TaskDefinition': { input: 'family', longest: 255, form: /^[\w-]+$/ },
  'aws:rds/cluster:Cluster': { input: 'clusterIdentifier', longest: 63, form: /^[a-z](?:-?[a-z\d])*$/ },
  'aws:rds/clusterInstance:ClusterInstance': {
    input: 'identifier',
    longest: 63,
    form: /^[a-z](?:-?[a-z\d])*$/,
  },
  'aws:elasticache/serverlessCache:ServerlessCache': {
    input: 'name',
    longest: 40,
    form: /^[a-z](?:-?[a-z\d])*$/,
  },
  'aws:secretsmanager/secret:Secret': { input: 'name', longest: 512, form: /^[\w/+=.@-]+(?<!-.{6})$/ },
  'aws:cloudwatch/logGroup:LogGroup': { input: 'name', longest: 512, form: /^[\w./#-]+$/ },
  'aws:cloudwatch/metricAlarm:MetricAlarm': { input: 'name', longest: 255, form: /^[\w-]+$/ },
  'aws:ssm/parameter:Parameter': { input: 'name', longest: 1011, form: /^\/(?!aws|ssm)[\w./-]+$/ },
  'aws:ec2/securityGroup:SecurityGroup': {
    input: 'name',
    longest: 255,
    form: /^(?!sg-)[\w ./()#,@[\]+=&;{}!$*-]+$/,
  },
  'aws:wafv2/webAcl:WebAcl': { input: 'name', longest: 128, form: /^[\w-]+$/ },
};

/** CPU units and the MiB that Fargate has with them; from its documentation, not from the configuration's schema. */
const fargateHas = (cpu: number, memory: number): boolean => {
  const gib = memory / 1024;
  if (cpu === 256) return memory === 512 || gib === 1 || gib === 2;
  if (cpu === 512) return Number.isInteger(gib) && gib >= 1 && gib <= 4;
  if (cpu === 1024) return Number.isInteger(gib) && gib >= 2 && gib <= 8;
  return cpu === 2048 && Number.isInteger(gib) && gib >= 4 && gib <= 16;
};

const RETENTION = new Set([
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
]);

const PORTS = new Set([80, 443, 5433, 6379, 6380, 8000, 8080]);

function nameOf(resource: ResourceRecord, input: string): { name: string; length: number } {
  const given = resource.inputs[input];
  if (typeof given === 'string') return { name: given, length: given.length };
  return { name: resource.name, length: resource.name.length + PULUMI_SUFFIX };
}

for (const stack of ['dev', 'prod']) {
  describe(`Values of ${stack}`, () => {
    for (const [type, { input, longest, form }] of Object.entries(NAMES)) {
      it(`have names that AWS takes: ${type}`, async () => {
        const found = ofType(await evaluateStack(stack), type);
        assert.ok(found.length > 0, `there is no ${type} whose name could be looked at`);
        for (const resource of found) {
          const { name, length } = nameOf(resource, input);
          assert.match(name, form);
          assert.ok(length <= longest, `${name} has ${length} characters`);
        }
      });
    }

    it('are sizes that Fargate has, and the container has all of its task', async () => {
      for (const definition of ofType(await evaluateStack(stack), 'aws:ecs/taskDefinition:TaskDefinition')) {
        const [cpu, memory] = [Number(definition.inputs.cpu), Number(definition.inputs.memory)];
        assert.ok(fargateHas(cpu, memory), `${definition.name}: ${cpu} and ${memory}`);
      }
    });

    it('keep logs as long as CloudWatch can say', async () => {
      const groups = ofType(await evaluateStack(stack), 'aws:cloudwatch/logGroup:LogGroup');
      for (const { urn, inputs } of groups) {
        assert.ok(RETENTION.has(Number(inputs.retentionInDays)), `${urn}: ${String(inputs.retentionInDays)}`);
      }
    });

    it('open known ports only, each to known ends, each with its reason', async () => {
      const evaluation = await evaluateStack(stack);
      const rules = [
        ...ofType(evaluation, 'aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule'),
        ...ofType(evaluation, 'aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule'),
      ];
      assert.ok(rules.length > 0);
      for (const rule of rules) {
        const { fromPort, toPort, ipProtocol, cidrIpv4 } = rule.inputs;
        assert.equal(ipProtocol, 'tcp');
        assert.equal(fromPort, toPort);
        assert.ok(PORTS.has(Number(fromPort)), `${rule.urn}: ${String(fromPort)}`);
        assert.ok(textOf(rule, 'description').length > 4);
        if (cidrIpv4 !== undefined) {
          assert.ok(
            (rule.type.includes('Egress') && fromPort === 443) ||
              ['web-https', 'web-http'].includes(rule.name),
            `${rule.urn} is open to the world`,
          );
        }
      }
    });

    it('give every task no root, no writable disk, no capabilities, an init, and two minutes to end', async () => {
      for (const definition of ofType(await evaluateStack(stack), 'aws:ecs/taskDefinition:TaskDefinition')) {
        const container = containerOf(definition);
        assert.equal(container.user, '1000:1000');
        assert.equal(container.readonlyRootFilesystem, true);
        assert.equal(container.privileged, false);
        assert.equal(container.stopTimeout, 120);
        assert.deepEqual(container.linuxParameters, {
          initProcessEnabled: true,
          capabilities: { drop: ['ALL'] },
        });
        assert.match(
          container.image,
          /^\d{12}\.dkr\.ecr\.[a-z0-9-]+\.amazonaws\.com\/[\w-]+@sha256:[0-9a-f]{64}$/,
        );
        const endsByItself = ['migrate', 'ops'].includes(definition.name);
        assert.equal(container.healthCheck === undefined, endsByItself, definition.name);
      }
    });

    it('leave minor versions of the database to RDS, which refuses to go back', async () => {
      const evaluation = await evaluateStack(stack);
      const cluster = theOne(evaluation, 'aws:rds/cluster:Cluster', 'database');
      assert.equal(cluster.inputs.engineVersion, '17');
      const instances = ofType(evaluation, 'aws:rds/clusterInstance:ClusterInstance');
      for (const { ignoreChanges } of [cluster, ...instances]) {
        assert.ok(ignoreChanges.includes('engineVersion'));
      }
      for (const { inputs } of instances) {
        assert.equal(inputs.autoMinorVersionUpgrade, true);
        assert.match(String(inputs.engineVersion), /^17\.\d+$/, 'what the cluster runs');
      }
    });

    it('have room for the load balancer between its patience and that of the services', async () => {
      for (const { inputs } of ofType(await evaluateStack(stack), 'aws:lb/loadBalancer:LoadBalancer')) {
        assert.ok(Number(inputs.idleTimeout) < KEEP_ALIVE_SECONDS, 'the services close a connection first');
        assert.equal(inputs.dropInvalidHeaderFields, true);
      }
    });

    it('are known in a preview wherever AWS has no part in them', async () => {
      const names = awsResources(await evaluateStack(stack, 'preview'))
        // The name of this record is what ACM wants to see.
        .filter(({ type, name }) => !(type === 'aws:route53/record:Record' && name === 'certificate'))
        .filter(({ inputs }) => inputs.name === UNKNOWN)
        .map(({ urn }) => urn);
      assert.deepEqual(names, []);
    });
  });
}
