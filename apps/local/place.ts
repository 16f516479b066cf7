import { access, constants, mkdir, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { crc32 } from 'node:zlib';
import { z } from 'zod';
import { CarillonError, messageOf } from '#shared/errors.ts';
import { readKept, writeKept } from './kept-json.ts';
import { type ClaimedPorts, claimPorts } from './ports.ts';
import { CLUSTER_BUS } from './stores/redis.ts';

/** The folders and files of one data folder (CARILLON_DATA). */
export interface DataFolder {
  path: string;
  logs: string;
  lockFile: string;
  secretsFile: string;
  portsFile: string;
  postgres: string;
  redis: string;
  kinesis: string;
  sqs: string;
  carrier: string;
}

/**
 * Makes what is not there yet. Throws `invalid_configuration` where nothing can be written at that place.
 */
export async function openDataFolder(path: string): Promise<DataFolder> {
  const folder: DataFolder = {
    path,
    logs: join(path, 'logs'),
    lockFile: join(path, 'supervisor.lock'),
    secretsFile: join(path, 'secrets.json'),
    portsFile: join(path, 'ports.json'),
    postgres: join(path, 'postgres'),
    redis: join(path, 'redis'),
    kinesis: join(path, 'kinesis'),
    sqs: join(path, 'sqs'),
    carrier: join(path, 'carrier'),
  };
  try {
    await makeFolder(folder.logs);
    await access(folder.path, constants.W_OK);
  } catch (error) {
    throw new CarillonError(
      'invalid_configuration',
      `CARILLON_DATA is ${path}: nothing can be written there (${messageOf(error)}). Choose another folder with CARILLON_DATA.`,
      { cause: error },
    );
  }
  return folder;
}

/**
 * Makes a folder and those above it. Node's own `recursive` never comes back from a place where nothing can be made and that says so by
 * ENOENT, as /proc does: it takes the folder above for missing, for ever.
 */
async function makeFolder(path: string): Promise<void> {
  const failure = await failureOf(mkdir(path));
  if (failure === null) return;
  if (failure.code === 'EEXIST' && (await stat(path)).isDirectory()) return;
  const above = dirname(path);
  if (failure.code !== 'ENOENT' || above === path) throw failure;
  await makeFolder(above);
  const again = await failureOf(mkdir(path));
  // Somebody else may have made it meanwhile.
  if (again !== null && again.code !== 'EEXIST') throw again;
}

const failureOf = (work: Promise<unknown>): Promise<NodeJS.ErrnoException | null> =>
  work.then(
    () => null,
    (error: NodeJS.ErrnoException) => error,
  );

const portsSchema = z.record(z.string(), z.int());

/**
 * Ports of what is not public: the same as at the last start where they can be had, so that addresses can be kept. They
 * are this process's own until it releases them or ends.
 */
export async function keptPorts(folder: DataFolder, names: readonly string[]): Promise<ClaimedPorts<string>> {
  const before = new Map(Object.entries((await readKept(folder.portsFile, portsSchema)) ?? {}));
  // Data folders begin their search in different places, so that each finds its own again after others have run.
  const ports = await claimPorts<string>(names, {
    before,
    start: crc32(folder.path),
    companions: { redis: CLUSTER_BUS },
  });
  await writeKept(folder.portsFile, Object.fromEntries(ports.entries()));
  return ports;
}
