import type { Clock } from '#shared/clock.ts';
import type { EntryResult, FifoQueue, QueueEntry, ReceivedEntry, ReceiveOptions } from './fifo-queue.ts';

/**
 * A FIFO queue in memory that behaves as SQS does where the local emulator does not: one receive brings several
 * entries of a group; a group with anything in flight gives nothing more; visibility ends by itself and the old
 * receipt with it; batch calls fail for single entries; answers get lost. For tests; time is the clock's.
 */
export class StandInQueue implements FifoQueue {
  readonly #clock: Clock;
  readonly #entries: Stored[] = [];
  readonly #seen = new Map<string, number>();
  #onChange: (() => void)[] = [];
  #receipts = 0;
  /** Asked before each entry of a batch call, and once per receive or whole call with index -1. */
  fault: (call: Call, index: number) => Fault = () => 'none';
  /** Every batch that was sent, as lists of groups. */
  readonly sentBatches: string[][] = [];
  /** Bodies of what was given back, in order. */
  readonly released: string[] = [];

  /** What was received as often as may be and would have been once more: it is in the dead-letter queue, in order. */
  readonly deadLetters: string[] = [];
  readonly #maxReceives: number;

  /** `maxReceives`: how often an entry is given to anybody before it is a dead letter. Left out: as often as somebody asks. */
  constructor(clock: Clock, { maxReceives = Number.POSITIVE_INFINITY }: { maxReceives?: number } = {}) {
    this.#clock = clock;
    this.#maxReceives = maxReceives;
  }

  /** What is neither deleted nor expired, in order. */
  get bodies(): string[] {
    return this.#entries.map(({ body }) => body);
  }

  get inFlight(): number {
    return this.#entries.filter((entry) => entry.visibleAt > this.#clock.monotonic()).length;
  }

  receivesOf(body: string): number {
    return this.#entries.find((entry) => entry.body === body)?.receives ?? 0;
  }

  async send(entries: readonly QueueEntry[]): Promise<EntryResult[]> {
    this.sentBatches.push(entries.map(({ groupId }) => groupId));
    return this.#batch('send', entries, (entry) => {
      const now = this.#clock.monotonic();
      const seenAt = this.#seen.get(`${entry.groupId}|${entry.deduplicationId}`);
      if (seenAt !== undefined && now - seenAt < 300_000) return { ok: true };
      this.#seen.set(`${entry.groupId}|${entry.deduplicationId}`, now);
      this.#entries.push({
        id: `entry-${this.#seen.size}`,
        groupId: entry.groupId,
        body: entry.body,
        receipt: '',
        receives: 0,
        sentAt: this.#clock.machineTime(),
        visibleAt: now,
      });
      return { ok: true };
    });
  }

  async receive({ max, waitSeconds, visibilitySeconds, signal }: ReceiveOptions): Promise<ReceivedEntry[]> {
    const fault = this.fault('receive', -1);
    if (fault === 'failed') throw new Error('the queue cannot be reached');
    const end = this.#clock.monotonic() + waitSeconds * 1_000;
    for (;;) {
      signal.throwIfAborted();
      const taken = this.#take(max, visibilitySeconds);
      if (taken.length > 0 || this.#clock.monotonic() >= end) {
        if (fault === 'answer lost') throw new Error('the answer was lost');
        return taken;
      }
      await this.#change(end, signal);
    }
  }

  async delete(receipts: readonly string[]): Promise<EntryResult[]> {
    return this.#batch('delete', receipts, (receipt) => {
      const index = this.#held(receipt);
      if (index < 0) return REFUSED;
      this.#entries.splice(index, 1);
      return { ok: true };
    });
  }

  async changeVisibility(receipts: readonly string[], seconds: number): Promise<EntryResult[]> {
    return this.#batch(seconds === 0 ? 'release' : 'extend', receipts, (receipt) => {
      const entry = this.#entries[this.#held(receipt)];
      if (!entry) return REFUSED;
      if (seconds === 0) this.released.push(entry.body);
      entry.visibleAt = this.#clock.monotonic() + seconds * 1_000;
      return { ok: true };
    });
  }

  #take(max: number, visibilitySeconds: number): ReceivedEntry[] {
    const now = this.#clock.monotonic();
    const locked = new Set(
      this.#entries.filter((entry) => entry.visibleAt > now).map(({ groupId }) => groupId),
    );
    const isFree = ({ groupId }: Stored): boolean => !locked.has(groupId);
    // As SQS: found out when somebody asks, and what is behind it in its group goes on.
    for (const dead of this.#entries.filter(
      (entry) => isFree(entry) && entry.receives >= this.#maxReceives,
    )) {
      this.#entries.splice(this.#entries.indexOf(dead), 1);
      this.deadLetters.push(dead.body);
    }
    const free = this.#entries.filter(isFree).slice(0, max);
    return free.map((entry) => {
      this.#receipts += 1;
      entry.receipt = `receipt-${this.#receipts}`;
      entry.receives += 1;
      entry.visibleAt = now + visibilitySeconds * 1_000;
      const { id, groupId, body, receipt, receives, sentAt } = entry;
      return { id, groupId, body, receipt, receives, sentAt };
    });
  }

  /** Position of the entry that this receipt still holds. */
  #held(receipt: string): number {
    const now = this.#clock.monotonic();
    return this.#entries.findIndex((entry) => entry.receipt === receipt && entry.visibleAt > now);
  }

  async #batch<T>(call: Call, items: readonly T[], act: (item: T) => EntryResult): Promise<EntryResult[]> {
    await Promise.resolve();
    const whole = this.fault(call, -1);
    if (whole === 'failed') throw new Error('the queue cannot be reached');
    const results = items.map((item, index): EntryResult => {
      const fault = this.fault(call, index);
      if (fault === 'failed') return { ok: false, lasting: false, reason: 'InternalError' };
      const result = act(item);
      return fault === 'answer lost' ? { ok: false, lasting: false, reason: 'InternalError' } : result;
    });
    for (const resolve of this.#onChange.splice(0)) resolve();
    if (whole === 'answer lost') throw new Error('the answer was lost');
    return results;
  }

  /** Resolves when something was sent, deleted or released, when a visibility ends, or at `end`. */
  async #change(end: number, signal: AbortSignal): Promise<void> {
    const now = this.#clock.monotonic();
    const ends = this.#entries.map(({ visibleAt }) => visibleAt).filter((at) => at > now);
    const cut = new AbortController();
    const changed = new Promise<void>((resolve) => this.#onChange.push(resolve));
    // Whole ms: the sum of fractions may fall short of the end that it stands for, and never reach it.
    const ms = Math.max(1, Math.ceil(Math.min(end, ...ends) - now));
    // Not AbortSignal.any: what it makes stays with the long-lived signal after every wait.
    const onAbort = (): void => cut.abort();
    signal.addEventListener('abort', onAbort, { once: true });
    if (signal.aborted) cut.abort();
    const slept = this.#clock.sleep(ms, cut.signal);
    await Promise.race([changed, slept.catch(() => undefined)]);
    signal.removeEventListener('abort', onAbort);
    cut.abort();
  }
}

export type Call = 'send' | 'receive' | 'delete' | 'extend' | 'release';
/** `failed`: nothing happened; `answer lost`: it happened, and the caller cannot know. */
export type Fault = 'none' | 'failed' | 'answer lost';

interface Stored extends ReceivedEntry {
  /** In flight until then. */
  visibleAt: number;
}

const REFUSED: EntryResult = { ok: false, lasting: true, reason: 'ReceiptHandleIsInvalid' };
