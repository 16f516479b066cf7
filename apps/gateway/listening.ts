import type { Carrier } from '#shared/carriers/carrier.ts';
import { messageOf } from '#shared/errors.ts';
import type { ReceivingDeps } from './receive-inbound.ts';
import { sweepIfDue } from './sweep.ts';
import { noteListening } from './watch.ts';

export interface ListeningOptions {
  /** How often it is noted that we listen. */
  aliveMs: number;
  /** How long nobody may have noted it before it counts as an outage. */
  outageMs: number;
  /** How often a sweep is due. */
  sweepEveryMs: number;
  /** Asks whether the streams can be reached; rejects when not. */
  probeStreams(): Promise<void>;
}

export interface Listening {
  /** Null, or what cannot be reached. */
  notReady(): string | null;
  stop(): Promise<void>;
}

/** Longest pause between tries of a sweep that fails. */
const MOST_SWEEP_PAUSE_MS = 60_000;

/**
 * Notes regularly that this gateway listens, and sweeps at the start, after an outage and regularly; where the carrier has
 * no list, an outage ends when it has repeated what it could not deliver. Resolves after
 * the first note, so that an outage is known before the first sweep. Faults are logged and tried again: a gateway
 * whose database is away answers 503 meanwhile.
 */
export async function startListening(
  carrier: Carrier,
  options: ListeningOptions,
  deps: ReceivingDeps,
): Promise<Listening> {
  const { clock, logger, metrics, pool } = deps;
  const { lists } = carrier.capabilities;
  const stopping = new AbortController();
  const faults: { database: string | null; streams: string | null } = { database: null, streams: null };

  const note = async (): Promise<void> => {
    const [database, streams] = await Promise.allSettled([
      noteListening(pool, carrier.name, options.outageMs),
      options.probeStreams(),
    ]);
    const outageSince = database.status === 'fulfilled' ? database.value.outageSince : null;
    if (outageSince !== null) {
      const what = lists ? 'a sweep of inbound messages' : 'texts that the carrier repeats';
      logger.warn({ carrier: carrier.name, outageSince }, `sending waits for ${what}`);
    }
    faults.database = faultOf(database, 'the database cannot be reached');
    faults.streams = faultOf(streams, 'the streams cannot be reached');
    for (const fault of Object.values(faults)) if (fault !== null) logger.error({ fault }, 'not ready');
  };

  let first = true;
  let failures = 0;
  const sweep = async (): Promise<void> => {
    const occasion = {
      everyMs: lists ? options.sweepEveryMs : null,
      anyway: lists && first,
      signal: stopping.signal,
    };
    try {
      const outcome = await sweepIfDue(carrier, occasion, deps);
      if (outcome.kind === 'swept') {
        first = false;
        logger.info(
          { carrier: carrier.name, takenIn: outcome.takenIn },
          lists
            ? 'compared inbound messages with the list of the carrier'
            : 'what came in an outage has been repeated by now',
        );
      }
      failures = 0;
    } catch (error) {
      if (stopping.signal.aborted) return;
      // What it needs may come back; until then an outage stays an outage and sending waits.
      failures += 1;
      metrics.observe('SweepsFailed', 1, {});
      logger.error({ err: error, failures }, `sweep failed: ${messageOf(error)}`);
    }
  };
  const repeat = async (work: () => Promise<void>, pause: () => number): Promise<void> => {
    while (!stopping.signal.aborted) {
      await work();
      // Rejects only when stopped.
      await clock.sleep(pause(), stopping.signal).catch(() => undefined);
    }
  };

  await note();
  const sweepPause = (): number =>
    Math.min(MOST_SWEEP_PAUSE_MS, options.aliveMs * 2 ** Math.min(failures, 10));
  const loops = Promise.all([
    clock
      .sleep(options.aliveMs, stopping.signal)
      .catch(() => undefined)
      .then(() => repeat(note, () => options.aliveMs)),
    repeat(sweep, sweepPause),
  ]);
  return {
    notReady: () => faults.database ?? faults.streams,
    stop: async () => {
      stopping.abort();
      await loops;
    },
  };
}

const faultOf = (result: PromiseSettledResult<unknown>, what: string): string | null =>
  result.status === 'rejected' ? `${what}: ${messageOf(result.reason)}` : null;
