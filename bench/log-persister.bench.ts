import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { from as copyFrom } from 'pg-copy-streams';
import { statusRank } from '#shared/carriers/status.ts';
import type { MessageLogRecord } from '#shared/contracts/message-log.ts';
import { parseAhead } from '#shared/kinesis/parse-ahead.ts';
import { silentLogger } from '#shared/logger.ts';
import { noMetrics } from '#shared/metrics.ts';
import { createPool, inTransaction, type Pool } from '#shared/postgres/pool.ts';
import { testPseudonyms } from '#test/pseudonyms.ts';
import { createDatabase } from '#test/stack/stack.ts';
import { logConsumer } from '../apps/log/persist.ts';
import type { LogRow } from '../apps/log/row.ts';
import { outbound, status } from '../apps/log/sample-records.ts';
import { publish } from './figures.ts';
import {
  aimsOf,
  benchmarkArguments,
  type Contender,
  compare,
  POSTGRES,
  startBenchStack,
  tableOf,
} from './harness.ts';

/**
 * The message log's persister against one INSERT per record, with raw COPY as the limit.
 *
 *   node bench/log-persister.bench.ts [--quick] [--json FILE]
 *
 * Ours is the production path from the text of stream records: parse a batch while the one before is written, derive
 * ids, merge, one statement and one transaction per batch, on one connection. One INSERT per record: the same parsing, then a prepared
 * statement and a transaction for each, on one connection and on eight (which keep no order of a message's records; the merge needs none). COPY: all in one COPY into the same table with the same indexes, parsing the
 * same texts, or with nothing to parse; it merges nothing.
 * Gate: one row per message, each with the status of highest rank.
 */
const { quick, json } = benchmarkArguments();
const MESSAGES = quick ? 5_000 : 20_000;
/** One record per transaction is slow: fewer records give the same rate. */
const SINGLE = quick ? 500 : 2_500;
const REPETITIONS = quick ? 3 : 7;
const BATCH = 500;

const texts = (records: readonly MessageLogRecord[]): string[] =>
  records.map((record) => JSON.stringify(record));
const numbers = Array.from({ length: MESSAGES }, (_, n) => n);
const sent = texts(numbers.map((n) => outbound(n)));
/** Each message, then `sent`, then `delivered`, a few batches apart as they are in life. */
const followed = texts(
  numbers.flatMap((n) => [
    outbound(n),
    ...(n >= 400 ? [status(n - 400, 'sent')] : []),
    ...(n >= 800 ? [status(n - 800, 'delivered')] : []),
  ]),
);

const stack = await startBenchStack();
const database = await createDatabase();
const pool = createPool({ ...database.configFor('log'), max: 1 }, () => undefined);
/** As many as services have that write one record at a time. */
const CONNECTIONS = 8;
const manyPool = createPool({ ...database.configFor('log'), max: CONNECTIONS }, () => undefined);
const consumer = logConsumer({ pseudonyms: testPseudonyms, logger: silentLogger, metrics: noMetrics });

async function check(messages: number): Promise<void> {
  const { rows } = await database.adminPool.query<{ rows: number; outbound: number }>(
    "SELECT count(*)::int AS rows, count(*) FILTER (WHERE direction = 'outbound')::int AS outbound FROM message_log",
  );
  assert.deepEqual(rows, [{ rows: messages, outbound: messages }]);
}

const timed = (name: string, records: number, messages: number, work: () => Promise<void>): Contender => ({
  name,
  run: async () => {
    await database.adminPool.query('TRUNCATE message_log');
    await database.adminPool.query('CHECKPOINT');
    const began = performance.now();
    await work();
    const seconds = (performance.now() - began) / 1_000;
    await check(messages);
    return records / seconds;
  },
});

async function persist(bodies: readonly string[], size: number): Promise<void> {
  const records = bodies.map((body, index) => ({
    body,
    sequenceNumber: String(index),
    partitionKey: '',
    arrivedAt: new Date(0),
  }));
  for await (const { understood } of parseAhead(consumer, records, size)) {
    await inTransaction(pool, (tx) => consumer.apply(tx, understood.parsed));
  }
}

const inBatches = (name: string, bodies: readonly string[], size: number): Contender =>
  timed(`${name}: ${size} a transaction`, bodies.length, MESSAGES, () => persist(bodies, size));

/** What one writes by hand for a single record: VALUES, and the same merge of statuses where the row is there. */
const INSERT_ONE = `
INSERT INTO message_log AS log
  (log_id, carrier, carrier_message_id, direction, phone_number, our_number, body, media_urls, message_id,
   attempt_id, segments, status, status_rank, status_at, error_code, occurred_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)
ON CONFLICT (log_id) DO UPDATE SET
  direction = coalesce(log.direction, excluded.direction), our_number = coalesce(log.our_number, excluded.our_number),
  body = coalesce(log.body, excluded.body), segments = coalesce(log.segments, excluded.segments),
  occurred_at = coalesce(log.occurred_at, excluded.occurred_at),
  status = CASE WHEN excluded.status_rank > log.status_rank THEN excluded.status ELSE log.status END,
  status_rank = greatest(log.status_rank, excluded.status_rank),
  status_at = CASE WHEN excluded.status_rank > log.status_rank THEN excluded.status_at ELSE log.status_at END,
  error_code = CASE WHEN excluded.status_rank > log.status_rank THEN excluded.error_code ELSE log.error_code END`;

