import type { StatisticsView } from '#shared/simulator/statistics.ts';

const WINDOW_SECONDS = 10;

const zero = () => ({
  requests: 0,
  accepted: 0,
  calls: 0,
  broken: { before: 0, after: 0, unanswered: 0 },
  callbacks: { tried: 0, delivered: 0, failed: 0, lost: 0, repeated: 0, overtaken: 0 },
  inbound: { received: 0, delivered: 0, retried: 0, givenUp: 0, lost: 0, repeated: 0 },
});

export interface Statistics {
  count: ReturnType<typeof zero>;
  accept(): void;
  refuse(code: number): void;
  view(live: StatisticsView['inFlight'] & { messages: number }): StatisticsView;
  reset(): void;
}

export function createStatistics(monotonic: () => number): Statistics {
  const count = zero();
  const refused = new Map<number, number>();
  /** Accepted per second, by second modulo the window; `second` says which one a slot is for. */
  const slots = Array.from({ length: WINDOW_SECONDS }, () => ({ second: -1, accepted: 0 }));
  const secondNow = (): number => Math.floor(monotonic() / 1_000);
  return {
    count,
    accept: () => {
      count.accepted += 1;
      const second = secondNow();
      const slot = slots[second % WINDOW_SECONDS];
      if (!slot) return;
      if (slot.second !== second) {
        slot.second = second;
        slot.accepted = 0;
      }
      slot.accepted += 1;
    },
    refuse: (code) => void refused.set(code, (refused.get(code) ?? 0) + 1),
    view: ({ messages, ...inFlight }) => {
      const oldest = secondNow() - WINDOW_SECONDS;
      const recent = slots.reduce((sum, slot) => sum + (slot.second > oldest ? slot.accepted : 0), 0);
      return {
        requests: count.requests,
        accepted: count.accepted,
        calls: count.calls,
        refused: Object.fromEntries(refused),
        broken: { ...count.broken },
        callbacks: { ...count.callbacks },
        inbound: { ...count.inbound },
        inFlight,
        messagesPerSecond: recent / WINDOW_SECONDS,
        messages,
      };
    },
    reset: () => {
      Object.assign(count, zero());
      refused.clear();
      for (const slot of slots) slot.second = -1;
    },
  };
}
