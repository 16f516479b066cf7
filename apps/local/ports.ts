import { createServer } from 'node:net';
import { CarillonError } from '#shared/errors.ts';

/**
 * A range of ports in blocks of equal size, one after another. A block belongs to the process that listens at its first
 * port, for as long as it does: the system takes that port back when the process ends, however it ends. The others of
 * the block are for what the process starts, and stay its own while nobody listens there: a server that makes its files
 * ready for seconds, or one that crashed and is about to be started again, finds its port as it left it.
 */
export interface PortBlocks {
  readonly first: number;
  readonly size: number;
  readonly count: number;
}

/**
 * Of stacks, for processes that only the stack itself talks to. Neither they nor the ports 10000 above them, of which a
 * node of a Redis cluster takes one, are among those that systems give to outgoing connections (from 32768 on Linux,
 * 49152 on macOS): otherwise a connection could hold the port of a process that crashed, and keep it from starting again.
 */
export const STACK_BLOCKS: PortBlocks = { first: 20_000, size: 64, count: 43 };

/** Something that listens. */
interface Listening {
  close(): Promise<void>;
}

/** Listens at this port of loopback and hangs up on whoever comes; null when the port is taken. */
function listenAt(port: number): Promise<Listening | null> {
  return new Promise((resolve) => {
    const server = createServer((socket) => socket.destroy());
    const close = (): Promise<void> => new Promise((closed) => server.close(() => closed()));
    server.once('error', () => resolve(null));
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => {
      server.unref();
      resolve({ close });
    });
  });
}

/** Whether this port can be listened on at loopback now. */
export async function isFree(port: number): Promise<boolean> {
  return isFreeFor(listenAt, port);
}

async function isFreeFor(listen: typeof listenAt, port: number): Promise<boolean> {
  const listening = await listen(port);
  await listening?.close();
  return listening !== null;
}

/** Ports of a block that is this process's own. */
export interface ClaimedPorts<N extends string> {
  /** Throws for a name that no port was asked for. */
  port(name: N): number;
  entries(): [N, number][];
  /** Gives the block up: for when everything that listens in it has ended. Any number of calls. */
  release(): Promise<void>;
}

export interface PortsOrder<N extends string> {
  /** What the names had at an earlier start. */
  before: ReadonlyMap<N, number>;
  /** The block where the search begins, any integer: who begins in different places need not wait for each other. */
  start: number;
  /** By name, how far above its port a second one lies that its process takes as well. */
  companions?: Readonly<Partial<Record<N, number>>>;
  among?: PortBlocks;
  listen?: typeof listenAt;
}

/**
 * Claims a block and gives each name a port of it, all different. It is the block of `before` when nobody has claimed
 * that one, and then every name keeps the port that it had there, unless somebody listens at it; else the next block
 * after `start` that nobody has claimed and in which nobody listens. Throws `invalid_configuration` when there is none.
 */
export async function claimPorts<N extends string>(
  names: readonly N[],
  order: PortsOrder<N>,
): Promise<ClaimedPorts<N>> {
  const { among = STACK_BLOCKS, listen = listenAt } = order;
  if (names.length >= among.size) {
    throw new Error(`${names.length} processes do not fit into a block of ${among.size} ports`);
  }
  const earlier = blockOf(order.before, among);
  const start = ((order.start % among.count) + among.count) % among.count;
  const search = Array.from({ length: among.count }, (_, i) => (start + i) % among.count);
  for (const block of earlier === null ? search : [earlier, ...search]) {
    const first = among.first + block * among.size;
    const claim = await listen(first);
    if (!claim) continue;
    try {
      const chosen = await portsWithin({ first, size: among.size }, names, {
        ...order,
        listen,
        mayBeUsed: block === earlier,
      });
      if (chosen) return claimed(chosen, claim);
    } catch (error) {
      await claim.close();
      throw error;
    }
    await claim.close();
  }
  throw new CarillonError(
    'invalid_configuration',
    `No ports are left on 127.0.0.1: of the ${among.count} blocks of ${among.size} ports from ${among.first} on, ` +
      'each is used by a stack that runs, or by something else that listens there.',
  );
}

/** The block in which a port of an earlier start lies; null when there was none. */
function blockOf(before: ReadonlyMap<string, number>, { first, size, count }: PortBlocks): number | null {
  const blocks = [...before.values()].map((port) => Math.floor((port - first) / size));
  return blocks.find((block) => block >= 0 && block < count) ?? null;
}

/**
 * A port per name, within a block that is claimed; null when it cannot be had. `mayBeUsed`: where processes of our own
 * may be left that outlived their supervisor; in any other block they would be those of somebody else.
 */
async function portsWithin<N extends string>(
  { first, size }: { first: number; size: number },
  names: readonly N[],
  order: PortsOrder<N> & { listen: typeof listenAt; mayBeUsed: boolean },
): Promise<Map<N, number> | null> {
  const { before, companions = {} as NonNullable<PortsOrder<N>['companions']>, listen, mayBeUsed } = order;
  const free = new Set<number>();
  for (let port = first + 1; port < first + size; port += 1) {
    if (await isFreeFor(listen, port)) free.add(port);
    else if (!mayBeUsed) return null;
  }
  const chosen = new Map<N, number>();
  const take = async (name: N, port: number): Promise<boolean> => {
    const distance = companions[name];
    if (!free.has(port) || (distance !== undefined && !(await isFreeFor(listen, port + distance))))
      return false;
    free.delete(port);
    chosen.set(name, port);
    return true;
  };
  for (const name of names) await take(name, before.get(name) ?? first);
  for (const name of names) {
    for (const port of chosen.has(name) ? [] : [...free]) if (await take(name, port)) break;
    if (!chosen.has(name)) return null;
  }
  return chosen;
}

function claimed<N extends string>(chosen: ReadonlyMap<N, number>, claim: Listening): ClaimedPorts<N> {
  let released: Promise<void> | undefined;
  return {
    port: (name) => {
      const port = chosen.get(name);
      if (port === undefined) throw new Error(`no port was chosen for ${name}`);
      return port;
    },
    entries: () => [...chosen],
    release: () => {
      released ??= claim.close();
      return released;
    },
  };
}
