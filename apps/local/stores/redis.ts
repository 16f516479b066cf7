import { mkdir, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ProcessPlan } from '../process-plan.ts';
import type { GuardedProgram } from './guard.ts';
import type { RedisProgram } from './redis-program.ts';
import { exchange } from './tcp-exchange.ts';

/** How far above its port a node of a cluster listens for other nodes. */
export const CLUSTER_BUS = 10_000;

/**
 * The cluster's file of nodes, for a cluster of one that has all slots: what "CLUSTER ADDSLOTS" would leave in it. Any
 * name of 40 hexadecimal digits will do.
 */
export const nodesFile = (port: number): string =>
  `${'c'.repeat(40)} 127.0.0.1:${port}@${port + CLUSTER_BUS} myself,master - 0 0 1 connected 0-16383\n` +
  'vars currentEpoch 1 lastVoteEpoch 0\n';

/**
 * Redis on loopback as a cluster of one node, which is what ElastiCache Serverless looks like to a client, in memory
 * only: whatever it holds is rebuilt or given up by its users. It answers at once and takes keys 2 s later: a node that
 * starts waits that long for others to tell it otherwise.
 */
export async function planRedis(
  found: RedisProgram,
  place: { folder: string; port: number },
): Promise<ProcessPlan> {
  await mkdir(place.folder, { recursive: true });
  // As the server will say it.
  const folder = await realpath(place.folder);
  await writeFile(join(place.folder, 'nodes.conf'), nodesFile(place.port));
  const pidFile = join(place.folder, 'redis.pid');
  // One program has several names and behaves by the one that it is called with.
  const command = join(place.folder, found.argv0);
  await rm(command, { force: true });
  await symlink(found.command, command);
  const program: GuardedProgram = {
    command,
    args: [
      ...['--port', String(place.port)],
      ...['--bind', '127.0.0.1'],
      ...['--dir', place.folder],
      ...['--pidfile', pidFile],
      ...['--cluster-enabled', 'yes'],
      ...['--cluster-config-file', 'nodes.conf'],
      ...['--save', ''],
      ...['--appendonly', 'no'],
      ...['--maxmemory', '128mb'],
      ...['--maxmemory-policy', 'noeviction'],
    ],
    environment: { ...found.environment, LC_ALL: 'C', TZ: 'UTC' },
    runAs: null,
    stopSignal: 'SIGTERM',
    pidFile,
    recordFile: join(place.folder, 'process.json'),
  };
  return { name: 'redis', program, probe: () => probeOwnRedis({ folder, port: place.port }) };
}

export const redisUrlOf = (port: number): string => `redis://127.0.0.1:${port}`;

/**
 * Null when the server at this port is the one that works in this folder, else why not: one of somebody else's answers as
 * well.
 */
const probeOwnRedis = ({ folder, port }: { folder: string; port: number }): Promise<string | null> =>
  ask(redisUrlOf(port), 'CONFIG GET dir\r\n', (answer) =>
    // As RESP has it: a list of the name and the value, each with its length before it.
    Buffer.from(answer, 'latin1').toString().split('\r\n').includes(folder)
      ? null
      : `a server that is not this stack's answers at port ${port}`,
  );

/** Null when the cluster at this address takes keys, else why not. */
export const probeCluster = (url: string): Promise<string | null> =>
  ask(url, 'CLUSTER INFO\r\n', (answer) =>
    answer.includes('cluster_state:ok') ? null : 'the cluster does not take keys yet',
  );

/** Null when the server at this address answers PING, else why not. */
export const probeRedis = (url: string): Promise<string | null> =>
  ask(url, 'PING\r\n', (answer) => (answer.startsWith('+PONG') ? null : answer.trim()));

function ask(
  url: string,
  question: string,
  judge: (answer: string) => string | null,
): Promise<string | null> {
  const { hostname, port } = new URL(url);
  return exchange({ host: hostname, port: port === '' ? 6379 : Number(port) }, question, judge);
}
