import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import {
  type KinesisClient,
  ListShardsCommand,
  PutRecordsCommand,
  SplitShardCommand,
} from '@aws-sdk/client-kinesis';
import dynalite from 'dynalite';
import {
  createDatabase,
  createStream,
  kinesisClient,
  stackFacts,
  type TestDatabase,
} from '../../test/stack/stack.ts';
import { EFFECT, type Side, STATE_TABLE } from './sides.ts';
import { Workers } from './workers.ts';

/** Longest wait for workers to take over: lifion-kinesis takes somebody for gone after 40 s, and looks for that every 20. */
const PATIENCE_MS = 150_000;

/** What was waited for did not come within `PATIENCE_MS`. */
export class TooLong extends Error {}
const KEYS = Array.from({ length: 40 }, (_, n) => `+1415${5_550_000 + n}`);

/** What became of the records of a trial. */
export interface Verdict {
  records: number;
  lost: number; // or not processed within `PATIENCE_MS`
  /** Effects beyond one for each record. */
  reprocessed: number;
  /** Records whose first effect came after that of a later one of their key. */
  outOfOrder: number;
}

/**
 * The table of lifion-kinesis, as it would make it, and as one has it from the deployment: making it, it would wait 20 s before it
 * looks whether it is there.
 */
async function createStateTable(endpoint: string): Promise<void> {
  const date = new Date().toISOString().replace(/[-:]|\.\d+/g, '');
  const credential = `bench/${date.slice(0, 8)}/us-east-1/dynamodb/aws4_request`;
  const answer = await fetch(endpoint, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-amz-json-1.0',
      'x-amz-target': 'DynamoDB_20120810.CreateTable',
      'x-amz-date': date,
      // Looked for by the emulator, and not looked at.
      authorization: `AWS4-HMAC-SHA256 Credential=${credential}, SignedHeaders=host, Signature=none`,
    },
    body: JSON.stringify({
      TableName: STATE_TABLE,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: ['consumerGroup', 'streamName'].map((AttributeName) => ({
        AttributeName,
        AttributeType: 'S',
      })),
      KeySchema: [
        { AttributeName: 'consumerGroup', KeyType: 'HASH' },
        { AttributeName: 'streamName', KeyType: 'RANGE' },
      ],
    }),
  });
  if (!answer.ok) throw new Error(`no table of state: ${await answer.text()}`);
  // It is there 10 ms later.
  await delay(100);
}

/** A stream of its own, a database of its own, and workers of one side. */
export class Trial {
  readonly workers: Workers;
  readonly #kinesis: KinesisClient = kinesisClient();
  readonly #database: TestDatabase;
  readonly #streamName: string;
  readonly #closeDynamo: () => void;
  #put = 0;
  #trickling: { stop(): Promise<void> } | null = null;

  /** On a new stream of so many shards, or on one that is there with what it holds. */
  static async create(
    side: Side,
    on: { shards: number } | { streamName: string; records: number },
  ): Promise<Trial> {
    const database = await createDatabase();
    await database.adminPool.query(EFFECT);
    await database.adminPool.query('GRANT ALL ON effect, effect_n_seq TO PUBLIC');
    const { streamName } = 'shards' in on ? await createStream('dialog-commands', on.shards) : on;
    const dynamo = dynalite({ createTableMs: 10 });
    dynamo.listen(0, '127.0.0.1');
    await once(dynamo, 'listening');
    const { port } = dynamo.address() as AddressInfo;
    await createStateTable(`http://127.0.0.1:${port}`);
    const { host, ...postgres } = database.configFor('dialog');
    const workers = new Workers({
      side,
      streamName,
      kinesisEndpoint: stackFacts().kinesisEndpoint,
      dynamoEndpoint: `http://127.0.0.1:${port}`,
      postgres: { ...postgres, host, port: postgres.port ?? 5432 },
    });
    const trial = new Trial(workers, database, streamName, () => {
      dynamo.closeAllConnections();
      dynamo.close();
    });
    if ('records' in on) trial.#put = on.records;
    return trial;
  }

  get streamName(): string {
    return this.#streamName;
  }

  private constructor(workers: Workers, database: TestDatabase, streamName: string, closeDynamo: () => void) {
    this.workers = workers;
    this.#database = database;
    this.#streamName = streamName;
    this.#closeDynamo = closeDynamo;
  }

  async close(): Promise<void> {
    await this.#trickling?.stop();
    await this.workers.endAll();
    this.#closeDynamo();
    this.#kinesis.destroy();
    await this.#database.drop();
  }

