import type { Instant } from '#shared/compliance/instant.ts';
import { DAY_MS } from '#shared/compliance/local-day.ts';

/** What carriers take of a campaign's numbers in a day. */
export interface DailyCap {
  perDay: number;
  /** Of the day that is under way. */
  left: number;
  /** When that day ends. Days are taken to have 24 hours. */
  dayEnds: Instant;
}

/** What may go in each period, one after another. */
export interface Quota {
  everyMs: number;
  /** Of the period that is under way, and when it ends. */
  left: number;
  ends: Instant;
  /** Of a period, counted from the one under way, which is 0. */
  mostOf(period: number): number;
}

/** A cap of less than one would go on for ever. */
export const quotaOf = ({ dayEnds, left, perDay }: DailyCap): Quota => ({
  everyMs: DAY_MS,
  left,
  ends: dayEnds,
  mostOf: () => Math.max(1, perDay),
});

/** What is left of a quota, as time goes on. */
export class Allowance {
  readonly #quota: Quota;
  #period = 0;
  #left: number;
  #ends: Instant;

  constructor(quota: Quota) {
    this.#quota = quota;
    this.#left = Math.max(0, quota.left);
    this.#ends = quota.ends;
  }

  get ends(): Instant {
    return this.#ends;
  }

  leftAt(now: Instant): number {
    while (this.#ends <= now) {
      this.#period += 1;
      this.#left = this.#quota.mostOf(this.#period);
      this.#ends += this.#quota.everyMs;
    }
    return this.#left;
  }

  /** `all`: nothing is left, whatever division says. */
  take(messages: number, all: boolean): void {
    this.#left = all ? 0 : this.#left - messages;
  }
}
