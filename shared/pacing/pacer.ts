import type { Clock } from '#shared/clock.ts';
import { messageOf } from '#shared/errors.ts';
import type { Logger } from '#shared/logger.ts';
import { type BucketLimit, type BucketState, type PacedRequest, takeTokens } from './buckets.ts';
import { FRESH_MS, type TaskView } from './tasks.ts';

/** Lets messages through at the rates of their numbers, pools and accounts. */
export interface Pacer {
  /**
   * For each request 0, and it may go, or in how many ms it may try again. Answers are let through before what is planned.
   * Never rejects: without Redis it is slower.
   */
  take(requests: readonly PacedRequest[]): Promise<number[]>;
  /** What was let through and does not go after all. */
  giveBack(requests: readonly PacedRequest[]): void;
}

export interface PacerParts {
  /** Takes tokens from the buckets that all tasks share; rejects when they cannot be reached. */
  shared(requests: readonly PacedRequest[], back: readonly PacedRequest[]): Promise<number[]>;
  clock: Pick<Clock, 'monotonic' | 'sleep'>;
  logger: Logger;
}

/** How long the shared buckets may take to answer, in ms: locks on phones are held meanwhile. */
const PATIENCE_MS = 250;
/** After a failure they are asked again in so long, in ms. */
const AGAIN_MS = 1_000;
/** What waits because nobody knows the other tasks looks again in so long, in ms. */
const UNKNOWN_MS = 500;
/** Most messages that are given back with the next request; more are forgotten, which is slower and never faster. */
const MOST_BACK = 1_000;

/**
 * How tasks share a rate, with and without Redis:
 *
 * - All reach Redis: its buckets have the whole rate, and whoever asks takes from them.
 * - A task does not: it says so in PostgreSQL, waits until every task that still sends must have read that (FRESH_MS), and
 *   then lets through a share of its own: half of the rate, divided by all tasks that may live, with nothing saved up.
 * - Those who reach Redis take half of the rate from it as long as one task does not.
 *
 * So the sum is never above the rate: one half in Redis, and of the other half at most as many parts as there are tasks,
 * because whoever sends has been seen by whoever sends, or does not send. A task that has not read the others for FRESH_MS
 * lets nothing through.
 */
export class SharingPacer implements Pacer {
  readonly #parts: PacerParts;
  readonly #own = new Map<string, BucketState>();
  /** Up to when messages of this task wait behind each other, by bucket, in monotonic ms. */
  readonly #lines = { first: new Map<string, number>(), again: new Map<string, number>() };
  /** Those who wait in them, with when they come back. */
  readonly #inLine = new Map<string, number>();
  #back: PacedRequest[] = [];
  #view: (TaskView & { at: number }) | null = null;
  /** Since when this task does not reach Redis, and when the others were told; null: it does, they were not. */
  #alone = false;
  #toldAt: number | null = null;
  #askAgainAt = 0;

  constructor(parts: PacerParts) {
    this.#parts = parts;
  }

  /** Whether this task paces by its own share: what it tells the others. */
  get alone(): boolean {
    return this.#alone;
  }

