import { setTimeout as delay } from 'node:timers/promises';
import type { Pool } from 'pg';
import { eventually } from '../../eventually.ts';
import type { Inflicted, Scenario, World } from '../scenario.ts';

const BACK_MS = 60_000;

/** Resolves when the server takes statements. */
export const untilAnswering = (database: Pool): Promise<void> =>
  eventually(async () => {
    await database.query('SELECT 1');
  }, BACK_MS);

async function restart({ say, system }: World, signal: 'SIGINT' | 'SIGQUIT'): Promise<void> {
  const pid = (await system.pids()).get('postgres server');
  if (pid === undefined) throw new Error('PostgreSQL is away');
  process.kill(pid, signal);
  await eventually(async () => {
    if ((await system.pids()).get('postgres server') === pid) throw new Error('it has not ended');
  }, BACK_MS);
  await untilAnswering(system.database);
  say(`PostgreSQL was restarted by ${signal}`);
}

export const postgresRestarts: Scenario = {
  name: 'postgres-restarts',
  says:
    'PostgreSQL is restarted: once as for maintenance (SIGINT ends all sessions), once at once (SIGQUIT, after which it ' +
    'recovers from its log), as a failover looks to its clients.',
  inflict: async (world) => {
    await restart(world, 'SIGINT');
    await world.untilTalking();
    await restart(world, 'SIGQUIT');
    return { 'clean restarts': 1, 'restarts with recovery': 1 };
  },
};

const CUTS = 8;

export const postgresCut: Scenario = {
  name: 'postgres-cut',
  says: 'All connections to PostgreSQL are cut at once (RST to both ends), eight times, wherever their transactions are.',
  inflict: async ({ lasts, random, say, system, troubles }) => {
    let cut = 0;
    let busy = 0;
    for (let times = 0; times < CUTS; times += 1) {
      await delay(lasts(500 + random() * 2_500));
      busy += await openTransactions(system.database);
      cut += troubles.postgres.cut();
    }
    say(`${cut} connections were cut, ${busy} of them in a transaction a moment before`);
    return { 'connections cut': cut, '... in a transaction a moment before': busy };
  },
};

async function openTransactions(database: Pool): Promise<number> {
  const { rows } = await database.query<{ count: number }>(
    `SELECT count(*)::int AS count FROM pg_stat_activity
      WHERE usename LIKE 'carillon%' AND xact_start IS NOT NULL AND pid <> pg_backend_pid()`,
  );
  return rows[0]?.count ?? 0;
}

const STALL_MS = 12_000;

export const postgresHalfOpen: Scenario = {
  name: 'postgres-half-open',
  says:
    'Connections to PostgreSQL become half-open, twice: what is written is lost, and neither end hears that the other is ' +
    'gone. Then all connections, new ones too, stand still for 12 s, longer than anybody waits for an answer, and go on.',
  inflict: async ({ say, troubles, untilTalking }) => {
    const { postgres } = troubles;
    let silenced = 0;
    for (const _ of [1, 2]) {
      silenced += postgres.silence();
      await untilTalking();
      postgres.bury();
    }
    say(`${silenced} connections went silent`);
    const stalled = postgres.stall();
    await delay(STALL_MS);
    postgres.flow();
    say(`${stalled} connections stood still for ${STALL_MS} ms`);
    return { 'connections half-open': silenced, 'connections that stood still': stalled };
  },
};

/** What every part of the system writes, and how often it is refused, of a hundred times. */
const CONTENDED = [
  'dialog_event_batch',
  'message',
  'attempt',
  'message_log',
  'outbox',
  'reply',
  'lease',
  'phone',
];
const CONTENDED_MS = 20_000;

/** Numbers of a sequence are not given back by a transaction that fails: it counts those that do. */
async function refuseAtRandom(database: Pool, sqlstate: string, percent: number): Promise<void> {
  await database.query(
    `CREATE SEQUENCE refused_writes;
     CREATE FUNCTION refuse_write() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
     BEGIN
       IF random() * 100 < ${percent} THEN
         PERFORM nextval('public.refused_writes');
         RAISE EXCEPTION 'refused by the trial' USING ERRCODE = '${sqlstate}';
       END IF;
       RETURN NULL;
     END $$`,
  );
  for (const table of CONTENDED) {
    await database.query(
      `CREATE TRIGGER refuse_write AFTER INSERT OR UPDATE OR DELETE ON ${table}
          FOR EACH STATEMENT EXECUTE FUNCTION refuse_write()`,
    );
  }
}

async function refuseNoMore(database: Pool): Promise<number> {
  const { rows } = await database.query<{ count: number }>(
    'SELECT CASE WHEN is_called THEN last_value::int ELSE 0 END AS count FROM refused_writes',
  );
  // One by one: with all at once these locks would stand against those of the services.
  for (const table of CONTENDED) await database.query(`DROP TRIGGER refuse_write ON ${table}`);
  await database.query('DROP FUNCTION refuse_write(); DROP SEQUENCE refused_writes');
  return rows[0]?.count ?? 0;
}

export const serializationFailures: Scenario = {
  name: 'serialization-failures',
  says:
    'For 20 s one of 25 statements that write fails with a serialization failure (40001), and for as long with a deadlock ' +
    '(40P01), by a trigger on eight tables.',
  inflict: async ({ lasts, say, system: { database } }) => {
    const inflicted: Record<string, number> = {};
    for (const [name, sqlstate] of [
      ['serialization failures', '40001'],
      ['deadlocks', '40P01'],
    ] as const) {
      await refuseAtRandom(database, sqlstate, 4);
      await delay(lasts(CONTENDED_MS));
      inflicted[name] = await refuseNoMore(database);
      say(`${inflicted[name]} ${name}`);
    }
    return inflicted;
  },
};

const FULL_MS = 12_000;
const FULL = 'could not (?:extend|write)|No space left on device';

export const diskFull: Scenario = {
  name: 'disk-full',
  says:
    'The disk of PostgreSQL fills up, twice for 12 s: its folder is on a file system of its own, in memory, of which a file takes ' +
    'every free block. Statements fail (53100), and where its own log cannot be written it ends (PANIC) and does not start ' +
    'until there is room. Where nothing may be mounted (another system than Linux, or a user who is not root), a trigger ' +
    'raises 53100 on every write of eight tables instead, and the server itself stays unharmed.',
  inflict: async ({ say, system, troubles, untilTalking }): Promise<Inflicted> => {
    const { database } = system;
    if (troubles.disk === null) {
      await refuseAtRandom(database, '53100', 100);
      await delay(FULL_MS);
      return { 'writes refused for want of room (by a trigger)': await refuseNoMore(database) };
    }
    for (const _ of [1, 2]) {
      await troubles.disk.fill();
      await delay(FULL_MS);
      await troubles.disk.empty();
      await untilAnswering(database);
      await untilTalking();
    }
    const log = await system.logOf('postgres', 10_000);
    const refused = log.split('\n').filter((line) => new RegExp(FULL).test(line)).length;
    const panics = log.split('\n').filter((line) => line.includes('PANIC')).length;
    say(
      `the disk was full twice: ${refused} lines of the server's log say so, ${panics} times it ended by that`,
    );
    return { 'times that the disk was full': 2, "lines of the server's log about it": refused };
  },
};
