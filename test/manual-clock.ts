import type { Clock } from '#shared/clock.ts';

/** A clock that moves only when told: `advance` moves business and real time, `skip` business time alone. */
export class ManualClock implements Clock {
  #real = 0;
  readonly #start: number;
  #offset: number;
  #ids = 0;
  #sleepers: { at: number; wake: () => void }[] = [];
  readonly #onJump = new Set<() => void>();
  readonly #random: () => number;

  constructor(start = new Date('2026-03-02T15:00:00Z'), random: () => number = () => 0.5) {
    this.#start = start.getTime();
    this.#offset = start.getTime();
    this.#random = random;
  }

  now(): Date {
    return new Date(this.#offset + this.#real);
  }

  monotonic(): number {
    return this.#real;
  }

  machineTime(): Date {
    return new Date(this.#start + this.#real);
  }

  onJump(listener: () => void): () => void {
    this.#onJump.add(listener);
    return () => this.#onJump.delete(listener);
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) {
        reject(signal.reason);
        return;
      }
      const sleeper = { at: this.#real + ms, wake: resolve };
      this.#sleepers.push(sleeper);
      signal?.addEventListener(
        'abort',
        () => {
          this.#sleepers = this.#sleepers.filter((other) => other !== sleeper);
          reject(signal.reason);
        },
        { once: true },
      );
    });
  }

  newId(): string {
    this.#ids += 1;
    return `00000000-0000-4000-8000-${String(this.#ids).padStart(12, '0')}`;
  }

  random(): number {
    return this.#random();
  }

  /** How many sleep now. */
  get sleeping(): number {
    return this.#sleepers.length;
  }

  /** Moves business and real time; wakes who is due, in order, letting each run before the next. */
  async advance(ms: number): Promise<void> {
    const end = this.#real + ms;
    for (;;) {
      const next = this.#sleepers.filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0];
      if (!next) break;
      this.#sleepers = this.#sleepers.filter((other) => other !== next);
      this.#real = Math.max(this.#real, next.at);
      next.wake();
      await settle();
    }
    this.#real = end;
    await settle();
  }

  /** Moves business time alone, as the local stack's skip does. */
  skip(ms: number): void {
    this.#offset += ms;
    for (const listener of this.#onJump) listener();
  }
}

/** Lets everything run that can run without time passing. */
export async function settle(): Promise<void> {
  for (let i = 0; i < 10; i += 1) await new Promise((resolve) => setImmediate(resolve));
}
