import { randomInt } from 'node:crypto';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { systemClock } from '#shared/clock.ts';
import { applyGrants } from '#shared/postgres/grants.ts';
import { migrate } from '#shared/postgres/migrate.ts';
import { services } from '#shared/topology.ts';
import { claimPorts, STACK_BLOCKS } from '../../apps/local/ports.ts';
import { kinesisEndpoint, planKinesis } from '../../apps/local/stores/kinesis.ts';
import { planPostgres, postgresUrl } from '../../apps/local/stores/postgres.ts';
import { createDatabaseIfMissing } from '../../apps/local/stores/postgres-database.ts';
import { CLUSTER_BUS, planRedis, probeCluster, redisUrlOf } from '../../apps/local/stores/redis.ts';
import { findRedis } from '../../apps/local/stores/redis-program.ts';
import { planSqs, sqsEndpoint } from '../../apps/local/stores/sqs.ts';
import { scratchRoot } from '../scratch.ts';
import { allSettled, Children } from './children.ts';
import type { StackFacts } from './facts.ts';

export interface TestStack {
  facts: StackFacts;
  /** Ends every process and removes their files. */
  stop(): Promise<void>;
}

const TEMPLATE = 'carillon_template';
const PASSWORD = 'test';
/** The address of a socket has 107 bytes at most. */
const LONGEST_FOLDER = 80;
const REDIS_CACHE = fileURLToPath(new URL('../../node_modules/.cache/carillon/redis', import.meta.url));

/**
 * Starts what the integration tests need, in a temporary folder, on free ports of loopback. For whoever measures:
 * `sharedBuffers` and `maxWalSize` of PostgreSQL, where tables are larger than a test's; `durable`, on disk and with commits
 * that survive the loss of power, as production has them.
 */
export async function startTestStack({
  durable = false,
  ...sizes
}: {
  durable?: boolean;
  sharedBuffers?: string;
  maxWalSize?: string;
} = {}): Promise<TestStack> {
  const ports = await claimPorts(['postgres', 'redis', 'kinesis', 'sqs'], {
    before: new Map(),
    start: randomInt(STACK_BLOCKS.count),
    companions: { redis: CLUSTER_BUS },
  });
  const { port } = ports;
  const folder = await mkdtemp(join(durable ? tmpdir() : scratchRoot(), 'carillon-test-'));
  // Private to its maker; when that is root, PostgreSQL runs as somebody else and must pass through.
  await chmod(folder, 0o755);
  const children = new Children(systemClock());
  const stop = async (): Promise<void> => {
    await children.stop();
    await ports.release();
    await rm(folder, { recursive: true, force: true });
  };
  try {
    const postgres = {
      folder: join(folder, 'postgres'),
      port: port('postgres'),
      password: PASSWORD,
      durable,
      socket: join(folder, 'postgres').length <= LONGEST_FOLDER,
      ...sizes,
    };
    const database = async (): Promise<void> => {
      await children.start(await planPostgres(postgres));
      await createDatabaseIfMissing(postgres, TEMPLATE);
      const url = postgresUrl(postgres, TEMPLATE);
      await migrate(url);
      await dropMonthsAhead(url);
      await applyGrants(url, new Map(Object.keys(services).map((service) => [service, PASSWORD])));
    };
    const redis = async (): Promise<void> => {
      const program = await findRedis({
        searchPath: process.env.PATH ?? '',
        cache: REDIS_CACHE,
        onFetch: () => console.log('fetching Redis (once)'),
      });
      const plan = await planRedis(program, { folder: join(folder, 'redis'), port: port('redis') });
      await children.start({ ...plan, probe: () => probeCluster(redisUrlOf(port('redis'))) });
    };
    // All of them, also when one fails: what still starts must be known to `stop`.
    await allSettled([
      database(),
      redis(),
      planKinesis({ folder: null, port: port('kinesis') }).then((plan) => children.start(plan)),
      planSqs({ folder: null, port: port('sqs') }).then((plan) => children.start(plan)),
    ]);
    return {
      facts: {
        postgres: {
          port: postgres.port,
          password: PASSWORD,
          socketFolder: postgres.socket ? postgres.folder : null,
        },
        rolePassword: PASSWORD,
        templateDatabase: TEMPLATE,
        redisUrl: redisUrlOf(port('redis')),
        kinesisEndpoint: kinesisEndpoint(port('kinesis')),
        sqsEndpoint: sqsEndpoint(port('sqs')),
      },
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Every test file copies the template: what two years ahead are made ready for is a fifth of all there is to copy. */
async function dropMonthsAhead(url: string): Promise<void> {
  const client = new pg.Client(url);
  await client.connect();
  try {
    const { rows } = await client.query<{ tables: string | null }>(
      `SELECT string_agg(inhrelid::regclass::text, ', ') AS tables FROM pg_inherits
        WHERE inhparent = 'decision'::regclass AND inhrelid::regclass::text > $1 AND inhrelid <> 'decision_default'::regclass`,
      [
        `decision_${new Date(Date.now() + 40 * 24 * 60 * 60_000).toISOString().slice(0, 7).replace('-', '_')}`,
      ],
    );
    if (rows[0]?.tables) await client.query(`DROP TABLE ${rows[0].tables}`);
  } finally {
    await client.end();
  }
}
