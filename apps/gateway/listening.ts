import type { Carrier } from '#shared/carriers/carrier.ts';
import { messageOf } from '#shared/errors.ts';
import type { MissedTexts } from './missed-texts.ts';
import type { ReceivingDeps } from './receive-inbound.ts';
import { sweepIfDue } from './sweep.ts';
import { noteListening } from './watch.ts';

export interface ListeningOptions {
  /** How often it is noted that we listen. */
  aliveMs: number;
  /** How long nobody may have noted it before it counts as an outage, of a carrier that soon gives up what it cannot deliver. */
  outageMs: number;
  /** Texts that this task refused. */
  missed: MissedTexts;
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

/**
 * The same of a carrier without a list, at least. It repeats what it could not deliver for half an hour or a day, so that nothing is lost
 * in a moment, and sending would wait for minutes (`awaitRepetition`).
 */
const REPEATED_OUTAGE_MS = 30_000;
/** How often the streams are asked for at most, in ms: Kinesis answers 20 such calls a second for all tasks of an account. */
const PROBE_EVERY_MS = 5_000;
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

  const outageMs = lists ? options.outageMs : Math.max(options.outageMs, REPEATED_OUTAGE_MS);
  let probedAt = Number.NEGATIVE_INFINITY;
  /** The question under way, and the last: one that hangs keeps nobody from noting that we listen. */
  let probing: Promise<void> | null = null;
  const probe = async (): Promise<void> => {
    const fault = await options.probeStreams().then(
      () => null,
      (error: unknown) => `the streams cannot be reached: ${messageOf(error)}`,
    );
    faults.streams = fault;
    if (fault !== null) logger.error({ fault }, 'not ready');
    probing = null;
  };
  const note = async (): Promise<void> => {
    const missed = options.missed.take(carrier.name);
    if (probing === null && clock.monotonic() - probedAt >= PROBE_EVERY_MS) {
      probedAt = clock.monotonic();
      probing = probe();
    }
    const [database] = await Promise.allSettled([noteListening(pool, carrier.name, { outageMs, missed })]);
    const outageSince = database.status === 'fulfilled' ? database.value.outageSince : null;
    if (outageSince !== null) {
      const what = lists ? 'a sweep of inbound messages' : 'texts that the carrier repeats';
      logger.warn({ carrier: carrier.name, outageSince }, `sending waits for ${what}`);
    }
    if (missed && database.status === 'rejected') options.missed.note(carrier.name);
    faults.database =
      database.status === 'rejected' ? `the database cannot be reached: ${messageOf(database.reason)}` : null;
    if (faults.database !== null) logger.error({ fault: faults.database }, 'not ready');
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
  // What cannot be reached is known before anybody asks whether we are ready.
  await probing;
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
