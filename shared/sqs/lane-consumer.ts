import type { Clock } from '#shared/clock.ts';
import { messageOf } from '#shared/errors.ts';
import { type Liveness, unwatched, type WatchedLoop } from '#shared/liveness.ts';
import type { Logger } from '#shared/logger.ts';
import { Abandonment } from './abandonment.ts';
import { EntryBatches } from './entry-batches.ts';
import type { FifoQueue } from './fifo-queue.ts';
import { type Entry, Lane } from './lane.ts';

/** Entries of one message group, in order, handed over together. */
export interface LaneRun {
  groupId: string;
  messages: readonly LaneMessage[];
  /** Aborted when the consumer stops: a run that waits may reject, and its entries go back to the queue. */
  signal: AbortSignal;
}

export interface LaneMessage {
  id: string;
  body: string;
  /** How often the queue has handed it out, this time included. */
  receives: number;
  /** When it was sent to the queue: by the queue's clock. */
  sentAt: Date;
}

export interface LaneConsumerOptions {
  queue: FifoQueue;
  /** For the log. */
  name: string;
  /** How long an entry stays ours without a heartbeat. */
  visibilitySeconds: number;
  /** Resolves when the run's entries are done with; rejects to give them, and all behind them, back. */
  handle(run: LaneRun): Promise<void>;
  clock: Clock;
  logger: Logger;
  /** For faults that only a fresh process can mend. */
  onFailure(error: unknown): void;
  /** Told of every long poll; left out: nobody watches. */
  liveness?: Liveness;
  /** Told when a handler failed, except while stopping: for the metrics. */
  onRunFailed?(): void;
  /** Long polls in flight. */
  polls?: number;
  /** Most entries in hand: received, and neither deleted nor given back. */
  maxInHand?: number;
  /** How long an entry that is done with waits for others to be deleted by the same call, in ms; left out: it does not. */
  gatherMs?: number;
}

export interface LaneConsumer {
  inHand(): number;
  /**
   * Receives no more, gives back what waits, lets runs end for `deadlineMs` at most, then gives back theirs too.
   * Resolves when nothing is in hand. Never rejects. A receive that is cut off on its way may have taken entries: they
   * come back when their visibility ends.
   */
  stop(deadlineMs: number): Promise<void>;
}

const RECEIVE = 10;
/** Hands that hold so many times a full receive, or more, wait until there is room for a full one. */
const SHARE_OF_HANDS = 20;
const WAIT_SECONDS = 20;
const RETRY_MS = { first: 200, most: 5_000 };
const FAILED_RUN_MS = { first: 1_000, most: 20_000 };

/**
 * Consumes a FIFO queue group by group: entries of a group form a lane and are run in order, never two runs of a lane
 * at once; lanes run side by side. Whatever waits in a lane goes into its next run together.
 *
 * Everything in hand, what waits in memory included, has its visibility extended every third of it, also while
 * draining. An entry whose extension is refused, or whose visibility ended unextended, is somebody else's: it leaves
 * the hand without deletion, and what waits behind it is given back.
 *
 * Giving back (`#release`) sets visibility to zero from the last entry of the lane to the first, each after the answer
 * about the one behind it. SQS hands out nothing of a group while an entry of it is in flight, so until the first
 * entry, which is released last, is visible, nobody can receive any of them; and by then all behind it are visible in
 * their order. Were the first released first, a queue that looked only for entries in flight *ahead* could hand it
 * out, have it finished and then reach entries that this process still holds. A release that fails leaves its entry in
 * flight until its visibility ends, which only delays the group. Several calls in one batch would have no such order.
 */
export function createLaneConsumer(options: LaneConsumerOptions): LaneConsumer {
  const consumer = new Consumer(options);
  consumer.start();
  return { inHand: () => consumer.inHand, stop: (deadlineMs) => consumer.stop(deadlineMs) };
}

class Consumer {
  readonly #options: LaneConsumerOptions;
  readonly #visibilityMs: number;
  readonly #maxInHand: number;
  /** Room below which it is not asked for more: full hands that lose one entry after another would ask for each. */
  readonly #leastRoom: number;
  readonly #lanes = new Map<string, Lane>();
  readonly #hand = new Set<Entry>();
  readonly #stopping = new AbortController();
  /** By the deadline of `stop`: runs are not waited for any more. */
  readonly #abandonment = new Abandonment();
  readonly #deletes: EntryBatches;
  readonly #extensions: EntryBatches;
  readonly #releases: EntryBatches;
  readonly #releasing = new Set<Promise<void>>();
  readonly #polls: Promise<void>[] = [];
  #beating: Promise<void> = Promise.resolve();
  #reserved = 0;
  #onRoom: (() => void)[] = [];
  readonly #drained = new AbortController();

