import { randomBytes } from 'node:crypto';
import type { KinesisClient } from '@aws-sdk/client-kinesis';
import type { SQSClient } from '@aws-sdk/client-sqs';
import pg from 'pg';
import { systemClock } from '#shared/clock.ts';
import { roleOf } from '#shared/postgres/grants.ts';
import { createPool, type Pool, type PostgresConfig } from '#shared/postgres/pool.ts';
import type { ServiceName } from '#shared/topology.ts';
import { createStreams, localKinesis } from '../../apps/local/stores/kinesis-streams.ts';
import { postgresUrl } from '../../apps/local/stores/postgres.ts';
import { createQueues, localSqs } from '../../apps/local/stores/sqs-queues.ts';
import { type StackFacts, stackFactsSchema } from './facts.ts';

/** What integration tests ask for. Everything that they get is their own: nothing is shared between test files. */

export function stackFacts(): StackFacts {
  const text = process.env.CARILLON_TEST_STACK;
  if (text === undefined) throw new Error('run integration tests with: mocha --config .mocharc.int.json');
  return stackFactsSchema.parse(JSON.parse(text));
}

const unique = (): string => randomBytes(5).toString('hex');

export interface TestDatabase {
  /** Of the superuser, to arrange and to look. Rights are those of `configFor`. */
  adminPool: Pool;
  /** How a service reaches this database, with its own role. */
  configFor(service: ServiceName): PostgresConfig & { password: string };
  /** Of the superuser. */
  url: string;
  /** A host that needs less work than TCP, for whoever asks much: the folder of the server's socket, where it has one. */
  nearest: string;
  name: string;
  /** Closes the pool of the superuser and removes the database, whoever is still connected. */
  drop(): Promise<void>;
}

/**
 * A migrated, empty database of one's own: for one test file. Its files are copied: through the log, as is PostgreSQL's default,
 * it takes 97 ms of a processor instead of 35.
 */
export async function createDatabase(): Promise<TestDatabase> {
  const facts = stackFacts();
  const name = `test_${unique()}`;
  await asSuperuser((client) =>
    client.query(`CREATE DATABASE ${name} TEMPLATE ${facts.templateDatabase} STRATEGY FILE_COPY`),
  );
  const server = { host: '127.0.0.1', port: facts.postgres.port, database: name };
  const adminPool = createPool(
    { ...server, user: 'postgres', password: facts.postgres.password, applicationName: 'test' },
    () => undefined,
  );
  return {
    adminPool,
    configFor: (service) => ({
      ...server,
      user: roleOf(service),
      password: facts.rolePassword,
      applicationName: `test-${service}`,
    }),
    url: postgresUrl(facts.postgres, name),
    nearest: facts.postgres.socketFolder ?? server.host,
    name,
    drop: async () => {
      await adminPool.end();
      await asSuperuser((client) => client.query(`DROP DATABASE ${name} WITH (FORCE)`));
    },
  };
}

async function asSuperuser(work: (client: pg.Client) => Promise<unknown>): Promise<void> {
  const client = new pg.Client({ connectionString: postgresUrl(stackFacts().postgres, 'postgres') });
  await client.connect();
  try {
    await work(client);
  } finally {
    await client.end();
  }
}

/** Address of the one Redis of the run: take keys with a name of your own. */
export const redisUrl = (): string => stackFacts().redisUrl;

/** The caller destroys the client. */
export const kinesisClient = (): KinesisClient => localKinesis(stackFacts().kinesisEndpoint);

/** The caller destroys the client. */
export const sqsClient = (): SQSClient => localSqs(stackFacts().sqsEndpoint);

/**
 * A stream of one's own, active. Its name is `prefix` (what STREAM_PREFIX is to a service) and then `name`.
 */
export async function createStream(
  name: string,
  shards = 1,
): Promise<{ streamName: string; prefix: string }> {
  const prefix = `t${unique()}-`;
  const streamName = `${prefix}${name}`;
  const client = kinesisClient();
  try {
    await createStreams(client, { [streamName]: { shards } }, systemClock());
  } finally {
    client.destroy();
  }
  return { streamName, prefix };
}

export interface TestQueue {
  queueName: string;
  queueUrl: string;
  deadLetterName: string;
  deadLetterUrl: string;
  prefix: string;
}

/** A FIFO queue of one's own with a dead-letter queue, as the topology's are. `name` ends with `.fifo`. */
export async function createQueue(
  name: string,
  options: { visibilitySeconds?: number; maxReceives?: number } = {},
): Promise<TestQueue> {
  const prefix = `t${unique()}-`;
  const queueName = `${prefix}${name}`;
  const deadLetterName = queueName.replace(/\.fifo$/, '-dead.fifo');
  const client = sqsClient();
  try {
    const urls = await createQueues(client, {
      [queueName]: {
        deadLetter: deadLetterName,
        visibilitySeconds: options.visibilitySeconds ?? 30,
        maxReceives: options.maxReceives ?? 5,
      },
    });
    const queueUrl = urls.get(queueName);
    if (queueUrl === undefined) throw new Error(`no address for ${queueName}`);
    return {
      queueName,
      queueUrl,
      deadLetterName,
      deadLetterUrl: queueUrl.replace(queueName, deadLetterName),
      prefix,
    };
  } finally {
    client.destroy();
  }
}
