import type { Clock } from '#shared/clock.ts';
import { messageOf } from '#shared/errors.ts';
import { nextBackOffMs } from './back-off.ts';
import { beforeStart, type Child, describeEnding, type Ending, startChild } from './child.ts';
import { lastWords } from './last-words.ts';
import type { ProcessPlan } from './process-plan.ts';

/**
 * One supervised process, as a state machine:
 *
 *   stopped  --start()-------------------> starting
 *   starting --the probe finds it serving-> serving
 *   serving  --the probe finds it not-----> unready   --it serves again--> serving
 *   unready  --it hangs: killed------------> (it ends by itself)
 *   starting, serving, unready --it ends by itself--> waiting --back-off--> starting
 *   any      --stop()--------------------> stopping  --it is gone--------> stopped
 */
export type ProcessState = 'stopped' | 'starting' | 'serving' | 'unready' | 'waiting' | 'stopping';

/** What the console and the system page show of a process. */
export interface ProcessStatus {
  name: string;
  state: ProcessState;
  pid: number | null;
  /** Starts after the first. */
  restarts: number;
  /** When it came into this state. */
  since: Date;
  /** Why it does not serve; null when it does. */
  reason: string | null;
}

export type ProcessEvent =
  | { type: 'serving'; again: boolean }
  | { type: 'unready'; reason: string }
  | { type: 'hung'; silentMs: number }
  | { type: 'ended'; ending: Ending; restartInMs: number; lastWords: string | null };

const LINES_REMEMBERED = 40;
/** A start takes a second: each look costs both sides a millisecond, of a machine that starts a dozen at once. */
const PROBE_WHILE_STARTING_MS = 150;
const PROBE_WHILE_SERVING_MS = 5_000;

export class SupervisedProcess {
  readonly plan: ProcessPlan;
  readonly #clock: Clock;
  readonly #onLine: (line: string) => void;
  readonly #onEvent: (event: ProcessEvent) => void;
  readonly #stopped = new AbortController();
  readonly #firstServing = Promise.withResolvers<void>();
  #child: Child | undefined;
  #run: Promise<void> | undefined;
  #state: ProcessState = 'stopped';
  #since: Date;
  #reason: string | null = null;
  #starts = 0;
  readonly #lastLines: string[] = [];

  constructor(
    plan: ProcessPlan,
    parts: { clock: Clock; onLine: (line: string) => void; onEvent: (event: ProcessEvent) => void },
  ) {
    this.plan = plan;
    this.#clock = parts.clock;
    this.#onLine = parts.onLine;
    this.#onEvent = parts.onEvent;
    this.#since = parts.clock.now();
    // Whoever waits for it gets the rejection; nobody has to.
    this.#firstServing.promise.catch(() => undefined);
  }

