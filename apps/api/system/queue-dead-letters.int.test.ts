import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { deadEntriesOf } from '#shared/sqs/dead-entries.ts';
import { fifoQueue } from '#shared/sqs/fifo-queue.ts';
import { queues } from '#shared/topology.ts';
import { createDatabase, createQueue, sqsClient, type TestDatabase } from '#test/stack/stack.ts';
import { startTestApi, type TestApi } from '../test-api.ts';

const BULK = 'sms-bulk.fifo';
const PHONES = ['+12125550151', '+12125550152', '+12125550153'] as const;

describe('What queues gave up on', () => {
  let database: TestDatabase;
  let api: TestApi;
  let sqs: SQSClient;
  let dead: string;
  before(async () => {
    sqs = sqsClient();
    database = await createDatabase();
    dead = (await createQueue('bulk.fifo')).deadLetterUrl;
    api = await startTestApi(database, { deadEntries: deadEntriesOf(() => fifoQueue(sqs, dead)) });
  });
  after(async () => {
    await api.stop();
    await database.drop();
    sqs.destroy();
  });

  const giveUpOn = async (phone: string): Promise<void> => {
    await sqs.send(
      new SendMessageCommand({
        QueueUrl: dead,
        MessageGroupId: phone,
        MessageDeduplicationId: randomUUID(),
        MessageBody: JSON.stringify({ phoneNumber: phone, messageId: randomUUID(), generation: 3 }),
      }),
    );
  };
  const list = async (): Promise<{ id: string; phoneNumber: string }[]> =>
    (await api.send('GET', `/v1/queue-dead-letters?queue=${BULK}`)).body.items;
  const post = (what: string, body: object, key?: string) =>
    api.send('POST', `/v1/queue-dead-letters/${what}`, {
      body: { queue: BULK, ...body },
      ...(key === undefined ? {} : { key }),
    });

  it('is listed as often as somebody looks, rehearsed, put into its queue again, and discarded with a reason', async () => {
    for (const phone of PHONES) await giveUpOn(phone);
    const first = await list();
    assert.deepEqual(first.map(({ phoneNumber }) => phoneNumber).sort(), [...PHONES]);
    assert.deepEqual((await list()).map(({ id }) => id).sort(), first.map(({ id }) => id).sort());
    const idOf = (phone: string): string =>
      first.find(({ phoneNumber }) => phoneNumber === phone)?.id ?? assert.fail(phone);
    const [again, givenUp, stays] = PHONES.map(idOf);
    const unknown = randomUUID();

    const rehearsed = await post('rehearsal', { ids: [again, unknown] });
    assert.deepEqual(rehearsed.body, { settled: 1, gone: [unknown] });
    assert.equal((await list()).length, 3);

    assert.deepEqual((await post('redrive', { ids: [again, unknown] })).body, {
      settled: 1,
      gone: [unknown],
    });
    const { rows } = await database.adminPool.query(
      `SELECT kind, target, ordering_key AS key, body FROM outbox WHERE producer = 'api'`,
    );
    assert.deepEqual(
      rows.map(({ body, key, kind, target }) => [kind, target, key, JSON.parse(body).generation]),
      [['queue', BULK, PHONES[0], 3]],
    );

    assert.equal((await post('discard', { ids: [givenUp] })).status, 400, 'without a reason');
    const why = 'Its message went another way.';
    assert.deepEqual((await post('discard', { ids: [givenUp], why })).body, { settled: 1, gone: [] });
    assert.deepEqual((await post('discard', { ids: [givenUp], why })).body, { settled: 0, gone: [givenUp] });
    assert.deepEqual(
      (await list()).map(({ id }) => id),
      [stays],
    );
    const { body } = await api.send('GET', '/v1/audit?subject=queue-dead-letter');
    assert.deepEqual(
      body.items
        .filter(({ action }: { action: string }) => action !== 'unchanged')
        .map(({ action, after, subjectId }: { action: string; after: object; subjectId: string }) => [
          action,
          subjectId,
          after,
        ]),
      [
        ['discarded', givenUp, { queue: BULK, phoneNumber: PHONES[1], reason: why }],
        ['redriven', again, { queue: BULK, phoneNumber: PHONES[0] }],
      ],
    );
  });

  it('is read by everybody, and settled by admins', async () => {
    const [viewer, operator] = [await api.key('viewer'), await api.key('operator')];
    for (const queue of Object.keys(queues))
      assert.equal(
        (await api.send('GET', `/v1/queue-dead-letters?queue=${queue}`, { key: viewer })).status,
        200,
      );
    assert.equal((await api.send('GET', '/v1/queue-dead-letters?queue=other.fifo')).status, 400);
    for (const what of ['rehearsal', 'redrive', 'discard'])
      assert.equal((await post(what, { ids: [randomUUID()], why: 'because' }, operator)).status, 403, what);
  });
});
