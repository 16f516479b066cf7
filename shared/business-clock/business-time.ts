import type { BusinessOffset, Clock } from '#shared/clock.ts';
import { furtherOf, isInForce, type Jump, NO_JUMP, offsetAt } from './jump.ts';

/** Business time in one process: takes jumps as it is told of them, makes them at their instant, and says so. */
export class BusinessTime implements BusinessOffset {
  readonly #clock: Pick<Clock, 'machineTime' | 'sleep'>;
  readonly #listeners = new Set<() => void>();
  readonly #closed = new AbortController();
  #jump: Jump;

  /** `clock`: the machine's. `jump`: what is known at the start. */
  constructor(clock: Pick<Clock, 'machineTime' | 'sleep'>, jump: Jump = NO_JUMP) {
    this.#clock = clock;
    this.#jump = jump;
    void this.#announce(jump);
  }

  /** The newest jump that it knows, in force or not. */
  get jump(): Jump {
    return this.#jump;
  }

  /** Whether the newest jump that it knows is in force here. */
  get isInForce(): boolean {
    return isInForce(this.#jump, this.#now());
  }

  offsetMs(): number {
    return offsetAt(this.#jump, this.#now());
  }

  onJump(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Idempotent; a jump that leads no further than what is known changes nothing. */
  take(told: Jump): void {
    const before = this.#jump;
    this.#jump = furtherOf(before, told);
    if (this.#jump !== before) void this.#announce(this.#jump);
  }

  /** Announces no more: a jump that is to come would keep the process from ending until then. */
  close(): void {
    this.#closed.abort();
  }

  async #announce(jump: Jump): Promise<void> {
    if (jump.offsetMs === jump.previousMs) return;
    const { signal } = this.#closed;
    try {
      // A timer may be a millisecond early, and whoever listens looks at the time.
      for (let left = this.#left(jump); left > 0; left = this.#left(jump))
        await this.#clock.sleep(left, signal);
    } catch (error) {
      if (signal.aborted) return;
      throw error;
    }
    if (jump === this.#jump) for (const listener of [...this.#listeners]) listener();
  }

  #left(jump: Jump): number {
    return jump.jumpsAt - this.#now();
  }

  #now(): number {
    return this.#clock.machineTime().getTime();
  }
}
