import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import type { KinesisClient } from '@aws-sdk/client-kinesis';
import { systemClock } from '#shared/clock.ts';
import { enforceWriteLimits } from '#shared/kinesis/enforce-write-limits.ts';
import { createStreamProducer } from '#shared/kinesis/producer.ts';
import { silentLogger } from '#shared/logger.ts';
import type { OutboxEntry } from '#shared/outbox/entry.ts';
import { createPublisher } from '#shared/outbox/publisher.ts';
import { createSlotRelay, type SlotRelay } from '#shared/outbox/slot-relay.ts';
import { writeSlotOutbox } from '#shared/outbox/write.ts';
import { createPool, inTransaction } from '#shared/postgres/pool.ts';
import { logEntry } from '../apps/sender/log-entry.ts';
import { seededRandom } from '../test/driver/random.ts';
import { createDatabase } from '../test/stack/stack.ts';
import { type Aim, publish, type Row, type Table } from './figures.ts';
import {
  aimsOf,
  benchmarkArguments,
  type Contender,
  compare,
  median,
  POSTGRES,
  startBenchStack,
  tableOf,
} from './harness.ts';
import { failSomeRecords } from './outbox/faulty-records.ts';
import { KinesisInMemory } from './outbox/kinesis-in-memory.ts';
import { PLAIN_OUTBOX, relayByPutRecord } from './outbox/put-record-relay.ts';

/**
 * What transactions left in the outbox, on its way to the stream, with 0, 1 and 10 % of the records failing.
 *
 *   node bench/outbox-relay.bench.ts [--quick] [--json FILE]
 *
 * Ours is the production relay with its 64 leased slots and the producer that puts together what comes together, with the
 * write limits of real shards in force. Against it: a PutRecord for each row (outbox/put-record-relay.ts), without those
 * limits, which its rate is far from. Both speak with the same stream in memory through the AWS SDK, whose calls take 8 ms. Records
 * are those of sent messages, of phones in no order. Beside the rate: processor time a row, of this process, in which the stream
 * works as well for either.
 * Gate: every row is on the stream; those of a phone first appear in their order, and a repetition comes before anything
 * newer of its phone; the outbox is empty. Duplicates are counted.
 */
const { quick, json } = benchmarkArguments();
const config = {
  rows: quick ? 4_000 : 20_000,
  phones: quick ? 1_000 : 5_000,
  shards: 40,
  postgres: POSTGRES,
};
const REPETITIONS = quick ? 2 : 5;
const FAILING = [0, 0.01, 0.1];

const clock = systemClock();
const random = seededRandom(7);
const entries: OutboxEntry[] = Array.from({ length: config.rows }, (_, n) => {
  const phoneNumber = `+1415${5_550_000 + Math.floor(random() * config.phones)}`;
  const message = {
    messageId: randomUUID(),
    phoneNumber,
    senderNumber: '+14155550100',
    body: `${n} Good morning! Today's lesson takes two minutes. Reply A, B or C.`,
    mediaUrls: [],
  };
  const answer = { carrierMessageId: `SM${n}`, status: 'queued', errorCode: null, segments: 1 };
  return logEntry({ attemptId: randomUUID(), message }, 'twilio', answer, clock.now());
});

const stack = await startBenchStack();
const database = await createDatabase();
const admin = database.adminPool;
const pool = createPool({ ...database.configFor('sender'), max: 4 }, () => undefined);

/** Of each run of one side. */
interface Counted {
  duplicates: number[];
  cpuUs: number[];
}

const shownOf = ({ cpuUs, duplicates }: Counted): Row => ({
  'duplicates a run, median': median(duplicates),
  'us of a processor a row, in the process': Math.round(median(cpuUs)),
});

/** Of the records on the stream: all there, in order per phone. Returns how many are there more than once. */
function check(stream: KinesisInMemory): number {
  const last = new Map<string, number>();
  const seen = new Set<number>();
  let repeated = 0;
  for (const text of stream.bodies) {
    const { body, phoneNumber } = JSON.parse(text) as { body: string; phoneNumber: string };
    const number = Number.parseInt(body, 10);
    const before = last.get(phoneNumber) ?? -1;
    assert.ok(number >= before, `of ${phoneNumber}, ${number} came after ${before}`);
    if (seen.has(number)) repeated += 1;
    seen.add(number);
    last.set(phoneNumber, number);
  }
  assert.equal(seen.size, config.rows, 'records were lost');
  return repeated;
}

