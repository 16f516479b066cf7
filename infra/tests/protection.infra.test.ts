import assert from 'node:assert/strict';
import { queues, streams } from '#shared/topology.ts';
import { arnOf, ofType, textOf, theOne } from '../testing/records.ts';
import type { Evaluation, ResourceRecord } from '../testing/resource-record.ts';
import { evaluateStack } from '../testing/stacks.ts';

/** Types of what holds data, or without which data cannot be read. */
const STATEFUL = [
  'aws:kms/key:Key',
  'aws:kinesis/stream:Stream',
  'aws:sqs/queue:Queue',
  'aws:rds/cluster:Cluster',
  'aws:rds/clusterInstance:ClusterInstance',
  'aws:s3/bucket:Bucket',
  'aws:secretsmanager/secret:Secret',
];

/** Which input of a type names the key that encrypts it. The logs bucket is left out: AWS cannot write it with a key. */
const KEY_INPUTS: Readonly<Record<string, string>> = {
  'aws:kinesis/stream:Stream': 'kmsKeyId',
  'aws:sqs/queue:Queue': 'kmsMasterKeyId',
  'aws:rds/cluster:Cluster': 'kmsKeyId',
  'aws:rds/clusterInstance:ClusterInstance': 'performanceInsightsKmsKeyId',
  'aws:elasticache/serverlessCache:ServerlessCache': 'kmsKeyId',
  'aws:secretsmanager/secret:Secret': 'kmsKeyId',
  'aws:cloudwatch/logGroup:LogGroup': 'kmsKeyId',
  'aws:sns/topic:Topic': 'kmsMasterKeyId',
};

const stateful = (evaluation: Evaluation): ResourceRecord[] =>
  STATEFUL.flatMap((type) => ofType(evaluation, type));

describe('What holds data', () => {
  it('cannot be deleted in production, neither by pulumi nor by AWS', async () => {
    const prod = await evaluateStack('prod');
    assert.ok(stateful(prod).length >= STATEFUL.length);
    for (const resource of stateful(prod)) {
      assert.ok(resource.protect, `${resource.urn} is not protected`);
      assert.ok(resource.retainOnDelete, `${resource.urn} would be deleted when it is unprotected`);
    }
    const cluster = theOne(prod, 'aws:rds/cluster:Cluster', 'database');
    assert.equal(cluster.inputs.deletionProtection, true);
    assert.equal(cluster.inputs.skipFinalSnapshot, false);
    for (const bucket of ofType(prod, 'aws:s3/bucket:Bucket'))
      assert.equal(bucket.inputs.forceDestroy, false);
    const balancer = theOne(prod, 'aws:lb/loadBalancer:LoadBalancer', 'load-balancer');
    assert.equal(balancer.inputs.enableDeletionProtection, true);
  });

  it('can be deleted with a development environment', async () => {
    for (const resource of stateful(await evaluateStack('dev'))) assert.ok(!resource.protect, resource.urn);
  });

  for (const stack of ['dev', 'prod']) {
    it(`is encrypted with a key of ours in ${stack}`, async () => {
      const evaluation = await evaluateStack(stack);
      const keys = new Set(ofType(evaluation, 'aws:kms/key:Key').map(arnOf));
      for (const [type, input] of Object.entries(KEY_INPUTS)) {
        for (const resource of ofType(evaluation, type)) {
          assert.ok(
            keys.has(textOf(resource, input)),
            `${resource.urn}: ${input} is no key of this environment`,
          );
        }
      }
      const files = theOne(
        evaluation,
        'aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration',
        'files',
      );
      assert.match(JSON.stringify(files.inputs.rules), /"aws:kms"/);
      const image = theOne(evaluation, 'aws:ecr/repository:Repository', 'image');
      assert.match(JSON.stringify(image.inputs.encryptionConfigurations), /"KMS"/);
    });

    it(`has, in ${stack}, a dead-letter queue behind every queue, of the same kind, for 14 days`, async () => {
      const evaluation = await evaluateStack(stack);
      for (const [name, row] of Object.entries(queues)) {
        const queue = theOne(evaluation, 'aws:sqs/queue:Queue', name);
        const deadLetter = theOne(evaluation, 'aws:sqs/queue:Queue', row.deadLetter);
        assert.deepEqual(JSON.parse(textOf(queue, 'redrivePolicy')), {
          deadLetterTargetArn: arnOf(deadLetter),
          maxReceiveCount: row.maxReceives,
        });
        assert.equal(queue.inputs.visibilityTimeoutSeconds, row.visibilitySeconds);
        assert.equal(deadLetter.inputs.messageRetentionSeconds, 14 * 86_400);
        for (const { inputs } of [queue, deadLetter]) {
          assert.equal(inputs.fifoQueue, true);
          assert.equal(inputs.deduplicationScope, 'messageGroup');
          assert.equal(inputs.fifoThroughputLimit, 'perMessageGroupId');
        }
      }
    });
  }

  it('is kept for a week on the streams of production', async () => {
    const prod = await evaluateStack('prod');
    for (const name of Object.keys(streams)) {
      assert.equal(theOne(prod, 'aws:kinesis/stream:Stream', name).inputs.retentionPeriod, 168);
    }
  });
});
