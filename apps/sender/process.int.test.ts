import assert from 'node:assert/strict';
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { GetRecordsCommand, GetShardIteratorCommand, ListShardsCommand } from '@aws-sdk/client-kinesis';
import { CreateQueueCommand } from '@aws-sdk/client-sqs';
import { z } from 'zod';
import { messageLogRecordSchema } from '#shared/contracts/message-log.ts';
import { compileCache } from '#test/compile-cache.ts';
import { eventually } from '#test/eventually.ts';
import { TEST_PEPPER } from '#test/pseudonyms.ts';
import { planMessages } from '#test/stack/plan-messages.ts';
import {
  createDatabase,
  createQueue,
  createStream,
  kinesisClient,
  redisUrl,
  sqsClient,
  stackFacts,
  type TestDatabase,
} from '#test/stack/stack.ts';
import { TwilioEndpoint } from '#test/stand-ins/twilio-endpoint.ts';

const PHONE = '+14155550101';
const SENDER = '+14155550100';

describe('The process of the sender', () => {
  let database: TestDatabase;
  let twilio: TwilioEndpoint;
  let environment: NodeJS.ProcessEnv;
  let bulkUrl: string;
  let streamName: string;
  const children = new Set<ChildProcess>();

  before(async () => {
    database = await createDatabase();
    twilio = new TwilioEndpoint();
    const replies = await createQueue('sms-replies.fifo', { visibilitySeconds: 5 });
    bulkUrl = replies.queueUrl.replace('sms-replies', 'sms-bulk');
    const sqs = sqsClient();
    await sqs.send(
      new CreateQueueCommand({
        QueueName: `${replies.prefix}sms-bulk.fifo`,
        Attributes: { FifoQueue: 'true' },
      }),
    );
    sqs.destroy();
    const stream = await createStream('message-log');
    streamName = stream.streamName;
    const role = database.configFor('sender');
    const redis = new URL(redisUrl());
    environment = {
      ...compileCache(),
      PATH: process.env.PATH,
      AWS_ACCESS_KEY_ID: 'local',
      AWS_SECRET_ACCESS_KEY: 'local',
      AWS_ENDPOINT_URL_SQS: stackFacts().sqsEndpoint,
      AWS_ENDPOINT_URL_KINESIS: stackFacts().kinesisEndpoint,
      QUEUE_PREFIX: replies.prefix,
      STREAM_PREFIX: stream.prefix,
      REDIS_HOST: redis.hostname,
      REDIS_PORT: redis.port,
      REDIS_CLUSTER: 'true',
      DB_HOST: role.host,
      DB_PORT: String(role.port),
      DB_NAME: role.database,
      DB_USER: role.user,
      DB_PASSWORD: role.password,
      TWILIO_ACCOUNT_SID: `AC${'0'.repeat(32)}`,
      CONSENT_PEPPER: TEST_PEPPER,
      TWILIO_AUTH_TOKEN: 'test',
      TWILIO_API_URL: await twilio.listen(),
      PUBLIC_URL: 'https://sms.example.org',
      SERVICE_HOST: '127.0.0.1',
      HEALTH_PORT: '0',
      LOG_LEVEL: 'warn',
      MESSAGE_PAUSE_MS: '50',
    };
    await database.adminPool.query(
      `INSERT INTO inbound_watch (carrier, alive_at) VALUES ('twilio', now() + interval '1 hour')`,
    );
    // As on AWS: nobody told the process that time can be skipped, so it must not see that somebody did.
    await database.adminPool.query(`UPDATE business_clock SET version = 2, offset_ms = 8640000000`);
  });
  after(async () => {
    for (const child of children) child.kill('SIGKILL');
    twilio.close();
    await database.drop();
  });

  function start(): ChildProcess {
    const child = fork(fileURLToPath(new URL('./main.ts', import.meta.url)), {
      env: environment,
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    children.add(child);
    return child;
  }

  const plan = (...bodies: string[]): Promise<void> =>
    planMessages(database.adminPool, bulkUrl, { phone: PHONE, sender: SENDER, bodies });

  async function logged(): Promise<string[]> {
    const kinesis = kinesisClient();
    try {
      const { Shards } = await kinesis.send(new ListShardsCommand({ StreamName: streamName }));
      const { ShardIterator } = await kinesis.send(
        new GetShardIteratorCommand({
          StreamName: streamName,
          ShardId: Shards?.[0]?.ShardId,
          ShardIteratorType: 'TRIM_HORIZON',
        }),
      );
      const { Records } = await kinesis.send(new GetRecordsCommand({ ShardIterator }));
      return (Records ?? []).map(({ Data }) => {
        const record = messageLogRecordSchema.parse(
          JSON.parse(Buffer.from(z.instanceof(Uint8Array).parse(Data)).toString()),
        );
        return record.type === 'OUTBOUND_SMS' ? record.body : record.type;
      });
    } finally {
      kinesis.destroy();
    }
  }

  it('sends, survives SIGKILL in the middle of a request, and drains on SIGTERM', async () => {
    const first = start();
    await plan('one', 'two');
    await eventually(async () => {
      assert.deepEqual(
        twilio.stored.map(({ body }) => body),
        ['one', 'two'],
      );
      assert.deepEqual(await logged(), ['one', 'two']);
    });

    twilio.silent = true;
    await plan('three', 'four');
    await eventually(async () => assert.equal(twilio.stored.length, 3));
    first.kill('SIGKILL');
    await once(first, 'exit');
    twilio.silent = false;
    const second = start();
    await eventually(async () => {
      assert.deepEqual(
        twilio.stored.map(({ body }) => body),
        ['one', 'two', 'three', 'four'],
      );
      assert.deepEqual(await logged(), ['one', 'two', 'three', 'four']);
    }, 50_000);

    second.kill('SIGTERM');
    const [code] = await once(second, 'exit');
    assert.equal(code, 0);
    const { rows } = await database.adminPool.query('SELECT DISTINCT state FROM message');
    assert.deepEqual(rows, [{ state: 'sent' }]);
    const { rows: early } = await database.adminPool.query(
      `SELECT bool_and(decided_at < now() + interval '1 hour') AS "inTheTimeOfTheMachine" FROM decision`,
    );
    assert.deepEqual(early, [{ inTheTimeOfTheMachine: true }]);
  }).timeout(300_000);
});