/** Each run on a stream of its own, so that none meets what the last one left. Processor time in us a row. */
async function onOwnStream(
  share: number,
  work: (kinesis: KinesisClient, streamName: string) => Promise<number>,
): Promise<{ rate: number; repeated: number; cpuUs: number }> {
  const stream = new KinesisInMemory(config.shards);
  try {
    failSomeRecords(stream.client, share, random);
    const before = process.cpuUsage();
    const rate = await work(stream.client, 'message-log');
    const { system, user } = process.cpuUsage(before);
    return { rate, repeated: check(stream), cpuUs: (system + user) / config.rows };
  } finally {
    stream.client.destroy();
  }
}

async function relayOurs(kinesis: KinesisClient, streamName: string): Promise<number> {
  enforceWriteLimits(kinesis, clock);
  await admin.query('TRUNCATE outbox, lease, lease_worker');
  const producer = createStreamProducer({ kinesis, nameOf: () => streamName, clock, logger: silentLogger });
  const failed = Promise.withResolvers<never>();
  const all = Promise.withResolvers<void>();
  let published = 0;
  const relay: SlotRelay = createSlotRelay({
    pool,
    producer: 'sender',
    instance: randomUUID(),
    publisher: createPublisher({ producer }),
    clock,
    logger: silentLogger,
    metrics: {
      observe: (name, value) => {
        if (name === 'OutboxPublished') published += value;
        if (published === config.rows) all.resolve();
      },
      flush: () => undefined,
    },
    onFailure: failed.reject,
    idleMs: 20,
  });
  try {
    while (relay.slots().length < 64) await clock.sleep(5);
    await inTransaction(admin, (tx) => writeSlotOutbox(tx, 'sender', entries));
    const begunAt = performance.now();
    relay.wake();
    await Promise.race([all.promise, failed.promise]);
    const seconds = (performance.now() - begunAt) / 1_000;
    const { rowCount } = await admin.query('SELECT FROM outbox');
    assert.equal(rowCount, 0);
    return config.rows / seconds;
  } finally {
    await relay.stop();
    await producer.close();
  }
}

async function relayTheirs(kinesis: KinesisClient, streamName: string): Promise<number> {
  await admin.query('TRUNCATE plain_outbox');
  await admin.query(
    'INSERT INTO plain_outbox (ordering_key, body) SELECT * FROM unnest($1::text[], $2::text[])',
    [entries.map(({ orderingKey }) => orderingKey), entries.map(({ body }) => body)],
  );
  const begunAt = performance.now();
  await relayByPutRecord(admin, kinesis, streamName);
  const seconds = (performance.now() - begunAt) / 1_000;
  const { rowCount } = await admin.query('SELECT FROM plain_outbox');
  assert.equal(rowCount, 0);
  return config.rows / seconds;
}

try {
  await admin.query(PLAIN_OUTBOX);
  const tables: Table[] = [];
  const aims: Aim[] = [];
  for (const share of FAILING) {
    const [ours, theirs]: [Counted, Counted] = [
      { duplicates: [], cpuUs: [] },
      { duplicates: [], cpuUs: [] },
    ];
    const contender = (
      name: string,
      counted: Counted,
      work: (kinesis: KinesisClient, streamName: string) => Promise<number>,
    ): Contender => ({
      name,
      run: async () => {
        const { cpuUs, rate, repeated } = await onOwnStream(share, work);
        counted.duplicates.push(repeated);
        counted.cpuUs.push(cpuUs);
        return rate;
      },
    });
    const fail = `${share * 100} % of the records fail`;
    const [slots, rowByRow] = [
      'ours: 64 slots, up to 500 records a request',
      'a PutRecord per row, 32 at once',
    ];
    const result = await compare({
      unit: 'rows',
      ours: contender(slots, ours, relayOurs),
      others: [{ ...contender(rowByRow, theirs, relayTheirs), atLeast: 10 }],
      repetitions: REPETITIONS,
    });
    const more = { [slots]: shownOf(ours), [rowByRow]: shownOf(theirs) };
    tables.push(tableOf(result, { caption: fail, more }));
    aims.push(...aimsOf(result, fail));
  }
  await publish(
    { benchmark: 'outbox-relay', config: { ...config, repetitions: REPETITIONS }, tables, aims },
    json,
  );
} finally {
  await pool.end();
  await database.drop();
  await stack.stop();
}
