import * as aws from '@pulumi/aws';
import { type ComponentResourceOptions, jsonStringify } from '@pulumi/pulumi';
import { type QueueName, type QueueRow, queues } from '#shared/topology.ts';
import { byName } from '../by-name.ts';
import { Component } from '../component.ts';
import { type Context, keepsData } from '../context.ts';
import type { KeyHandles, QueueHandles } from '../environment.ts';
import { policyDocument, tlsOnly } from '../iam/policy-document.ts';

const DAY_SECONDS = 24 * 60 * 60;
/** The longest that SQS offers: what is in a dead-letter queue is somebody's message. */
const DEAD_LETTER_RETENTION_SECONDS = 14 * DAY_SECONDS;
/** An entry only says that a phone has messages; the messages are in the database. */
const RETENTION_SECONDS = 4 * DAY_SECONDS;

/** The SQS queues of the topology, each with its dead-letter queue. */
export class Queues extends Component {
  readonly queues: Readonly<Record<QueueName, QueueHandles>>;

  constructor(context: Context, keys: KeyHandles, options: ComponentResourceOptions) {
    super('carillon:data:Queues', 'queues', options);
    this.queues = byName<QueueName, QueueRow, QueueHandles>(queues, (name, row) => {
      const deadLetter = this.fifo(context, keys, row.deadLetter, {
        messageRetentionSeconds: DEAD_LETTER_RETENTION_SECONDS,
      });
      const queue = this.fifo(context, keys, name, {
        messageRetentionSeconds: RETENTION_SECONDS,
        visibilityTimeoutSeconds: row.visibilitySeconds,
        receiveWaitTimeSeconds: 20,
        redrivePolicy: jsonStringify({
          deadLetterTargetArn: deadLetter.arn,
          maxReceiveCount: row.maxReceives,
        }),
      });
      new aws.sqs.RedriveAllowPolicy(
        row.deadLetter,
        {
          queueUrl: deadLetter.url,
          redriveAllowPolicy: jsonStringify({ redrivePermission: 'byQueue', sourceQueueArns: [queue.arn] }),
        },
        this.inside,
      );
      return { queue, deadLetter };
    });
    this.registerOutputs();
  }

  /** High throughput: order and de-duplication per message group, no limit on the queue as a whole. */
  private fifo(context: Context, keys: KeyHandles, name: string, args: aws.sqs.QueueArgs): aws.sqs.Queue {
    const queue = new aws.sqs.Queue(
      name,
      {
        name: `${context.prefix}${name}`,
        fifoQueue: true,
        deduplicationScope: 'messageGroup',
        fifoThroughputLimit: 'perMessageGroupId',
        kmsMasterKeyId: keys.data.arn,
        kmsDataKeyReusePeriodSeconds: 300,
        ...args,
      },
      { ...this.inside, ...keepsData(context), deleteBeforeReplace: true },
    );
    new aws.sqs.QueuePolicy(
      name,
      { queueUrl: queue.url, policy: policyDocument([tlsOnly('sqs:*', [queue.arn])]) },
      this.inside,
    );
    return queue;
  }
}
