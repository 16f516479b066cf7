import pg from 'pg';
import { z } from 'zod';
import { hashOf, parseApiKey } from '#shared/api-keys/api-key.ts';
import { insertKey, readKey } from '#shared/api-keys/key-store.ts';
import { BusinessTime } from '#shared/business-clock/business-time.ts';
import { type KeptClock, readClock } from '#shared/business-clock/store.ts';
import { systemClock } from '#shared/clock.ts';
import { parsed, readConfig } from '#shared/config.ts';
import { seedContent } from '#shared/content/seed.ts';
import { sampleContentDirectory } from '#shared/drills/drills.ts';
import { phoneNumber } from '#shared/phone/phone-number.ts';
import { applyGrants, roleOf } from '#shared/postgres/grants.ts';
import { migrate } from '#shared/postgres/migrate.ts';
import { localClockTables, queues, streams } from '#shared/topology.ts';
import { nextSteps } from './next-steps.ts';
import { type SetUpOrder, type SetUpResult, setUpOrderSchema } from './set-up.ts';
import { createStreams, localKinesis } from './stores/kinesis-streams.ts';
import { postgresUrl } from './stores/postgres.ts';
import { createDatabaseIfMissing } from './stores/postgres-database.ts';
import { createQueues, localSqs } from './stores/sqs-queues.ts';

/**
 * Database, schema, roles, streams and queues, each made only where it is missing. Prints one line (SetUpResult) and
 * ends; see set-up.ts. Ends as well with whoever started it.
 */
const { SET_UP_ORDER: order } = readConfig(
  {
    SET_UP_ORDER: parsed(
      z
        .string()
        .transform((text): unknown => JSON.parse(text))
        .pipe(setUpOrderSchema),
      { help: 'Where the stores are and what to make, as JSON.' },
    ),
  },
  process.env,
);
for (const event of ['SIGTERM', 'disconnect']) process.on(event, () => process.exit(1));

const [{ migratedTo, clock, isAdminKeyValid }, next] = await Promise.all([
  setUpDatabase(order),
  nextSteps(order.contentDirectory ?? sampleContentDirectory, phoneNumber(order.originationNumber)),
  setUpStreams(order.kinesisEndpoint),
  setUpQueues(order.sqsEndpoint),
]);
const result: SetUpResult = {
  migratedTo,
  clock,
  isAdminKeyValid,
  roles: Object.fromEntries(Object.keys(order.services).map((service) => [service, roleOf(service)])),
  nextSteps: next,
};
process.stdout.write(`${JSON.stringify(result)}\n`, () => process.exit(0));

async function setUpDatabase({
  postgres,
  database,
  rolePasswords,
  services,
  adminKey,
  contentDirectory,
}: SetUpOrder): Promise<Pick<SetUpResult, 'migratedTo' | 'clock' | 'isAdminKeyValid'>> {
  await createDatabaseIfMissing(postgres, database);
  const url = postgresUrl(postgres, database);
  const applied = await migrate(url);
  await applyGrants(url, new Map(Object.entries(rolePasswords)), withClock(services));
  const clock = await beginClock(url);
  const now = systemClock(new BusinessTime(systemClock(), clock)).now();
  await seed(url, contentDirectory ?? sampleContentDirectory, now);
  return {
    migratedTo: applied.at(-1) ?? null,
    clock,
    isAdminKeyValid: await keepAdminKey(url, adminKey, now),
  };
}

/** A fresh stack has a programme to take part in. */
async function seed(url: string, directory: string, now: Date): Promise<void> {
  const pool = new pg.Pool({ connectionString: url, max: 1 });
  try {
    await seedContent(pool, { directory, now });
  } finally {
    await pool.end();
  }
}

/** The key is kept in the database as any other, hashed; whoever revoked it meant that. */
async function keepAdminKey(
  url: string,
  { pepper, text }: SetUpOrder['adminKey'],
  createdAt: Date,
): Promise<boolean> {
  const key = parseApiKey(text);
  if (key === null) throw new Error('the API key of this data folder is none');
  const client = new pg.Client(url);
  await client.connect();
  try {
    const stored = await readKey(client, key.id);
    if (stored !== null) return stored.key.revokedAt === null;
    const made = { name: 'The key of this machine', role: 'admin', createdBy: 'npm start' } as const;
    await insertKey(client, { ...made, id: key.id, createdAt, expiresAt: null }, hashOf(key.secret, pepper));
    return true;
  } finally {
    await client.end();
  }
}

/** Here, and nowhere else, services follow the business clock. */
function withClock(services: SetUpOrder['services']): SetUpOrder['services'] {
  return Object.fromEntries(
    Object.entries(services).map(([name, { tables }]) => [
      name,
      { tables: { ...tables, ...localClockTables } },
    ]),
  );
}

/** No service runs yet: what was reported before is over, and what was announced comes to nothing. */
async function beginClock(url: string): Promise<KeptClock> {
  const client = new pg.Client(url);
  await client.connect();
  try {
    await client.query('DELETE FROM business_clock_instance');
    await client.query('UPDATE business_clock SET announced_ms = NULL WHERE announced_ms IS NOT NULL');
    return await readClock(client);
  } finally {
    await client.end();
  }
}

async function setUpStreams(endpoint: string): Promise<void> {
  const client = localKinesis(endpoint);
  await createStreams(client, streams, systemClock()).finally(() => client.destroy());
}

async function setUpQueues(endpoint: string): Promise<void> {
  const client = localSqs(endpoint);
  await createQueues(client, queues).finally(() => client.destroy());
}