  /** Puts so many records in order: one of each key to a request, because PutRecords keeps no order among its own. */
  async put(count: number): Promise<void> {
    for (let left = count; left > 0; ) {
      const Records = KEYS.slice(0, left).map((PartitionKey) => {
        this.#put += 1;
        return { PartitionKey, Data: Buffer.from(String(this.#put).padEnd(100)) };
      });
      left -= Records.length;
      const answer = await this.#kinesis.send(
        new PutRecordsCommand({ StreamName: this.#streamName, Records }),
      );
      assert.equal(answer.FailedRecordCount ?? 0, 0);
    }
  }

  /** From now on some records of every key, five times a second, until `settle`. */
  trickle(): void {
    const stopping = new AbortController();
    const loop = async (): Promise<void> => {
      while (!stopping.signal.aborted) {
        await this.put(KEYS.length);
        await delay(200);
      }
    };
    const looping = loop();
    looping.catch(() => undefined);
    this.#trickling = {
      stop: async () => {
        stopping.abort();
        await looping;
      },
    };
  }

  /** Ends the trickle, waits until all records have an effect, and judges. */
  async settle(): Promise<Verdict> {
    await this.#trickling?.stop();
    this.#trickling = null;
    await this.until(
      async () => (await this.#count('count(DISTINCT number)')) === this.#put,
      'all records',
    ).catch((error: unknown) => {
      // Then `lost` says how many.
      if (!(error instanceof TooLong)) throw error;
    });
    // Whatever comes twice comes soon after.
    await delay(1_000);
    const { rows } = await this.#database.adminPool.query<{ key: string; number: number }>(
      'SELECT key, number FROM effect ORDER BY n',
    );
    const last = new Map<string, number>();
    const seen = new Set<number>();
    let outOfOrder = 0;
    for (const { key, number } of rows) {
      const before = last.get(key) ?? 0;
      if (!seen.has(number) && number < before) outOfOrder += 1;
      seen.add(number);
      last.set(key, Math.max(before, number));
    }
    return {
      records: this.#put,
      lost: this.#put - seen.size,
      reprocessed: rows.length - seen.size,
      outOfOrder,
    };
  }

  /**
   * Starts a worker; records a second from then, its start included, to the last effect, and microseconds of a processor that its
   * process took for each, without its start.
   */
  async drain(): Promise<{ rate: number; processorUs: number }> {
    const { adminPool } = this.#database;
    const { rows: started } = await adminPool.query<{ at: Date }>('SELECT clock_timestamp() AS at');
    const worker = await this.workers.start();
    const before = await this.workers.processorSeconds(worker);
    await this.until(async () => (await this.#count('count(*)')) >= this.#put, 'all records');
    const took = (await this.workers.processorSeconds(worker)) - before;
    const { rows } = await adminPool.query<{ rate: number }>(
      'SELECT (count(*) / extract(epoch FROM max(at) - $1::timestamptz))::float8 AS rate FROM effect',
      [started[0]?.at],
    );
    return { rate: rows[0]?.rate ?? Number.NaN, processorUs: (took / this.#put) * 1e6 };
  }

  /** Resolves when each of these workers, and nobody else, has worked within the last two seconds, on all keys together. */
  async shared(...workers: string[]): Promise<void> {
    const who = workers.toSorted().join();
    await this.until(async () => (await this.#recent()) === who, `work by ${who}`);
  }

  /** Seconds from now until every key has an effect of a record that is put after now: until all shards move. */
  async untilAllKeysMove(): Promise<number> {
    const begunAt = performance.now();
    const from = this.#put;
    await this.until(
      async () => (await this.#count('count(DISTINCT key)', 'number > $1', [from])) === KEYS.length,
      'records of every key',
    );
    return (performance.now() - begunAt) / 1_000;
  }

  /** Splits every open shard in the middle. */
  async splitAll(): Promise<void> {
    const { Shards = [] } = await this.#kinesis.send(new ListShardsCommand({ StreamName: this.#streamName }));
    for (const { HashKeyRange, SequenceNumberRange, ShardId } of Shards) {
      if (SequenceNumberRange?.EndingSequenceNumber !== undefined) continue;
      const middle =
        (BigInt(HashKeyRange?.StartingHashKey ?? 0) + BigInt(HashKeyRange?.EndingHashKey ?? 0)) / 2n;
      const split = new SplitShardCommand({
        StreamName: this.#streamName,
        ShardToSplit: ShardId,
        NewStartingHashKey: String(middle),
      });
      await this.#whenActive(() => this.#kinesis.send(split));
    }
  }

  async until(holds: () => Promise<boolean>, what: string): Promise<void> {
    const deadline = performance.now() + PATIENCE_MS;
    while (!(await holds())) {
      this.workers.check();
      if (performance.now() > deadline) throw new TooLong(`waited too long for ${what}`);
      await delay(50);
    }
  }

  /** A stream takes one change at a time. */
  async #whenActive(work: () => Promise<unknown>): Promise<void> {
    for (;;) {
      try {
        await work();
        return;
      } catch (error) {
        if (!(error instanceof Error) || error.name !== 'ResourceInUseException') throw error;
        await delay(50);
      }
    }
  }

  async #recent(): Promise<string> {
    const { rows } = await this.#database.adminPool.query<{ workers: string | null }>(
      `SELECT string_agg(DISTINCT worker, ',' ORDER BY worker) AS workers FROM effect
        WHERE at > clock_timestamp() - interval '2 seconds'`,
    );
    return rows[0]?.workers ?? '';
  }

  async #count(what: string, where = 'true', values: number[] = []): Promise<number> {
    const { rows } = await this.#database.adminPool.query<{ count: number }>(
      `SELECT ${what}::int AS count FROM effect WHERE ${where}`,
      values,
    );
    return rows[0]?.count ?? 0;
  }
}