  get status(): ProcessStatus {
    return {
      name: this.plan.name,
      state: this.#state,
      pid: this.#child?.pid ?? null,
      restarts: Math.max(0, this.#starts - 1),
      since: this.#since,
      reason: this.#state === 'serving' ? null : this.#reason,
    };
  }

  /** Resolves when it serves for the first time; rejects when it is stopped before. Crashes before are restarted. */
  get firstServing(): Promise<void> {
    return this.#firstServing.promise;
  }

  /** Why it ended, as far as it said so. */
  get lastWords(): string | null {
    return lastWords(this.#lastLines);
  }

  start(): void {
    this.#run ??= this.#supervise();
  }

  /** Ends the process: SIGTERM, and SIGKILL after `graceMs`. Resolves when it is gone. Any number of calls. */
  async stop(graceMs: number): Promise<void> {
    if (!this.#stopped.signal.aborted) {
      this.#enter(this.#child ? 'stopping' : 'stopped', null);
      this.#stopped.abort(new Error(`${this.plan.name} is stopped`));
      this.#firstServing.reject(this.#stopped.signal.reason);
    }
    await this.#child?.stop(graceMs);
    await this.#run;
    this.#enter('stopped', null);
  }

  /** For the second Ctrl-C. */
  kill(): void {
    this.#child?.kill();
  }

  async #supervise(): Promise<void> {
    let backOffMs = 0;
    while (!this.#stopped.signal.aborted) {
      const { ending, servedMs } = await this.#runOnce();
      if (this.#stopped.signal.aborted) return;
      backOffMs = nextBackOffMs(backOffMs, servedMs);
      this.#enter('waiting', describeEnding(ending));
      this.#onEvent({ type: 'ended', ending, restartInMs: backOffMs, lastWords: this.lastWords });
      // Rejects only when stopped, which the loop looks at itself.
      await this.#clock.sleep(backOffMs, this.#stopped.signal).catch(() => undefined);
    }
  }

  async #runOnce(): Promise<{ ending: Ending; servedMs: number }> {
    this.#starts += 1;
    this.#enter('starting', 'starting');
    this.#lastLines.length = 0;
    if (!(await this.#clearTheWay())) return { ending: { code: null, signal: null }, servedMs: 0 };
    const child = startChild(this.plan, (line) => this.#said(line));
    this.#child = child;
    const gone = new AbortController();
    const watched = this.#watch(gone.signal);
    const ending = await child.ended;
    gone.abort();
    this.#child = undefined;
    return { ending, servedMs: await watched };
  }

  /** Whether it may start now: not when it was stopped meanwhile, or something is in the way. */
  async #clearTheWay(): Promise<boolean> {
    try {
      await beforeStart(this.plan, (line) => this.#said(line));
      return !this.#stopped.signal.aborted;
    } catch (error) {
      // As if it had been started and had said so: it is tried again.
      this.#said(messageOf(error));
      return false;
    }
  }

  #said(line: string): void {
    this.#lastLines.push(line);
    if (this.#lastLines.length > LINES_REMEMBERED) this.#lastLines.shift();
    this.#onLine(line);
  }

  /** Looks at the process until it is gone, and gives for how long it served. */
  async #watch(gone: AbortSignal): Promise<number> {
    let servingSince: number | undefined;
    let silentSince: number | undefined;
    const over = AbortSignal.any([gone, this.#stopped.signal]);
    // Asked of the two themselves: what `any` makes can miss an abort that comes while nobody listens to it.
    const isOver = (): boolean => gone.aborted || this.#stopped.signal.aborted;
    while (!isOver()) {
      const reason = await this.plan.probe();
      if (isOver()) break;
      if (reason === null) {
        servingSince ??= this.#clock.monotonic();
        this.#serving();
      } else if (this.#state === 'starting') this.#reason = reason;
      else this.#unready(reason);
      silentSince = servingSince === undefined ? undefined : await this.#silentSince(silentSince, reason);
      if (isOver()) break;
      if (this.#hasHung(silentSince)) {
        this.#child?.kill();
        break;
      }
      const pause = this.#state === 'serving' ? PROBE_WHILE_SERVING_MS : PROBE_WHILE_STARTING_MS;
      // Rejects only when over, which the loop looks at itself.
      await this.#clock.sleep(this.#state === 'unready' ? 1_000 : pause, over).catch(() => undefined);
    }
    return servingSince === undefined ? 0 : this.#clock.monotonic() - servingSince;
  }

  /** Since when it answers nothing at all; undefined while it answers. */
  async #silentSince(before: number | undefined, unready: string | null): Promise<number | undefined> {
    const { hang } = this.plan;
    if (!hang || unready === null || (await hang.probe()) === null) return undefined;
    return before ?? this.#clock.monotonic();
  }

  #hasHung(silentSince: number | undefined): boolean {
    const { hang } = this.plan;
    if (!hang || silentSince === undefined) return false;
    const silentMs = this.#clock.monotonic() - silentSince;
    if (silentMs < hang.afterMs) return false;
    this.#onEvent({ type: 'hung', silentMs });
    return true;
  }

  #serving(): void {
    if (this.#state === 'serving') return;
    const again = this.#starts > 1 || this.#state === 'unready';
    this.#enter('serving', null);
    this.#onEvent({ type: 'serving', again });
    this.#firstServing.resolve();
  }

  #unready(reason: string): void {
    const news = this.#state !== 'unready';
    if (news) this.#enter('unready', reason);
    this.#reason = reason;
    if (news) this.#onEvent({ type: 'unready', reason });
  }

  #enter(state: ProcessState, reason: string | null): void {
    if (state !== this.#state) this.#since = this.#clock.now();
    this.#state = state;
    this.#reason = reason;
  }
}
