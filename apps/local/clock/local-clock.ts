import { fileURLToPath } from 'node:url';
import { type Jump, offsetAt } from '#shared/business-clock/jump.ts';
import type { KeptClock } from '#shared/business-clock/store.ts';
import type { Clock } from '#shared/clock.ts';
import type { InBundle } from '../bundle/bundled.ts';
import { startTask, type Task } from '../task.ts';
import { tellCarrier } from './carrier-clock.ts';
import { type SkipOrder, skipResultSchema } from './skip-order.ts';
import { spanText } from './span.ts';

const MAIN = fileURLToPath(new URL('./skip-main.ts', import.meta.url));

export interface ClockView {
  /** Business time. */
  now: string;
  /** How far it is ahead of the machine's. */
  offsetMs: number;
  version: number;
}

export interface LocalClockParts {
  order: Omit<SkipOrder, 'request'>;
  inBundle: InBundle;
  /** The machine's. */
  clock: Clock;
  say(line: string): void;
}

/** Business time as the supervisor knows it: it keeps the others on the same, and has it skipped. */
export class LocalClock {
  readonly #parts: LocalClockParts;
  #kept: Jump & { version: number };
  #task: Task<unknown> | undefined;
  #last: Promise<unknown> = Promise.resolve();

  constructor(kept: KeptClock, parts: LocalClockParts) {
    this.#kept = kept;
    this.#parts = parts;
  }

  get view(): ClockView {
    const real = this.#parts.clock.machineTime().getTime();
    const offsetMs = offsetAt(this.#kept, real);
    return { now: new Date(real + offsetMs).toISOString(), offsetMs, version: this.#kept.version };
  }

  /** A carrier that starts has its journal; this is for what was decided while it was away. Never rejects. */
  async tellCarrier(): Promise<void> {
    await tellCarrier(this.#parts.order.carrierUrl, this.#kept).catch(() => {
      // It is away again, and is told when it serves again.
    });
  }

  /**
   * Skips as asked; one request after another. Resolves with the time that it is then, everywhere, or with what is
   * wrong with the request. Rejects with `unavailable` when it is not known that all went well.
   */
  skip(request: unknown): Promise<ClockView | { problem: string }> {
    const result = this.#last.then(() => this.#skip(request));
    this.#last = result.catch(() => undefined); // reported to whoever asked
    return result;
  }

  async #skip(request: unknown): Promise<ClockView | { problem: string }> {
    const { module } = this.#parts.inBundle(MAIN);
    this.#task = startTask(
      { name: 'skip', module, variable: 'SKIP_ORDER', failure: 'Time was not skipped' },
      { ...this.#parts.order, request },
      skipResultSchema,
      'unavailable',
    );
    const result = skipResultSchema.parse(await this.#task.done);
    if (result.kind === 'refused') return { problem: result.problem };
    this.#kept = result.clock;
    const { view } = this;
    this.#parts.say(`skipped to ${view.now}, ${spanText(view.offsetMs)} ahead of this machine`);
    for (const name of result.late) this.#parts.say(`${name} has not said yet that it follows`);
    return view;
  }

  /** Ends a skip that is under way. */
  async stop(graceMs: number): Promise<void> {
    await this.#task?.child.stop(graceMs);
  }

  kill(): void {
    this.#task?.child.kill();
  }
}
