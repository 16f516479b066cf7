import assert from 'node:assert/strict';
import { GetQueueAttributesCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { type FifoQueue, fifoQueue } from '#shared/sqs/fifo-queue.ts';
import { eventually } from '#test/eventually.ts';
import { createQueue, sqsClient } from '#test/stack/stack.ts';
import { SenderBench } from './test-bench.ts';

const PHONE = '+14155550101';
const TEN_MINUTES = 600_000;
/** Of the topology's queues. */
const MOST_RECEIVES = 5;

describe('The sender, at a queue with a dead-letter queue,', () => {
  let bench: SenderBench;
  let sqs: SQSClient;
  /** How often the entry that was received last had been received. */
  let receives: number;
  let deadLetterUrl: string;

  before(async () => {
    bench = await SenderBench.create();
    sqs = sqsClient();
  });
  beforeEach(async () => {
    await bench.reset();
    receives = 0;
    const queue = await createQueue('sms-replies.fifo', { visibilitySeconds: 1, maxReceives: MOST_RECEIVES });
    deadLetterUrl = queue.deadLetterUrl;
    bench.otherQueues = { replies: watched(fifoQueue(sqs, queue.queueUrl)), bulk: bench.queues.bulk };
  });
  afterEach(() => assert.deepEqual(bench.failures, []));
  after(async () => {
    await bench.close();
    sqs.destroy();
  });

  const watched = (queue: FifoQueue): FifoQueue => ({
    ...queue,
    receive: async (options) => {
      const entries = await queue.receive(options);
      receives = entries.at(-1)?.receives ?? receives;
      return entries;
    },
  });
  const isSent = (...bodies: string[]): Promise<void> =>
    eventually(async () => assert.deepEqual(bench.carrier.bodiesTo(PHONE), bodies));

  it('sends a message once that pauses for more receives than an entry may have, and for ten minutes', async () => {
    const config = { MESSAGE_PAUSE_MS: 60_000 };
    await bench.plan(PHONE, [{ body: 'one' }, { body: 'two' }]);
    while (receives < MOST_RECEIVES) {
      const before = receives;
      const sender = bench.start({ config });
      await eventually(async () => assert.ok(receives > before));
      await isSent('one');
      await eventually(async () => {
        assert.deepEqual(await bench.states(PHONE), { one: 'sent', two: 'queued' });
      });
      sender.kill();
    }
    bench.start({ config });
    await eventually(async () => {
      const { Attributes } = await sqs.send(
        new GetQueueAttributesCommand({
          QueueUrl: deadLetterUrl,
          AttributeNames: ['ApproximateNumberOfMessages'],
        }),
      );
      assert.equal(Attributes?.ApproximateNumberOfMessages, '1');
    });
    assert.equal(receives, MOST_RECEIVES);

    bench.skip(TEN_MINUTES);
    await bench.database.adminPool.query('UPDATE phone SET next_send_at = NULL');
    bench.start({ config: { ...config, STALE_TURN_MS: 1 } });
    await isSent('one', 'two');
    await eventually(async () => {
      assert.deepEqual(await bench.states(PHONE), { one: 'sent', two: 'sent' });
    });
    assert.deepEqual(bench.carrier.bodiesTo(PHONE), ['one', 'two']);
  });
});