  /** Told what a beat of this task found, which had told the others `toldAlone`; `at`: when it began, in monotonic ms. */
  seen(view: TaskView, toldAlone: boolean, at: number): void {
    this.#view = { ...view, at };
    if (!toldAlone || !this.#alone) this.#toldAt = null;
    // When it was told is when it ended: nobody who read before may still go by what it read.
    else this.#toldAt ??= this.#parts.clock.monotonic();
  }

  async take(requests: readonly PacedRequest[]): Promise<number[]> {
    if (requests.length === 0) return [];
    const now = this.#parts.clock.monotonic();
    const view = this.#view;
    if (view === null || now - view.at > FRESH_MS) return requests.map(() => UNKNOWN_MS);
    const inOrder = requests
      .map((request, place) => ({ request, place }))
      .sort((a, b) => Number(b.request.lane === 'replies') - Number(a.request.lane === 'replies'));
    const sorted = inOrder.map(({ request }) => request);
    const waits = (await this.#fromShared(sorted, view)) ?? this.#fromOwn(sorted, view);
    const byPlace = new Array<number>(requests.length).fill(0);
    for (const [index, { place, request }] of inOrder.entries()) {
      byPlace[place] = this.#lineUp(request, waits[index] ?? UNKNOWN_MS);
    }
    return byPlace;
  }

  giveBack(requests: readonly PacedRequest[]): void {
    // Of one's own share nothing is given back: it is small, and refills.
    if (this.#alone) return;
    this.#back.push(...requests.slice(0, Math.max(0, MOST_BACK - this.#back.length)));
  }

  async #fromShared(requests: readonly PacedRequest[], view: TaskView): Promise<number[] | null> {
    const { clock, logger, shared } = this.#parts;
    if (clock.monotonic() < this.#askAgainAt) return null;
    const part = view.someAlone ? 0.5 : 1;
    const back = this.#back;
    this.#back = [];
    try {
      const waits = await inTime(shared(scaled(requests, part), scaled(back, part)), clock);
      if (this.#alone) logger.info({}, 'rates are shared through Redis again');
      this.#alone = false;
      this.#toldAt = null;
      return waits;
    } catch (error) {
      if (!this.#alone) {
        logger.warn({ err: error }, `rates are shared without Redis, and slower: ${messageOf(error)}`);
      }
      this.#alone = true;
      this.#askAgainAt = clock.monotonic() + AGAIN_MS;
      return null;
    }
  }

  #fromOwn(requests: readonly PacedRequest[], view: TaskView): number[] {
    const now = this.#parts.clock.monotonic();
    const toldAt = this.#toldAt;
    if (toldAt === null) {
      // What was saved up before is not this share's.
      this.#own.clear();
      return requests.map(() => UNKNOWN_MS);
    }
    if (now - toldAt < FRESH_MS) {
      this.#own.clear();
      // Redis may be back before.
      return requests.map(() => Math.min(AGAIN_MS, Math.ceil(FRESH_MS - (now - toldAt))));
    }
    return takeTokens(
      this.#own,
      requests.map((each) => ownShare(each, view.tasks)),
      now,
    );
  }

  /**
   * Planned messages of this task wait one behind the other, so that they do not all come back at the same moment. Those that
   * come back and find their token taken by another task have a line of their own: so each task asks at most twice as often
   * as the rate lets one go, however many wait. The line is that of the slowest bucket: what waits for a slow number is in
   * nobody's way who waits for the account.
   */
  #lineUp({ cost, id, lane, limits }: PacedRequest, waitMs: number): number {
    if (id !== undefined && waitMs === 0) this.#inLine.delete(id);
    if (waitMs === 0 || lane === 'replies' || limits.length === 0) return waitMs;
    const now = this.#parts.clock.monotonic();
    const lines = id !== undefined && this.#inLine.has(id) ? this.#lines.again : this.#lines.first;
    const slowest = limits.reduce((a, b) => (b.rate < a.rate ? b : a));
    const until = Math.max(now + waitMs, lines.get(slowest.key) ?? 0);
    lines.set(slowest.key, until + (cost / slowest.rate) * 1_000);
    // Whoever waits for longer lets go of its turn, and comes back as somebody new.
    if (id !== undefined && until - now <= IN_LINE_MS) this.#inLine.set(id, until);
    forgetOld(lines, now);
    forgetOld(this.#inLine, now - FORGET_MS);
    return Math.ceil(until - now);
  }
}

const MOST_KEPT = 5_000;
/** Longest wait of those who keep their turn, in ms. */
const IN_LINE_MS = 60_000;
/** Whoever has not come back so long after its time does not come any more, in ms. */
const FORGET_MS = 60_000;

/** What is over, when there is too much to be kept. */
function forgetOld(instants: Map<string, number>, now: number): void {
  if (instants.size <= MOST_KEPT) return;
  for (const [key, until] of instants) if (until <= now) instants.delete(key);
}

/** A part of a rate, with as much less saved up. */
const partOf = (limit: BucketLimit, part: number): BucketLimit => ({
  key: limit.key,
  rate: limit.rate * part,
  capacity: Math.max(2, limit.capacity * part),
  reserve: Math.max(1, limit.reserve * part),
});

const scaled = (requests: readonly PacedRequest[], part: number): readonly PacedRequest[] =>
  part === 1
    ? requests
    : requests.map((each) => ({ ...each, limits: each.limits.map((limit) => partOf(limit, part)) }));

/** A share of one's own: a message at a time, and nothing apart for answers, which come first anyway. */
const ownShare = (request: PacedRequest, tasks: number): PacedRequest => ({
  ...request,
  limits: request.limits.map(({ key, rate }) => ({ key, rate: rate / (2 * tasks), capacity: 1, reserve: 0 })),
});

async function inTime<T>(work: Promise<T>, clock: Pick<Clock, 'sleep'>): Promise<T> {
  const done = new AbortController();
  const late = clock.sleep(PATIENCE_MS, done.signal).then(
    () => Promise.reject(new Error(`no answer within ${PATIENCE_MS} ms`)),
    () => new Promise<never>(() => undefined), // it was answered
  );
  try {
    return await Promise.race([work, late]);
  } finally {
    done.abort();
    work.catch(() => undefined); // whoever was too late is not waited for
  }
}

/** For whoever is not limited: tests and benchmarks of other things. */
export const unpaced: Pacer = { take: async (requests) => requests.map(() => 0), giveBack: () => undefined };
