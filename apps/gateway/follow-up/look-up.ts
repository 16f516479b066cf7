import type { Carrier, FoundStatus } from '#shared/carriers/carrier.ts';
import { CarillonError } from '#shared/errors.ts';

/**
 * How many messages a page of the carrier's list must settle to be worth asking for. A page of 1,000 takes as long as
 * 20 to 42 fetches (`npm run bench -- status-look-up`: 13 ms against 0.57 ms each, without a network), and it is one
 * request against the carrier's limit on requests.
 */
export const PAGE_WORTH = 30;
/** Requests to the carrier at the same time: sending comes first there, too. */
const FETCHES_AT_ONCE = 4;
/** So many that fail are not the fault of single messages: the carrier cannot be asked. */
const FAILURES = 5;
/** Between the carrier taking a message and its sending it, and between its clock and ours. */
const SKEW_MS = 120_000;

export interface Wanted {
  carrierMessageId: string;
  acceptedAt: Date;
}

export interface LookUp {
  /** By the carrier's id; null: the carrier does not know it. */
  found: Map<string, FoundStatus | null>;
  /** Why single messages could not be asked for, while others could. Who is in neither was not asked for. */
  failed: Map<string, CarillonError>;
  /** Why the rest was not asked for: the carrier is away, or wants us to ask less. */
  fault: CarillonError | null;
  /** Requests that were made. */
  requests: { list: number; fetch: number };
}

/**
 * Asks the carrier for these messages with as few requests as it takes: page by page of its list while a page settles
 * at least `PAGE_WORTH` of them, then one by one. What was found before a fault counts, and a message that cannot be asked
 * for does not keep others from it. Never rejects for the carrier; rejects with the signal's reason when aborted.
 */
export async function lookUp(
  carrier: Carrier,
  wanted: readonly Wanted[],
  signal: AbortSignal,
): Promise<LookUp> {
  const found: LookUp['found'] = new Map();
  const failed: LookUp['failed'] = new Map();
  const requests = { list: 0, fetch: 0 };
  const missing = new Set(wanted.map(({ carrierMessageId }) => carrierMessageId));
  const note = (id: string, status: FoundStatus | null): void => {
    if (missing.delete(id)) found.set(id, status);
  };
  const { fetches, lists } = carrier.capabilities;
  // Who cannot be asked for one message is asked for every page.
  const worth = fetches ? PAGE_WORTH : 1;
  try {
    if (lists && missing.size >= worth) {
      for await (const page of carrier.listStatuses({ ...span(wanted), signal })) {
        requests.list += 1;
        const before = missing.size;
        for (const status of page) note(status.carrierMessageId, status);
        if (missing.size < worth || (fetches && before - missing.size < worth)) break;
      }
    }
    await workers(FETCHES_AT_ONCE, [...missing].values(), async (id) => {
      if (fetches) requests.fetch += 1;
      try {
        note(id, fetches ? await carrier.fetchStatus(id, signal) : null);
      } catch (error) {
        if (signal.aborted || !isPassing(error) || failed.size + 1 >= FAILURES) throw error;
        // It may be this message alone: the next ones show it.
        failed.set(id, error);
      }
    });
    return { found, failed, fault: null, requests };
  } catch (error) {
    signal.throwIfAborted();
    if (!isPassing(error)) throw error;
    // Those before it failed for the same reason.
    failed.clear();
    return { found, failed, fault: error, requests };
  }
}

const isPassing = (error: unknown): error is CarillonError =>
  error instanceof CarillonError && error.retryable;

/** From when to when the carrier sent them, as far as we can say. */
function span(wanted: readonly Wanted[]): { since: Date; until: Date } {
  const times = wanted.map(({ acceptedAt }) => acceptedAt.getTime());
  return {
    since: new Date(Math.min(...times) - SKEW_MS),
    until: new Date(Math.max(...times) + SKEW_MS),
  };
}

/** Works through the items, some at a time; ends at the first failure, when everything begun is over. */
async function workers<T>(
  count: number,
  items: Iterator<T> & Iterable<T>,
  work: (item: T) => Promise<void>,
): Promise<void> {
  let failed = false;
  const ended = await Promise.allSettled(
    Array.from({ length: count }, async () => {
      for (const item of items) {
        if (failed) return;
        await work(item).catch((error: unknown) => {
          failed = true;
          throw error;
        });
      }
    }),
  );
  const failure = ended.find((result) => result.status === 'rejected');
  if (failure) throw failure.reason;
}
