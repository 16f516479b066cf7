import type { Clock } from '#shared/clock.ts';
import { CarillonError } from '#shared/errors.ts';
import { applyGrants } from '#shared/postgres/grants.ts';
import { migrate } from '#shared/postgres/migrate.ts';
import type { QueueRow, ServiceRow, StreamRow } from '#shared/topology.ts';
import type { Places } from './environment.ts';
import type { DataFolder } from './place.ts';
import type { ProcessPlan } from './process-plan.ts';
import type { LocalSecrets } from './secrets.ts';
import { createStreams, kinesisEndpoint, localKinesis, planKinesis } from './stores/kinesis.ts';
import { createDatabaseIfMissing, planPostgres, postgresUrl } from './stores/postgres.ts';
import { planRedis, probeRedis } from './stores/redis.ts';
import { findRedis } from './stores/redis-program.ts';
import { createQueues, localSqs, planSqs, sqsEndpoint } from './stores/sqs.ts';

export const DATABASE = 'carillon';
export const storeNames = ['postgres', 'redis', 'kinesis', 'sqs'] as const;
export type StoreName = (typeof storeNames)[number];

/** What the stack needs to know to bring up its stores. */
export interface StoresOrder {
  folder: DataFolder;
  port: (name: StoreName) => number;
  secrets: LocalSecrets;
  /** Use this server instead of one of our own. */
  redisUrl: string | null;
  redisCache: string;
  searchPath: string;
  services: Readonly<Record<string, Pick<ServiceRow, 'tables'>>>;
  streams: Readonly<Record<string, StreamRow>>;
  queues: Readonly<Record<string, QueueRow>>;
  clock: Clock;
  /** Starts a process and resolves when it serves. */
  launch(plan: ProcessPlan): Promise<void>;
  say(name: StoreName, text: string): void;
}

/**
 * Starts PostgreSQL, Redis, Kinesis and SQS at the same time and makes what the topology asks of them: schema, roles,
 * streams, queues. Everything is made only where it is missing.
 */
export async function bringUpStores(order: StoresOrder): Promise<void> {
  const all = await Promise.allSettled([
    bringUpPostgres(order),
    bringUpRedis(order),
    bringUpKinesis(order),
    bringUpSqs(order),
  ]);
  for (const result of all) if (result.status === 'rejected') throw result.reason;
}

export function storePlaces(
  order: Pick<StoresOrder, 'port' | 'redisUrl'>,
): Omit<Places, 'publicUrl' | 'carrierUrl'> {
  return {
    postgres: { port: order.port('postgres'), database: DATABASE },
    redis:
      order.redisUrl === null
        ? { host: '127.0.0.1', port: order.port('redis') }
        : plainRedisAddress(order.redisUrl),
    kinesisEndpoint: kinesisEndpoint(order.port('kinesis')),
    sqsEndpoint: sqsEndpoint(order.port('sqs')),
  };
}

/** Host and port of a Redis without password and TLS: services of the local stack are given nothing else. */
export function plainRedisAddress(url: string): { host: string; port: number } {
  const { protocol, hostname, port, username, password } = new URL(url);
  if (protocol !== 'redis:' || username !== '' || password !== '' || hostname === '') {
    throw new CarillonError(
      'invalid_configuration',
      `CARILLON_REDIS_URL is ${protocol}//${hostname}: it must be redis://host:port, without a password or TLS.`,
    );
  }
  return { host: hostname, port: port === '' ? 6379 : Number(port) };
}

async function bringUpPostgres({ folder, port, secrets, services, launch, say }: StoresOrder): Promise<void> {
  const place = {
    folder: folder.postgres,
    port: port('postgres'),
    password: secrets.postgresPassword,
    durable: true,
  };
  await launch(await planPostgres(place));
  await createDatabaseIfMissing(place, DATABASE);
  const url = postgresUrl(place, DATABASE);
  const applied = await migrate(url);
  if (applied.length > 0) say('postgres', `schema brought up to ${applied.at(-1)}`);
  await applyGrants(url, new Map(Object.entries(secrets.rolePasswords)), services);
}

async function bringUpRedis(order: StoresOrder): Promise<void> {
  if (order.redisUrl !== null) {
    const fault = await probeRedis(order.redisUrl);
    if (fault !== null) {
      throw new CarillonError('invalid_configuration', `CARILLON_REDIS_URL does not answer: ${fault}`);
    }
    return;
  }
  const program = await findRedis({
    searchPath: order.searchPath,
    cache: order.redisCache,
    onFetch: () =>
      order.say('redis', 'fetching the Redis server of this system (once, nothing is installed)'),
  });
  await order.launch(await planRedis(program, { folder: order.folder.redis, port: order.port('redis') }));
}

async function bringUpKinesis({ folder, port, streams, launch, clock }: StoresOrder): Promise<void> {
  await launch(await planKinesis({ folder: folder.kinesis, port: port('kinesis') }));
  const client = localKinesis(kinesisEndpoint(port('kinesis')));
  await createStreams(client, streams, clock).finally(() => client.destroy());
}

async function bringUpSqs({ folder, port, queues, launch }: StoresOrder): Promise<void> {
  await launch(await planSqs({ folder: folder.sqs, port: port('sqs') }));
  const client = localSqs(sqsEndpoint(port('sqs')));
  await createQueues(client, queues).finally(() => client.destroy());
}
