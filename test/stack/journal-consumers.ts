import assert from 'node:assert/strict';
import { type KinesisClient, PutRecordCommand } from '@aws-sdk/client-kinesis';
import { systemClock } from '#shared/clock.ts';
import {
  type StreamConsumer,
  type StreamConsumerDeps,
  startStreamConsumer,
} from '#shared/kinesis/consumer.ts';
import type { StreamConsumerDefinition } from '#shared/kinesis/definition.ts';
import { silentLogger } from '#shared/logger.ts';
import { noMetrics } from '#shared/metrics.ts';
import type { OutboxEntry } from '#shared/outbox/entry.ts';
import { createDatabase, kinesisClient, type TestDatabase } from './stack.ts';

/** Each record is one line of a journal, and one entry that leaves. */
const definition: StreamConsumerDefinition<string> = {
  consumer: 'test',
  stream: 'dialog-commands',
  parse: (body) => body,
  apply: async (tx, parsed) => {
    await tx.query(
      `INSERT INTO journal (key, body)
       SELECT key, body FROM unnest($1::text[], $2::text[]) WITH ORDINALITY AS r(key, body, n) ORDER BY n`,
      [parsed.map(({ partitionKey }) => partitionKey), parsed.map(({ value }) => value)],
    );
    return {
      entries: parsed.map(({ value, partitionKey }) => ({
        kind: 'stream' as const,
        target: 'dialog-events' as const,
        orderingKey: partitionKey,
        body: value,
      })),
    };
  },
};

/** So many lines of five phones, numbered in order from `from` on. */
export const numbered = (count: number, from = 0): [key: string, body: string][] =>
  Array.from({ length: count }, (_, i) => [`+1415555010${i % 5}`, String(from + i)]);

/** Stream consumers that keep a journal, in a database of their own, with leases that run out soon. */
export class JournalConsumers {
  readonly database: TestDatabase;
  readonly kinesis: KinesisClient = kinesisClient();
  /** What left, in order. */
  readonly published: OutboxEntry[] = [];
  /** What all of them read. */
  streamName = '';
  readonly #running: StreamConsumer[] = [];
  readonly #failures: unknown[] = [];

  private constructor(database: TestDatabase) {
    this.database = database;
  }

  static async create(): Promise<JournalConsumers> {
    const database = await createDatabase();
    await database.adminPool.query('CREATE TABLE journal (n serial, key text, body text)');
    return new JournalConsumers(database);
  }

  start(worker: string, change: Partial<StreamConsumerDeps> = {}): StreamConsumer {
    const consumer = startStreamConsumer(definition, {
      kinesis: this.kinesis,
      nameOf: () => this.streamName,
      pool: this.database.adminPool,
      publisher: {
        publish: async (entries) => {
          this.published.push(...entries);
        },
      },
      hints: null,
      worker,
      clock: systemClock(),
      logger: silentLogger,
      metrics: noMetrics,
      onFailure: (error) => this.#failures.push(error),
      batchSize: 10,
      readShare: 1,
      leaseMs: 1_500,
      heartbeatMs: 100,
      discoverMs: 300,
      ...change,
    });
    this.#running.push(consumer);
    return consumer;
  }

  async put(...lines: [key: string, body: string][]): Promise<void> {
    for (const [key, body] of lines) {
      await this.kinesis.send(
        new PutRecordCommand({ StreamName: this.streamName, PartitionKey: key, Data: Buffer.from(body) }),
      );
    }
  }

  /** Bodies in the order in which they were processed. */
  async journal(): Promise<string[]> {
    const { rows } = await this.database.adminPool.query<{ body: string }>(
      'SELECT body FROM journal ORDER BY n',
    );
    return rows.map(({ body }) => body);
  }

  /** Throws unless the first `count` numbered lines are there, each once, and in order for every key. */
  async requireEachOnceInOrder(count: number): Promise<void> {
    const { rows } = await this.database.adminPool.query<{ key: string; body: string }>(
      'SELECT key, body FROM journal ORDER BY n',
    );
    assert.deepEqual(
      rows.map(({ body }) => Number(body)).sort((x, y) => x - y),
      Array.from({ length: count }, (_, i) => i),
    );
    for (const phone of new Set(rows.map(({ key }) => key))) {
      const bodies = rows.filter(({ key }) => key === phone).map(({ body }) => Number(body));
      assert.deepEqual(
        bodies,
        [...bodies].sort((x, y) => x - y),
      );
    }
  }

  /** Stops all, and throws when one of them failed. */
  async end(): Promise<void> {
    await Promise.all(this.#running.map((consumer) => consumer.stop()));
    this.kinesis.destroy();
    await this.database.drop();
    assert.deepEqual(this.#failures, []);
  }
}
