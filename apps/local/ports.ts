import { createServer, type Server } from 'node:net';

/**
 * Ports for processes that only the stack itself talks to. Below the ports that systems give to outgoing
 * connections (from 32768 on Linux, 49152 on macOS): otherwise a connection could hold the port of a process that
 * crashed, and keep it from starting again.
 */
export const INTERNAL_PORTS = { first: 20_000, last: 31_999 } as const;

/** Listens at this port of loopback and hangs up on whoever comes; null when the port is taken. */
function hold(port: number): Promise<Server | null> {
  return new Promise((resolve) => {
    const server = createServer((socket) => socket.destroy());
    server.once('error', () => resolve(null));
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => resolve(server.unref()));
  });
}

const letGo = (server: Server): Promise<void> => new Promise((resolve) => server.close(() => resolve()));

/** Whether this port can be listened on at loopback now. */
export async function isFree(port: number): Promise<boolean> {
  const server = await hold(port);
  if (server) await letGo(server);
  return server !== null;
}

/** The first port that a system may give to an outgoing connection (Linux). */
const FIRST_OUTGOING = 32_768;

/** The last port whose companion, so far above it, is not one that a system may give to an outgoing connection. */
const lastPort = (last: number, distance: number): number => Math.min(last, FIRST_OUTGOING - 1 - distance);

/**
 * A free port per name: the one it had before while that is free, else the next free one after `start`.
 * All are different. Nothing is reserved: who starts its processes later holds the ports until then (`holdPorts`).
 * `companions`: by name, how far above its port a second one lies that its process takes as well. `among`: other ports
 * than those of the stack itself.
 */
export async function choosePorts<N extends string>(
  names: readonly N[],
  options: {
    before: ReadonlyMap<N, number>;
    start: number;
    isFree?: typeof isFree;
    companions?: Readonly<Partial<Record<N, number>>>;
    among?: { readonly first: number; readonly last: number };
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
  const { first, last: end } = options.among ?? INTERNAL_PORTS;
  for (const name of names) {
    const last = lastPort(end, options.companions?.[name] ?? 0);
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

/** Ports that nobody else can take until they are released. */
export interface HeldPorts<N extends string> {
  /** Throws for a name that no port was asked for. */
  port(name: N): number;
  entries(): [N, number][];
  /** To be called just before the process starts that listens there. Names without a port are nothing to release. */
  release(...names: readonly string[]): Promise<void>;
  releaseAll(): Promise<void>;
}

/**
 * Chooses ports as `choosePorts` does, and listens on each, and on its companion, until it is released: a server that
 * takes seconds to make its files ready would else find that another stack, started meanwhile, chose the same one.
 */
export async function holdPorts<N extends string>(
  names: readonly N[],
  options: Omit<Parameters<typeof choosePorts<N>>[1], 'isFree'>,
): Promise<HeldPorts<N>> {
  const held = new Map<number, Server>();
  const release = async (ports: Iterable<number>): Promise<void> => {
    const servers = [...ports].flatMap((port) => {
      const server = held.get(port);
      held.delete(port);
      return server ? [server] : [];
    });
    await Promise.all(servers.map(letGo));
  };
  const companion = (name: N, port: number): number => port + (options.companions?.[name] ?? 0);
  try {
    const chosen = await choosePorts(names, {
      ...options,
      isFree: async (port) => {
        const server = held.get(port) ?? (await hold(port));
        if (server) held.set(port, server);
        return server !== null;
      },
    });
    const kept = new Set([...chosen].flatMap(([name, port]) => [port, companion(name, port)]));
    // Looked at, and left because its companion is taken.
    await release([...held.keys()].filter((port) => !kept.has(port)));
    return {
      port: (name) => {
        const port = chosen.get(name);
        if (port === undefined) throw new Error(`no port was chosen for ${name}`);
        return port;
      },
      entries: () => [...chosen],
      release: (...those) =>
        release(
          [...chosen]
            .filter(([name]) => those.includes(name))
            .flatMap(([name, port]) => [port, companion(name, port)]),
        ),
      releaseAll: () => release([...held.keys()]),
    };
  } catch (error) {
    await release([...held.keys()]);
    throw error;
  }
}
