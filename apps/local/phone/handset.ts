import type { Clock } from '#shared/clock.ts';
import type { PhoneView } from '#shared/simulator/phone-view.ts';

/** What a phone knows of its messages, from events that may repeat and overlap with a listing. */
export interface Handset {
  /** Takes in a message or a change of one. Says what is new to the person who holds the phone. */
  take(message: PhoneView): 'arrived' | 'failed' | null;
  /** Number of messages that have arrived so far. */
  readonly arrivals: number;
  /** Messages that the carrier has and that have not arrived yet, and own texts that the application has not taken. */
  readonly onTheWay: number;
  /** Resolves at the next arrival, true, or after `ms`, false. */
  nextArrival(ms: number): Promise<boolean>;
  /** Resolves once nothing has arrived for `ms` and nothing is on the way (which is given up after a minute). */
  quiet(ms: number): Promise<void>;
}

const ARRIVED = new Set(['delivered', 'read']);
const ON_THE_WAY = new Set(['scheduled', 'accepted', 'queued', 'sending', 'sent', 'receiving']);
/** A message that is not delivered for this long will not be waited for. */
const LONGEST_WAY_MS = 60_000;

export function createHandset(clock: Pick<Clock, 'monotonic' | 'sleep'>): Handset {
  const ended = new Set<string>();
  const onTheWay = new Set<string>();
  let arrivals = 0;
  let listeners: (() => void)[] = [];

  const nextArrival = async (ms: number): Promise<boolean> => {
    const timer = new AbortController();
    const { promise: arrival, resolve: wake } = Promise.withResolvers<boolean>();
    const listener = (): void => wake(true);
    listeners.push(listener);
    const timeout = clock.sleep(ms, timer.signal).then(
      () => false,
      // Aborted below, when nobody waits for it any more.
      () => false,
    );
    const arrived = await Promise.race([arrival, timeout]);
    timer.abort();
    listeners = listeners.filter((other) => other !== listener);
    return arrived;
  };
  return {
    take: (message) => {
      // A listing may be older than the events that came before it: what has ended does not begin again.
      if (ended.has(message.id)) return null;
      if (ON_THE_WAY.has(message.status)) {
        onTheWay.add(message.id);
        return null;
      }
      onTheWay.delete(message.id);
      ended.add(message.id);
      if (message.direction === 'from_phone') return message.status === 'failed' ? 'failed' : null;
      if (!ARRIVED.has(message.status)) return null;
      arrivals += 1;
      const woken = listeners;
      listeners = [];
      for (const listener of woken) listener();
      return 'arrived';
    },
    get arrivals() {
      return arrivals;
    },
    get onTheWay() {
      return onTheWay.size;
    },
    nextArrival,
    quiet: async (ms) => {
      const deadline = clock.monotonic() + LONGEST_WAY_MS;
      for (;;) {
        const arrived = await nextArrival(ms);
        if (!arrived && (onTheWay.size === 0 || clock.monotonic() > deadline)) return;
      }
    },
  };
}
