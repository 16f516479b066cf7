import { execFile } from 'node:child_process';
import { chown, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { CarillonError } from '#shared/errors.ts';
import type { ProcessPlan } from '../process-plan.ts';
import type { GuardedProgram } from './guard.ts';
import { probePostgres } from './postgres-probe.ts';
import { findPostgres, type PostgresProgram, requireReach } from './postgres-program.ts';

export interface PostgresPlace {
  /** Absolute; made when missing. Everything of the server lies in it. */
  folder: string;
  port: number;
  /** Of the superuser `postgres`; fixed when the folder is made. */
  password: string;
  /** Off: faster, and a crash of the machine loses everything. For tests. */
  durable: boolean;
  /** Listens on a socket in the folder as well, `.s.PGSQL.PORT`: less work than TCP. Left out: it does not. */
  socket?: boolean;
  /** As PostgreSQL writes sizes; left out: 64MB. */
  sharedBuffers?: string;
  /** Log between two checkpoints, in the same way; left out: 256MB. */
  maxWalSize?: string;
  /** Aborted when the stack stops: ends the making of the folder, and its program, at once. */
  signal?: AbortSignal;
}

const MAJOR = '18';

export const postgresUrl = (place: Pick<PostgresPlace, 'port' | 'password'>, database: string): string =>
  `postgres://postgres:${place.password}@127.0.0.1:${place.port}/${database}`;

/** Makes the server's folder if there is none yet, and gives the process that runs it, on loopback only. */
export async function planPostgres(place: PostgresPlace): Promise<ProcessPlan> {
  const found = await findPostgres();
  await initialise(found, place);
  const program: GuardedProgram = {
    // The whole path: by it the server finds its own files.
    command: found.postgres,
    args: ['-D', place.folder, ...settings(place).flatMap((line) => ['-c', line])],
    environment: { LC_ALL: 'C', TZ: 'UTC' },
    runAs: found.runAs,
    // Fast shutdown: sessions are ended, what is committed is kept.
    stopSignal: 'SIGINT',
    pidFile: join(place.folder, 'postmaster.pid'),
    recordFile: `${place.folder}.process.json`,
  };
  return { name: 'postgres', program, probe: () => probePostgres(place.port) };
}

/** For two cores and a few dozen connections; everything else is PostgreSQL's default. */
function settings(place: PostgresPlace): string[] {
  return [
    `port=${place.port}`,
    'listen_addresses=127.0.0.1',
    `unix_socket_directories=${place.socket ? place.folder : ''}`,
    'max_connections=120',
    `shared_buffers=${place.sharedBuffers ?? '64MB'}`,
    `max_wal_size=${place.maxWalSize ?? '256MB'}`,
    'wal_level=minimal',
    'max_wal_senders=0',
    'max_worker_processes=2',
    'max_parallel_workers_per_gather=0',
    // Nothing is replicated: no process that waits for it.
    'max_logical_replication_workers=0',
    // Reading through worker processes pays on slow disks only, and each is one more process.
    'io_method=sync',
    'jit=off',
    'timezone=UTC',
    'log_timezone=UTC',
    'log_min_duration_statement=1000',
    'log_checkpoints=off',
    ...(place.durable
      ? []
      : ['fsync=off', 'synchronous_commit=off', 'full_page_writes=off', 'autovacuum=off']),
  ];
}

/** `initdb` into a folder beside, renamed when complete: an interrupted one is never mistaken for a server's. */
async function initialise(program: PostgresProgram, place: PostgresPlace): Promise<void> {
  const version = await readFile(join(place.folder, 'PG_VERSION'), 'utf8').catch(() => null);
  if (version !== null) {
    if (version.trim() === MAJOR) return;
    throw new CarillonError(
      'invalid_configuration',
      `${place.folder} was made by PostgreSQL ${version.trim()}; this is PostgreSQL ${MAJOR}. Move the folder away ` +
        '(its data is then gone from here), or dump it with the old version and load it with the new one.',
    );
  }
  const parent = dirname(place.folder);
  await mkdir(parent, { recursive: true });
  if (program.runAs) await requireReach(place.folder, program.runAs);
  const unfinished = `${place.folder}.new`;
  const passwordFile = `${place.folder}.password`;
  await rm(unfinished, { recursive: true, force: true });
  await mkdir(unfinished, { mode: 0o700 });
  await writeFile(passwordFile, `${place.password}\n`, { mode: 0o600 });
  if (program.runAs) {
    await chown(unfinished, program.runAs.uid, program.runAs.gid);
    await chown(passwordFile, program.runAs.uid, program.runAs.gid);
  }
  try {
    await promisify(execFile)(
      program.initdb,
      [
        `--pgdata=${unfinished}`,
        '--username=postgres',
        `--pwfile=${passwordFile}`,
        '--auth=scram-sha-256',
        '--encoding=UTF8',
        '--locale-provider=builtin',
        '--locale=C.UTF-8',
        '--lc-messages=C',
        // Nothing is lost if the machine goes down before the first checkpoint: it would be made again.
        '--no-sync',
      ],
      {
        env: { LC_ALL: 'C', TZ: 'UTC' },
        ...(place.signal ? { signal: place.signal } : {}),
        ...(program.runAs ?? {}),
      },
    );
  } catch (error) {
    const detail = error instanceof Error && 'stderr' in error ? String(error.stderr).trim() : String(error);
    throw new CarillonError('invalid_configuration', `PostgreSQL's folder cannot be made: ${detail}`, {
      cause: error,
    });
  } finally {
    await rm(passwordFile, { force: true });
  }
  await rename(unfinished, place.folder);
}
