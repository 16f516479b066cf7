import { mkdir, rm, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { ProcessPlan } from '../process-plan.ts';
import type { GuardedProgram } from './guard.ts';
import type { RedisProgram } from './redis-program.ts';
import { exchange } from './tcp-exchange.ts';

/** Redis on loopback, in memory only: whatever it holds is rebuilt or given up by its users. */
export async function planRedis(
  found: RedisProgram,
  place: { folder: string; port: number },
): Promise<ProcessPlan> {
  await mkdir(place.folder, { recursive: true });
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
  return { name: 'redis', program, probe: () => probeRedis(redisUrlOf(place.port)) };
}

export const redisUrlOf = (port: number): string => `redis://127.0.0.1:${port}`;

/** Null when the server at this address answers PING, else why not. */
export function probeRedis(url: string): Promise<string | null> {
  const { hostname, port } = new URL(url);
  return exchange({ host: hostname, port: port === '' ? 6379 : Number(port) }, 'PING\r\n', (answer) =>
    answer.startsWith('+PONG') ? null : answer.trim(),
  );
}
