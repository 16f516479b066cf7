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

/** The first port that a system may give to an outgoing connection (Linux). */
const FIRST_OUTGOING = 32_768;

/** The last port whose companion, so far above it, is not one that a system may give to an outgoing connection. */
const lastPort = (distance: number): number => Math.min(INTERNAL_PORTS.last, FIRST_OUTGOING - 1 - distance);

/**
 * A free port per name: the one it had before while that is free, else the next free one after `start`.
 * All are different. Nothing is reserved: whoever asks starts its processes at once.
 * `companions`: by name, how far above its port a second one lies that its process takes as well.
 */
export async function choosePorts<N extends string>(
  names: readonly N[],
  options: {
    before: ReadonlyMap<N, number>;
    start: number;
    isFree?: typeof isFree;
    companions?: Readonly<Partial<Record<N, number>>>;
  },
): Promise<Map<N, number>> {
  const free = options.isFree ?? isFree;
  const chosen = new Map<N, number>();
  const taken = new Set<number>();
  async function take(name: N, port: number): Promise<boolean> {
    const distance = options.companions?.[name];
    const all = distance === undefined ? [port] : [port, port + distance];
    for (const one of all) {
      if (one >= FIRST_OUTGOING || taken.has(one) || !(await free(one))) return false;
    }
    chosen.set(name, port);
    for (const one of all) taken.add(one);
    return true;
  }
  for (const name of names) {
    const before = options.before.get(name);
    if (before !== undefined) await take(name, before);
  }
  const { first } = INTERNAL_PORTS;
  for (const name of names) {
    const last = lastPort(options.companions?.[name] ?? 0);
    const size = last - first + 1;
    // Within the ports that this name may have: those who start in different places must not meet at the first of them.
    const start = ((options.start % size) + size) % size;
    for (let tried = 0; tried < size && !chosen.has(name); tried += 1) {
      await take(name, first + ((start + tried) % size));
    }
    if (!chosen.has(name)) throw new Error(`no free ports between ${first} and ${last} on 127.0.0.1`);
  }
  return chosen;
}
