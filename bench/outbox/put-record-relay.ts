import { setTimeout as delay } from 'node:timers/promises';
import { type KinesisClient, PutRecordCommand } from '@aws-sdk/client-kinesis';
import type { Pool } from '#shared/postgres/pool.ts';

/** Keys whose records are on their way at the same time: at 8 ms a call more than one core can make requests for. */
const KEYS_AT_ONCE = 32;
/** Rows read and deleted together. */
const ROWS = 1_000;
const BACKOFF_MS = { first: 25, most: 1_000 };

/** Its table, with the one index that it needs. */
export const PLAIN_OUTBOX = `
CREATE TABLE plain_outbox (
  id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  ordering_key text   NOT NULL,
  body         text   NOT NULL
) WITH (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 5000)`;

interface Row {
  id: number;
  ordering_key: string;
  body: string;
}

/**
 * The relay that one writes with the AWS SDK and pg: the oldest rows, a PutRecord for each, those of a key one after another,
 * 32 keys at once, repeated with back-off until accepted; what is acknowledged is deleted together. While rows are put, the
 * next are read. Resolves when the outbox is empty.
 */
export async function relayByPutRecord(
  pool: Pool,
  kinesis: KinesisClient,
  streamName: string,
): Promise<void> {
  const read = async (after: number): Promise<Row[]> =>
    (
      await pool.query<Row>(
        'SELECT id, ordering_key, body FROM plain_outbox WHERE id > $1 ORDER BY id LIMIT $2',
        [after, ROWS],
      )
    ).rows;
  let deleted: Promise<unknown> = Promise.resolve();
  for (let rows = await read(0); rows.length > 0; ) {
    const next = read(rows.at(-1)?.id ?? 0);
    await putAll(kinesis, streamName, rows);
    await deleted;
    deleted = pool.query('DELETE FROM plain_outbox WHERE id = ANY ($1)', [rows.map(({ id }) => id)]);
    rows = await next;
  }
  await deleted;
}

async function putAll(kinesis: KinesisClient, streamName: string, rows: readonly Row[]): Promise<void> {
  const keys = [...Map.groupBy(rows, (row) => row.ordering_key).values()];
  const lane = async (): Promise<void> => {
    for (let key = keys.pop(); key !== undefined; key = keys.pop()) {
      for (const row of key) await put(kinesis, streamName, row);
    }
  };
  await Promise.all(Array.from({ length: KEYS_AT_ONCE }, lane));
}

async function put(kinesis: KinesisClient, StreamName: string, { ordering_key, body }: Row): Promise<void> {
  const command = { StreamName, PartitionKey: ordering_key, Data: Buffer.from(body) };
  for (let failures = 0; ; failures += 1) {
    try {
      await kinesis.send(new PutRecordCommand(command));
      return;
    } catch {
      // Whatever it was, the record has to get there, and nothing of its key before it.
      const ceiling = Math.min(BACKOFF_MS.most, BACKOFF_MS.first * 2 ** failures);
      await delay(ceiling / 2 + (Math.random() * ceiling) / 2);
    }
  }
}
