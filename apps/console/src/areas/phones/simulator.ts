import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import type { CallView } from '#shared/simulator/call-view.ts';
import type { Faults } from '#shared/simulator/faults.ts';
import type { Line } from '#shared/simulator/line.ts';
import type { PhoneView, RecentPhone } from '#shared/simulator/phone-view.ts';
import type { StatisticsView } from '#shared/simulator/statistics.ts';
import { NoAnswer } from '../../api/problem.ts';

/**
 * The simulated carrier's control API and the clock of a local stack (docs/simulator.md, docs/local-stack.md), at our own
 * origin. Beside the product's API the only thing that the console speaks to: neither is there anywhere but on one machine.
 */

/** It answered, and says why not. */
export class SimulatorRefused extends Error {}

async function asked(path: string, body?: unknown): Promise<unknown> {
  let response: Response;
  try {
    response = await fetch(path, body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) });
  } catch (error) {
    throw new NoAnswer(error);
  }
  const answer: unknown = await response.json().catch(() => null);
  if (response.ok) return answer;
  const why = typeof answer === 'object' && answer !== null ? Object.values(answer)[0] : null;
  if (typeof why === 'string') throw new SimulatorRefused(why);
  // Of the front door of a stack that starts.
  throw new NoAnswer(response.status);
}

/** Paths below /simulator/; with a body it is posted. */
const simulated = async <Answer>(path: string, body?: object): Promise<Answer> =>
  (await asked(`/simulator/${path}`, body)) as Answer;

const ofPhone = (number: string, what: string): string => `phones/${encodeURIComponent(number)}/${what}`;

/** What is kept of one phone, by its number. */
export const phoneKeys = {
  messages: (number: string) => ['simulator', number, 'messages'] as const,
  calls: (number: string) => ['simulator', number, 'calls'] as const,
};

/** Oldest first; kept true by events (use-phone-events.ts). */
export const messagesOf = (number: string) =>
  queryOptions({
    queryKey: phoneKeys.messages(number),
    queryFn: async () => (await simulated<{ messages: PhoneView[] }>(ofPhone(number, 'messages'))).messages,
    staleTime: Number.POSITIVE_INFINITY,
  });
export const callsOf = (number: string) =>
  queryOptions({
    queryKey: phoneKeys.calls(number),
    queryFn: async () => (await simulated<{ calls: CallView[] }>(ofPhone(number, 'calls'))).calls,
    staleTime: Number.POSITIVE_INFINITY,
  });
export const lineOf = (number: string) =>
  queryOptions({
    queryKey: ['simulator', number, 'line'] as const,
    queryFn: () => simulated<Line>(ofPhone(number, 'line')),
  });
export const recentPhones = queryOptions({
  queryKey: ['simulator', 'phones'] as const,
  queryFn: () => simulated<{ mainNumber: string; phones: RecentPhone[] }>('phones?limit=30'),
  refetchInterval: 10_000,
});
export const faultsNow = queryOptions({
  queryKey: ['simulator', 'faults'] as const,
  queryFn: () => simulated<Faults>('faults'),
});
export const statisticsNow = queryOptions({
  queryKey: ['simulator', 'stats'] as const,
  queryFn: () => simulated<StatisticsView>('stats'),
  refetchInterval: 2_000,
  placeholderData: keepPreviousData,
});
export interface ClockView {
  /** ISO 8601: business time. */
  now: string;
  offsetMs: number;
}
export const clockNow = queryOptions({
  queryKey: ['simulator', 'clock'] as const,
  queryFn: async () => (await asked('/clock')) as ClockView,
  refetchInterval: 5_000,
});

export const textFrom = (number: string, text: { body: string; to: string; mediaUrls: string[] }) =>
  simulated<PhoneView>(ofPhone(number, 'texts'), text);
export const callFrom = (number: string, to: string) => simulated<CallView>(ofPhone(number, 'calls'), { to });
export const setLine = (number: string, line: Partial<Line>) =>
  simulated<Line>(ofPhone(number, 'line'), line);
export const answerCall = (number: string) => simulated(ofPhone(number, 'answer'), {});
export const pressKey = (number: string, key: string) => simulated(ofPhone(number, 'keys'), { key });
export const hangUp = (number: string) => simulated(ofPhone(number, 'hang-up'), {});
export type FaultsChange = Partial<Omit<Faults, 'errorCodes'>> & {
  /** By recipient; null takes a number out. */
  errorCodes?: Record<string, number | null>;
};
export const setFaults = (change: FaultsChange) => simulated<Faults>('faults', change);
export const resetSimulator = () => simulated('reset', {});

/** By a duration of ISO 8601, or to the next such time of day there. */
export type Skip = { by: string } | { to: string; zone: string };
export const skipTime = async (skip: Skip): Promise<ClockView> =>
  (await asked('/clock/skip', skip)) as ClockView;
