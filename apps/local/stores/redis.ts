import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ProcessPlan } from '../process-plan.ts';
import type { GuardOrder } from './guard-order.ts';
import type { RedisProgram } from './redis-program.ts';
import { exchange } from './tcp-exchange.ts';

const GUARD = fileURLToPath(new URL('./guard-main.ts', import.meta.url));

/** Redis on loopback, in memory only: whatever it holds is rebuilt or given up by its users. */
export async function planRedis(
  program: RedisProgram,
  place: { folder: string; port: number },
): Promise<ProcessPlan> {
  await mkdir(place.folder, { recursive: true });
  const pidFile = join(place.folder, 'redis.pid');
  const order: GuardOrder = {
    command: program.command,
    argv0: program.argv0,
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
    environment: { ...program.environment, LC_ALL: 'C', TZ: 'UTC' },
    runAs: null,
    stopSignal: 'SIGTERM',
    pidFile,
    recordFile: join(place.folder, 'process.json'),
  };
  return {
    name: 'redis',
    module: GUARD,
    arguments: [JSON.stringify(order)],
    environment: {},
    nodeOptions: ['--max-semi-space-size=1'],
    probe: () => probeRedis(redisUrlOf(place.port)),
  };
}

export const redisUrlOf = (port: number): string => `redis://127.0.0.1:${port}`;

/** Null when the server at this address answers PING, else why not. */
export function probeRedis(url: string): Promise<string | null> {
  const { hostname, port } = new URL(url);
  return exchange({ host: hostname, port: port === '' ? 6379 : Number(port) }, 'PING\r\n', (answer) =>
    answer.startsWith('+PONG') ? null : answer.trim(),
  );
}
