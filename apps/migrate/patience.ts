import type { Clock } from '#shared/clock.ts';

/**
 * How long the task tries again what fails in vain. It begins anew with each migration that is begun for the first time:
 * however long the ones before took, as they built indexes, this one has its tries.
 */
export class Patience {
  readonly #clock: Pick<Clock, 'monotonic'>;
  readonly #ms: number;
  readonly #begun = new Set<string>();
  #since: number;

  constructor(clock: Pick<Clock, 'monotonic'>, ms: number) {
    this.#clock = clock;
    this.#ms = ms;
    this.#since = clock.monotonic();
  }

  /** `line`: as node-pg-migrate says which migration it begins. */
  hear(line: string): void {
    if (!line.startsWith('### MIGRATION ') || this.#begun.has(line)) return;
    this.#begun.add(line);
    this.#since = this.#clock.monotonic();
  }

  get isOver(): boolean {
    return this.#clock.monotonic() - this.#since > this.#ms;
  }
}
