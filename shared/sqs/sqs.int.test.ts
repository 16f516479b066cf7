import assert from 'node:assert/strict';
import type { SQSClient } from '@aws-sdk/client-sqs';
import { systemClock } from '#shared/clock.ts';
import { silentLogger } from '#shared/logger.ts';
import { eventually } from '#test/eventually.ts';
import { createQueue, sqsClient, stackFacts, type TestQueue } from '#test/stack/stack.ts';
import { createSqs, queueUrls } from './client.ts';
import { fifoQueue } from './fifo-queue.ts';
import { createLaneConsumer, type LaneConsumer, type LaneRun } from './lane-consumer.ts';
import { createQueueSender } from './queue-sender.ts';

describe('Queues', () => {
  let sqs: SQSClient;
  before(() => {
    sqs = sqsClient();
  });
  after(() => sqs.destroy());

  const clock = systemClock();
  const senderTo = (queue: TestQueue) =>
    createQueueSender({
      sqs,
      urls: new Map([['sms-bulk.fifo' as const, queue.queueUrl]]),
      clock,
      logger: silentLogger,
    });
  const consume = (
    queue: TestQueue,
    handle: (run: LaneRun) => Promise<void>,
    visibilitySeconds = 30,
  ): LaneConsumer =>
    createLaneConsumer({
      queue: fifoQueue(sqs, queue.queueUrl),
      name: queue.queueName,
      visibilitySeconds,
      handle,
      clock,
      logger: silentLogger,
      onFailure: (error) => assert.fail(String(error)),
    });

  it('are found by their names in the environment', async () => {
    const queue = await createQueue('sms-bulk.fifo');
    const config = {
      AWS_REGION: 'us-east-1',
      AWS_ENDPOINT_URL_SQS: stackFacts().sqsEndpoint,
      QUEUE_PREFIX: queue.prefix,
    };
    const client = createSqs(config);
    try {
      const urls = await queueUrls(client, config, ['sms-bulk.fifo']);
      assert.equal(urls.get('sms-bulk.fifo'), queue.queueUrl);
      await assert.rejects(queueUrls(client, config, ['sms-replies.fifo']), { name: 'QueueDoesNotExist' });
    } finally {
      client.destroy();
    }
  });

  it('carry the entries of many groups, each in order, once', async () => {
    const queue = await createQueue('sms-bulk.fifo');
    const sender = senderTo(queue);
    const handled = new Map<string, string[]>();
    const consumer = consume(queue, async (run) => {
      const known = handled.get(run.groupId) ?? [];
      handled.set(run.groupId, [...known, ...run.messages.map(({ body }) => body)]);
    });
    const groups = Array.from({ length: 20 }, (_, i) => `group-${i}`);
    await sender.send(
      'sms-bulk.fifo',
      groups.flatMap((groupId) =>
        [0, 1, 2].map((n) => ({ groupId, deduplicationId: `${groupId}:${n}`, body: `${n}` })),
      ),
    );
    await eventually(async () => {
      for (const group of groups) assert.deepEqual(handled.get(group), ['0', '1', '2']);
    });
    await consumer.stop(5_000);
    await sender.close();
    await assert.rejects(sender.send('sms-bulk.fifo', []), { code: 'unavailable' });
  });

  it('hand an entry out again after its run failed', async () => {
    const queue = await createQueue('sms-bulk.fifo');
    const sender = senderTo(queue);
    const receives: number[] = [];
    const consumer = consume(queue, async (run) => {
      receives.push(run.messages[0]?.receives ?? 0);
      if (receives.length === 1) throw new Error('once');
    });
    await sender.send('sms-bulk.fifo', [{ groupId: 'a', deduplicationId: '1', body: 'turn' }]);
    await eventually(async () => assert.deepEqual(receives, [1, 2]));
    await consumer.stop(5_000);
  });

  it('leave an entry with the task that holds it, beyond its visibility', async () => {
    const queue = await createQueue('sms-bulk.fifo', { visibilitySeconds: 3 });
    const sender = senderTo(queue);
    const runs: LaneRun[] = [];
    let end: () => void = () => assert.fail('no run');
    const handle = (run: LaneRun): Promise<void> => {
      runs.push(run);
      return new Promise((resolve) => {
        end = resolve;
      });
    };
    // Extended every second: whoever holds it may be late by two before it is handed out again.
    const first = consume(queue, handle, 3);
    const second = consume(queue, handle, 3);
    await sender.send('sms-bulk.fifo', [{ groupId: 'a', deduplicationId: '1', body: 'turn' }]);
    await eventually(async () => assert.equal(runs.length, 1));
    const heldSince = clock.monotonic();
    await eventually(async () => {
      assert.ok(clock.monotonic() - heldSince > 3_500, 'held for longer than its visibility');
    });
    assert.equal(runs.length, 1);
    end();
    await Promise.all([first.stop(5_000), second.stop(5_000)]);
    assert.equal(runs.length, 1);
  });

  it('give what a stopped task had in hand to the next one', async () => {
    const queue = await createQueue('sms-bulk.fifo');
    const sender = senderTo(queue);
    const rejectOnStop = (run: LaneRun): Promise<void> =>
      new Promise((_, reject) => {
        run.signal.addEventListener('abort', () => reject(run.signal.reason), { once: true });
      });
    let held = false;
    const first = consume(
      queue,
      (run) => {
        held = true;
        return rejectOnStop(run);
        // Short: the emulator goes on with a long poll whose caller has left, and it may take the released entry.
      },
      3,
    );
    await sender.send('sms-bulk.fifo', [{ groupId: 'a', deduplicationId: '1', body: 'turn' }]);
    await eventually(async () => assert.equal(held, true));
    await first.stop(5_000);
    const bodies: string[] = [];
    const second = consume(queue, async (run) => {
      bodies.push(...run.messages.map(({ body }) => body));
    });
    await eventually(async () => assert.deepEqual(bodies, ['turn']));
    await second.stop(5_000);
  });
});
