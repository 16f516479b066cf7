import { createServer } from 'node:net';

/**
 * Ports for processes that only the stack itself talks to. Below the ports that systems give to outgoing
 * connections (from 32768 on Linux, 49152 on macOS): otherwise a connection could hold the port of a process that
 * crashed, and keep it from starting again.
 */
export const INTERNAL_PORTS = { first: 20_000, last: 31_999 } as const;

/** Whether this port can be listened on at loopback now. */
export function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => server.close(() => resolve(true)));
  });
}

/**
 * A free port per name: the one it had before while that is free, else the next free one after `start`.
 * All are different. Nothing is reserved: whoever asks starts its processes at once.
 */
export async function choosePorts<N extends string>(
  names: readonly N[],
  options: { before: ReadonlyMap<N, number>; start: number; isFree?: typeof isFree },
): Promise<Map<N, number>> {
  const free = options.isFree ?? isFree;
  const chosen = new Map<N, number>();
  const taken = new Set<number>();
  for (const name of names) {
    const before = options.before.get(name);
    if (before === undefined || taken.has(before) || !(await free(before))) continue;
    chosen.set(name, before);
    taken.add(before);
  }
  const size = INTERNAL_PORTS.last - INTERNAL_PORTS.first + 1;
  let offset = ((options.start % size) + size) % size;
  for (let tried = 0; tried < size && chosen.size < names.length; tried += 1, offset = (offset + 1) % size) {
    const port = INTERNAL_PORTS.first + offset;
    if (taken.has(port) || !(await free(port))) continue;
    const name = names.find((candidate) => !chosen.has(candidate));
    if (name === undefined) break;
    chosen.set(name, port);
    taken.add(port);
  }
  if (chosen.size < names.length) {
    throw new Error(`no free ports between ${INTERNAL_PORTS.first} and ${INTERNAL_PORTS.last} on 127.0.0.1`);
  }
  return chosen;
}
