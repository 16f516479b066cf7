import { execFile } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { chmod, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { systemClock } from '#shared/clock.ts';
import { services } from '#shared/topology.ts';
import { asItIs } from '../../apps/local/bundle/bundled.ts';
import { type DataFolder, openDataFolder } from '../../apps/local/place.ts';
import { claimPorts, STACK_BLOCKS } from '../../apps/local/ports.ts';
import { localSecrets } from '../../apps/local/secrets.ts';
import { startSetUp } from '../../apps/local/set-up.ts';
import { kinesisEndpoint, planKinesis } from '../../apps/local/stores/kinesis.ts';
import { planPostgres } from '../../apps/local/stores/postgres.ts';
import { planSqs, sqsEndpoint } from '../../apps/local/stores/sqs.ts';
import { DATABASE } from '../../apps/local/stores.ts';
import { scratchRoot } from '../scratch.ts';
import { allSettled, Children } from '../stack/children.ts';
import { OUR_NUMBER } from './our-number.ts';

/**
 * The data folder of a system that was set up and never ran: database with schema, roles and the sample programme, streams
 * and queues. Mocha's global setup makes one for all end-to-end files, and systems begin with a copy of it: what each of them
 * would do alike is done once.
 */
const VARIABLE = 'CARILLON_TEST_DATA';
const kept = (folder: DataFolder): string[] => [
  folder.postgres,
  folder.kinesis,
  folder.sqs,
  folder.secretsFile,
];

let made: string | undefined;

export async function mochaGlobalSetup(): Promise<void> {
  made = await mkdtemp(join(scratchRoot(), 'carillon-data-'));
  // Private to its maker; when that is root, PostgreSQL runs as somebody else and must pass through.
  await chmod(made, 0o755);
  const data = join(made, 'data');
  try {
    await setUp(data);
  } catch (error) {
    await mochaGlobalTeardown();
    throw error;
  }
  process.env[VARIABLE] = data;
}

export async function mochaGlobalTeardown(): Promise<void> {
  if (made !== undefined) await rm(made, { recursive: true, force: true });
}

/** Makes `data` a copy of what was set up; nothing where nothing was, and then the system does it itself. */
export async function copyPreparedData(data: string): Promise<void> {
  const from = process.env[VARIABLE];
  if (from === undefined) return;
  await mkdir(data, { recursive: true });
  // Files stay those of whom PostgreSQL runs as.
  await promisify(execFile)('cp', ['-a', ...kept(await openDataFolder(from)), data]);
}

async function setUp(data: string): Promise<void> {
  const folder = await openDataFolder(data);
  const secrets = await localSecrets(folder.secretsFile, Object.keys(services));
  const ports = await claimPorts(['postgres', 'kinesis', 'sqs'], {
    before: new Map(),
    start: randomInt(STACK_BLOCKS.count),
  });
  const { port } = ports;
  const postgres = { folder: folder.postgres, port: port('postgres'), password: secrets.postgresPassword };
  const children = new Children(systemClock());
  try {
    await allSettled([
      planPostgres({ ...postgres, durable: true }).then((plan) => children.start(plan)),
      planKinesis({ folder: folder.kinesis, port: port('kinesis') }).then((plan) => children.start(plan)),
      planSqs({ folder: folder.sqs, port: port('sqs') }).then((plan) => children.start(plan)),
    ]);
    await startSetUp(
      {
        postgres,
        database: DATABASE,
        rolePasswords: secrets.rolePasswords,
        services,
        kinesisEndpoint: kinesisEndpoint(port('kinesis')),
        sqsEndpoint: sqsEndpoint(port('sqs')),
        originationNumber: OUR_NUMBER,
        contentDirectory: null,
        adminKey: { text: secrets.adminKey, pepper: secrets.apiKeyPepper },
      },
      asItIs,
    ).done;
  } finally {
    await children.stop();
    await ports.release();
  }
}