async function insertOne(
  db: Pool,
  { logId, carrier, carrierMessageId, content, mentioned, status: reported }: LogRow,
): Promise<void> {
  // Named: planned once on each connection.
  await db.query({
    name: 'insert_one',
    text: INSERT_ONE,
    values: [
      logId,
      carrier,
      carrierMessageId,
      content?.direction ?? null,
      (content ?? mentioned).phoneNumber,
      content?.ourNumber ?? null,
      content?.body ?? null,
      content?.mediaUrls ?? [],
      (content ?? mentioned).messageId,
      (content ?? mentioned).attemptId,
      content?.segments ?? null,
      reported.status,
      statusRank(reported.status),
      reported.at,
      reported.errorCode,
      content?.occurredAt ?? null,
    ],
  });
}

const singly = (bodies: readonly string[], connections: number): Contender => {
  const part = bodies.slice(0, SINGLE * connections);
  const messages = new Set(part.map((body) => consumer.parse(body).logId)).size;
  const name = connections === 1 ? 'one INSERT per record' : `the same on ${connections} connections`;
  return timed(name, part.length, messages, async () => {
    const left = part.values();
    const loop = async (): Promise<void> => {
      for (const body of left) await insertOne(connections === 1 ? pool : manyPool, consumer.parse(body));
    };
    await Promise.all(Array.from({ length: connections }, loop));
  });
};

const copied = (name: string, rows: () => readonly LogRow[]): Contender =>
  timed(name, sent.length, MESSAGES, async () => {
    const client = await pool.connect();
    try {
      const into = client.query(
        copyFrom(
          `COPY message_log (log_id, carrier, carrier_message_id, direction, phone_number, our_number, body, media_urls,
                             message_id, attempt_id, segments, status, status_rank, status_at, occurred_at) FROM STDIN`,
        ),
      );
      await pipeline(Readable.from(copyChunks(rows())), into);
    } finally {
      client.release();
    }
  });
const parsed = (): LogRow[] => sent.map((body) => consumer.parse(body));
const alreadyParsed = parsed();

/** Rows in COPY's text form, a thousand lines at a time. The samples hold nothing that would need an escape. */
function* copyChunks(rows: readonly LogRow[]): Generator<string> {
  for (let i = 0; i < rows.length; i += 1_000) {
    let chunk = '';
    for (const { logId, carrier, carrierMessageId, content, status: reported } of rows.slice(i, i + 1_000)) {
      if (content === null) throw new Error('a sent message has content');
      chunk += `${logId}\t${carrier}\t${carrierMessageId}\t${content.direction}\t${content.phoneNumber}\t${content.ourNumber}\t${content.body}\t{}\t${content.messageId}\t${content.attemptId}\t${content.segments}\t${reported.status}\t${statusRank(reported.status)}\t${reported.at.toISOString()}\t${content.occurredAt.toISOString()}\n`;
    }
    yield chunk;
  }
}

try {
  const config = { messages: MESSAGES, connections: 1, postgres: POSTGRES };
  const fresh = await compare({
    unit: 'records',
    ours: inBatches('ours', sent, BATCH),
    others: [
      { ...singly(sent, 1), atLeast: 20 },
      { ...singly(sent, CONNECTIONS), atLeast: null },
      { ...copied('raw COPY, parsing the same texts', parsed), atLeast: 0.45 },
      { ...copied('raw COPY of rows parsed before', () => alreadyParsed), atLeast: null },
      { ...inBatches('ours', sent, 2_000), atLeast: null },
    ],
    repetitions: REPETITIONS,
  });
  const updated = await compare({
    unit: 'records',
    ours: inBatches('ours', followed, BATCH),
    others: [
      { ...singly(followed, 1), atLeast: 20 },
      { ...singly(followed, CONNECTIONS), atLeast: null },
    ],
    repetitions: Math.min(3, REPETITIONS),
  });
  await publish(
    {
      benchmark: 'log-persister',
      config: { ...config, repetitions: REPETITIONS },
      tables: [
        tableOf(fresh, { caption: `New messages, ${sent.length} records` }),
        tableOf(updated, { caption: `Messages with two statuses each, ${followed.length} records` }),
      ],
      aims: [...aimsOf(fresh), ...aimsOf(updated, 'two statuses each')],
    },
    json,
  );
} finally {
  await pool.end();
  await manyPool.end();
  await database.drop();
  await stack.stop();
}
