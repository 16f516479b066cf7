import assert from 'node:assert/strict';
import { type KinesisClient, PutRecordCommand } from '@aws-sdk/client-kinesis';
import type { Request } from 'autocannon';
import twilio from 'twilio';
import { createTwilioCarrier } from '#shared/carriers/twilio/carrier.ts';
import { systemClock } from '#shared/clock.ts';
import { defaultReviewPolicy } from '#shared/consent/read-text.ts';
import { startPublicServer } from '#shared/http/public-server.ts';
import { createStreamProducer, type StreamProducer } from '#shared/kinesis/producer.ts';
import { silentLogger } from '#shared/logger.ts';
import { createPool } from '#shared/postgres/pool.ts';
import { MissedTexts } from '../apps/gateway/missed-texts.ts';
import { createWebhooks } from '../apps/gateway/webhooks.ts';
import { testPseudonyms } from '../test/pseudonyms.ts';
import { createDatabase } from '../test/stack/stack.ts';
import { type Aim, publish } from './figures.ts';
import { aimsOf, benchmarkArguments, type Contender, compare, startBenchStack, tableOf } from './harness.ts';
import { HttpLoad } from './http-load.ts';
import { KinesisInMemory } from './outbox/kinesis-in-memory.ts';

/**
 * Webhooks of texts: the gateway, signatures and consent included, with the producer that gathers what comes together,
 * against the same gateway with a PutRecord for each. Fails when a webhook is not answered 2xx, which it is once the
 * stream has its text.
 *
 *   node bench/webhook.bench.ts [--quick] [--json FILE]
 */
const { quick, json } = benchmarkArguments();
const config = { connections: 64, seconds: quick ? 2 : 5, phones: 1_000 };
const load = new HttpLoad(config);
const PUBLIC_URL = 'https://texts.example.org';
const AUTH_TOKEN = 'the auth token of a benchmark';
const ACCOUNT = `AC${'0'.repeat(32)}`;
const PATH = '/webhooks/twilio/sms';
const OURS = '+14155550199';
const AREA_CODES = [201, 202, 203, 205, 206, 207, 208, 209, 210, 212];

/** Signed as Twilio does: texts of different people. */
const texts: Request[] = Array.from({ length: config.phones }, (_, index) => {
  const from = `+1${AREA_CODES[Math.floor(index / 100)]}55501${String(index % 100).padStart(2, '0')}`;
  const parameters = {
    MessageSid: `SM${index.toString(16).padStart(32, '0')}`,
    AccountSid: ACCOUNT,
    From: from,
    To: OURS,
    Body: 'Twenty seconds, with soap',
    NumMedia: '0',
  };
  return {
    method: 'POST',
    path: PATH,
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      'x-twilio-signature': twilio.getExpectedTwilioSignature(AUTH_TOKEN, PUBLIC_URL + PATH, parameters),
    },
    body: new URLSearchParams(parameters).toString(),
  };
});

/** A request to Kinesis for every record, as it comes. */
const onePutRecordEach = (kinesis: KinesisClient, streamName: string): StreamProducer => ({
  put: async (_stream, partitionKey, body) => {
    await kinesis.send(
      new PutRecordCommand({ StreamName: streamName, PartitionKey: partitionKey, Data: Buffer.from(body) }),
    );
  },
  close: async () => undefined,
});

const stack = await startBenchStack();
const database = await createDatabase();
const pool = createPool(database.configFor('gateway'), () => undefined);
// In memory, with the client of the AWS SDK: an emulator that is a process takes a processor for each request that AWS would bear.
const stream = new KinesisInMemory(4);
const kinesis = stream.client;
const streamName = 'dialog-commands';
const clock = systemClock();
const producer = createStreamProducer({ kinesis, nameOf: () => streamName, clock, logger: silentLogger });
const carrier = createTwilioCarrier({
  TWILIO_ACCOUNT_SID: ACCOUNT,
  TWILIO_AUTH_TOKEN: AUTH_TOKEN,
  TWILIO_API_URL: 'http://127.0.0.1:1',
  PUBLIC_URL,
});
const gateway = (to: StreamProducer) =>
  startPublicServer(
    createWebhooks(
      [carrier],
      {
        pool,
        producer: to,
        pseudonyms: testPseudonyms,
        relay: { wake: () => undefined },
        cache: { changing: async () => async () => undefined },
        reviewPolicy: defaultReviewPolicy,
        clock,
        logger: silentLogger,
        metrics: { observe: () => undefined, flush: () => undefined },
      },
      { withinDays: 30, missed: new MissedTexts() },
    ),
    { host: '127.0.0.1', port: 0, keepAliveMs: 65_000 },
  );
const gathering = await gateway(producer);
const naive = await gateway(onePutRecordEach(kinesis, streamName));
try {
  const contender = (name: string, port: number): Contender => ({
    name,
    run: () => load.run(name, `http://127.0.0.1:${port}`, texts),
  });
  const result = await compare({
    unit: 'webhooks',
    ours: contender('ours: what comes together is put together', gathering.port),
    others: [{ ...contender('one PutRecord per webhook', naive.port), atLeast: 2 }],
    repetitions: quick ? 2 : 7,
  });
  const more = load.times();
  const [ours, theirs] = Object.values(more).map((times) => times['p99 ms']);
  assert.ok(ours !== undefined && theirs !== undefined);
  const aims: Aim[] = [
    ...aimsOf(result),
    {
      against: 'its p99',
      aim: 'no worse',
      measured: `${ours} ms, of the other ${theirs}`,
      reached: ours <= theirs,
    },
  ];
  await publish({ benchmark: 'webhook', config, tables: [tableOf(result, { more })], aims }, json);
} finally {
  await Promise.all([gathering.stop(0), naive.stop(0)]);
  await producer.close();
  kinesis.destroy();
  await pool.end();
  await database.drop();
  await stack.stop();
}
