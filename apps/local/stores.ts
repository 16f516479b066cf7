import { CarillonError } from '#shared/errors.ts';
import type { Places } from './environment.ts';
import type { DataFolder } from './place.ts';
import type { ProcessPlan } from './process-plan.ts';
import type { LocalSecrets } from './secrets.ts';
import { kinesisEndpoint, planKinesis } from './stores/kinesis.ts';
import { planPostgres } from './stores/postgres.ts';
import { planRedis, probeRedis } from './stores/redis.ts';
import { findRedis } from './stores/redis-program.ts';
import { planSqs, sqsEndpoint } from './stores/sqs.ts';

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
  /** Starts a process and resolves when it serves. */
  launch(plan: ProcessPlan): Promise<void>;
  say(name: StoreName, text: string): void;
  /** Aborted when the stack stops. */
  signal: AbortSignal;
}

/** Starts PostgreSQL, Redis, Kinesis and SQS at the same time; resolves when all serve. What is in them: set-up.ts. */
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
): Omit<Places, 'publicUrl' | 'carrierUrl' | 'consoleFolder'> {
  return {
    postgres: { port: order.port('postgres'), database: DATABASE },
    redis:
      order.redisUrl === null
        ? { host: '127.0.0.1', port: order.port('redis'), cluster: true }
        : { ...plainRedisAddress(order.redisUrl), cluster: false },
    kinesisEndpoint: kinesisEndpoint(order.port('kinesis')),
    sqsEndpoint: sqsEndpoint(order.port('sqs')),
  };
}

/** Host and port of a single Redis without password and TLS: services of the local stack are given nothing else. */
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

async function bringUpPostgres({ folder, port, secrets, launch, signal }: StoresOrder): Promise<void> {
  await launch(
    await planPostgres({
      folder: folder.postgres,
      port: port('postgres'),
      password: secrets.postgresPassword,
      durable: true,
      signal,
    }),
  );
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

async function bringUpKinesis({ folder, port, launch }: StoresOrder): Promise<void> {
  await launch(await planKinesis({ folder: folder.kinesis, port: port('kinesis') }));
}

async function bringUpSqs({ folder, port, launch }: StoresOrder): Promise<void> {
  await launch(await planSqs({ folder: folder.sqs, port: port('sqs') }));
}