  constructor(options: LaneConsumerOptions) {
    this.#options = options;
    this.#visibilityMs = options.visibilitySeconds * 1_000;
    this.#maxInHand = options.maxInHand ?? 1_000;
    this.#leastRoom = Math.min(RECEIVE, Math.max(1, Math.floor(this.#maxInHand / SHARE_OF_HANDS)));
    const common = { clock: options.clock, logger: options.logger };
    this.#deletes = new EntryBatches({
      ...common,
      doing: 'deleting entries',
      tries: 4,
      ...(options.gatherMs === undefined ? {} : { gatherMs: options.gatherMs }),
      call: (receipts) => options.queue.delete(receipts),
    });
    this.#extensions = new EntryBatches({
      ...common,
      doing: 'extending entries',
      tries: 3,
      call: (receipts) => options.queue.changeVisibility(receipts, options.visibilitySeconds),
    });
    this.#releases = new EntryBatches({
      ...common,
      doing: 'releasing entries',
      tries: 3,
      call: (receipts) => options.queue.changeVisibility(receipts, 0),
    });
  }

  get inHand(): number {
    return this.#hand.size;
  }

  start(): void {
    for (let i = 0; i < (this.#options.polls ?? 4); i += 1) this.#polls.push(this.#watch(this.#poll()));
    this.#beating = this.#watch(this.#heartbeat());
  }

  async stop(deadlineMs: number): Promise<void> {
    this.#stopping.abort();
    this.#wakePolls();
    for (const lane of this.#lanes.values()) this.#giveBack(lane, lane.takeWaiting());
    const deadline = this.#options.clock
      .sleep(deadlineMs, this.#drained.signal)
      .then(() => this.#abandon())
      .catch(() => undefined); // drained before the deadline
    await Promise.all(this.#polls);
    await Promise.all([...this.#lanes.values()].map((lane) => lane.working));
    while (this.#releasing.size > 0) await Promise.all(this.#releasing);
    this.#drained.abort();
    await Promise.all([deadline, this.#beating]);
  }

  #abandon(): void {
    this.#options.logger.warn(
      { queue: this.#options.name, inHand: this.#hand.size },
      'runs did not end in time; their entries go back to the queue',
    );
    this.#abandonment.happen();
  }

  async #poll(): Promise<void> {
    const loop = (this.#options.liveness ?? unwatched).watch(`a poll of ${this.#options.name}`);
    try {
      await this.#pollUntilStopped(loop);
    } finally {
      loop.end();
    }
  }

  async #pollUntilStopped(loop: WatchedLoop): Promise<void> {
    let failures = 0;
    while (!this.#stopping.signal.aborted) {
      loop.beat();
      const room = Math.min(RECEIVE, this.#maxInHand - this.#hand.size - this.#reserved);
      if (room < this.#leastRoom) {
        // Hands are full for as long as the carrier or the database is away: that is no hanging.
        loop.rest();
        await new Promise<void>((resolve) => this.#onRoom.push(resolve));
        continue;
      }
      this.#reserved += room;
      const received = await this.#receive(room);
      this.#reserved -= room;
      if (received !== null) {
        failures = 0;
        this.#accept(received);
      } else if (!this.#stopping.signal.aborted) {
        await this.#pause(backoff(RETRY_MS, failures, this.#options.clock));
        failures += 1;
      }
    }
  }

  /** Null when the queue could not be asked. */
  async #receive(max: number): Promise<Entry[] | null> {
    const { clock, logger, name, queue, visibilitySeconds } = this.#options;
    try {
      const received = await queue.receive({
        max,
        waitSeconds: WAIT_SECONDS,
        visibilitySeconds,
        signal: this.#stopping.signal,
      });
      const expiresAt = clock.monotonic() + this.#visibilityMs;
      return received.map((entry) => ({ ...entry, expiresAt, settling: false }));
    } catch (error) {
      if (this.#stopping.signal.aborted) return null;
      if (error instanceof Error && LASTING.has(error.name)) this.#options.onFailure(error);
      logger.warn({ queue: name, err: error }, `receiving failed and is repeated: ${messageOf(error)}`);
      return null;
    }
  }

  #accept(entries: readonly Entry[]): void {
    for (const entry of entries) {
      this.#hand.add(entry);
      let lane = this.#lanes.get(entry.groupId);
      if (!lane) {
        lane = new Lane(entry.groupId);
        this.#lanes.set(entry.groupId, lane);
      }
      lane.waiting.push(entry);
    }
    for (const groupId of new Set(entries.map((entry) => entry.groupId))) {
      const lane = this.#lanes.get(groupId);
      if (!lane) continue;
      if (this.#stopping.signal.aborted) this.#giveBack(lane, lane.takeWaiting());
      else if (lane.working === null) {
        lane.working = this.#work(lane).catch((error: unknown) => this.#options.onFailure(error));
      }
    }
  }

  /** Runs a lane until nothing waits in it. */
  async #work(lane: Lane): Promise<void> {
    while (lane.waiting.length > 0) {
      this.#dropExpired(lane);
      const run = lane.takeWaiting();
      if (run.length === 0) break;
      lane.running = run;
      const done = await this.#run(lane, run);
      if (done) await this.#delete(run);
      else {
        // What arrived behind it meanwhile must not overtake it.
        if (!this.#abandonment.happened) await this.#pause(this.#pauseAfter(run));
        const behind = lane.takeWaiting();
        lane.running = [];
        await lane.returning;
        await this.#release([...run, ...behind]);
      }
      lane.running = [];
    }
    lane.working = null;
    this.#lanes.delete(lane.groupId);
  }

  /** Whether the handler was done with the run. */
  async #run(lane: Lane, run: readonly Entry[]): Promise<boolean> {
    const { signal } = this.#stopping;
    const messages = run.map(({ id, body, receives, sentAt }) => ({ id, body, receives, sentAt }));
    const handled = this.#options.handle({ groupId: lane.groupId, messages, signal }).then(
      () => true,
      (error: unknown) => {
        if (!signal.aborted) {
          this.#options.onRunFailed?.();
          this.#options.logger.error(
            { queue: this.#options.name, partitionKey: lane.groupId, err: error },
            `a run failed and its entries go back: ${messageOf(error)}`,
          );
        }
        return false;
      },
    );
    return this.#abandonment.unless(handled);
  }

  #pauseAfter(run: readonly Entry[]): number {
    const receives = Math.max(...run.map((entry) => entry.receives));
    return backoff(FAILED_RUN_MS, receives - 1, this.#options.clock);
  }

  async #delete(run: readonly Entry[]): Promise<void> {
    await Promise.all(
      run.map(async (entry) => {
        if (!this.#hand.has(entry)) return;
        entry.settling = true;
        // Undeleted entries come back, which is harmless: the handler is done with what they are about.
        await this.#deletes.ask(entry.receipt);
        this.#letGo(entry);
      }),
    );
  }

  /** From the last to the first: see above. */
  async #release(entries: readonly Entry[]): Promise<void> {
    for (const entry of entries) entry.settling = true;
    for (const entry of entries.toReversed()) {
      if (!this.#hand.has(entry)) continue;
      await this.#releases.ask(entry.receipt);
      this.#letGo(entry);
    }
  }

  /** Releases entries of a lane that no run holds, without waiting for it. */
  #giveBack(lane: Lane, entries: readonly Entry[]): void {
    if (entries.length === 0) return;
    for (const entry of entries) entry.settling = true;
    lane.returning = lane.returning.then(() => this.#release(entries));
    const releasing = lane.returning.finally(() => {
      this.#releasing.delete(releasing);
      // The group may have come again meanwhile, in a lane of its own.
      const current = this.#lanes.get(lane.groupId) === lane;
      if (current && lane.working === null && lane.waiting.length === 0) this.#lanes.delete(lane.groupId);
    });
    this.#releasing.add(releasing);
  }

  async #heartbeat(): Promise<void> {
    const { clock } = this.#options;
    while (!this.#drained.signal.aborted) {
      // Cut short by the end of the drain only: until then everything in hand stays ours.
      await clock.sleep(this.#visibilityMs / 3, this.#drained.signal).catch(() => undefined);
      if (this.#drained.signal.aborted) return;
      this.#beat();
    }
  }

  /** Not waited for: a slow answer must not delay the next beat. */
  #beat(): void {
    for (const entry of this.#hand) {
      if (entry.settling) continue;
      const askedAt = this.#options.clock.monotonic();
      void this.#extensions.ask(entry.receipt).then((answer) => {
        if (answer === 'done') entry.expiresAt = askedAt + this.#visibilityMs;
        else if (answer === 'refused') this.#lose(entry);
      });
    }
    for (const lane of this.#lanes.values()) this.#dropExpired(lane);
  }

  #dropExpired(lane: Lane): void {
    const now = this.#options.clock.monotonic();
    const lost = [...lane.running, ...lane.waiting].filter(
      (entry) => entry.expiresAt <= now && !entry.settling,
    );
    for (const entry of lost) this.#lose(entry);
  }

  /** The entry is not ours any more. What waits behind it is given back, so that the queue restores the order. */
  #lose(entry: Entry): void {
    if (entry.settling || !this.#hand.has(entry)) return;
    this.#options.logger.warn(
      { queue: this.#options.name, entry: entry.id },
      'the visibility of an entry ended while it was in hand',
    );
    this.#letGo(entry);
    const lane = this.#lanes.get(entry.groupId);
    if (lane) this.#giveBack(lane, lane.takeBehind(entry));
  }

  #letGo(entry: Entry): void {
    this.#hand.delete(entry);
    this.#wakePolls();
  }

  #wakePolls(): void {
    for (const resolve of this.#onRoom.splice(0)) resolve();
  }

  #pause(ms: number): Promise<void> {
    // Cut short by a stop, which has its own end.
    return this.#options.clock.sleep(ms, this.#stopping.signal).catch(() => undefined);
  }

  #watch(work: Promise<void>): Promise<void> {
    return work.catch((error: unknown) => this.#options.onFailure(error));
  }
}

/** Errors that no repetition mends: the queue of our configuration does not exist, or is not ours to read. */
const LASTING = new Set(['QueueDoesNotExist', 'AccessDenied', 'AccessDeniedException']);

const backoff = (range: { first: number; most: number }, failures: number, clock: Clock): number => {
  const ceiling = Math.min(range.most, range.first * 2 ** failures);
  return ceiling / 2 + (clock.random() * ceiling) / 2;
};
