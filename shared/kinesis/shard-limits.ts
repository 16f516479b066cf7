import type { Clock } from '#shared/clock.ts';

/**
 * What one shard gives to readers: five GetRecords per second, shared by all consumers that poll the stream, and
 * 2 MiB per second. https://docs.aws.amazon.com/streams/latest/dev/service-sizes-and-limits.html
 */
export const SHARD_READS_PER_SECOND = 5;
export const SHARD_READ_BYTES_PER_SECOND = 2 * 1024 * 1024;

/**
 * Paces one consumer's reads of one shard to its share: evenly spaced, because a burst of one consumer would be
 * another's throttle. Bytes read are paid for with time before the next read.
 */
export class ReadBudget {
  readonly #clock: Clock;
  readonly #intervalMs: number;
  readonly #bytesPerMs: number;
  #notBefore: number;

  /** `share`: which part of what the shard gives is this consumer's, above 0 to 1. */
  constructor(clock: Clock, share: number) {
    this.#clock = clock;
    this.#intervalMs = 1_000 / SHARD_READS_PER_SECOND / share;
    this.#bytesPerMs = (SHARD_READ_BYTES_PER_SECOND / 1_000) * share;
    this.#notBefore = clock.monotonic();
  }

  /** Milliseconds until the next read is allowed; 0: now. */
  wait(): number {
    return Math.max(0, this.#notBefore - this.#clock.monotonic());
  }

  /** Notes a read that begins now. */
  spendRead(): void {
    this.#notBefore = this.#clock.monotonic() + this.#intervalMs;
  }

  /** Notes what the read brought. */
  spendBytes(bytes: number): void {
    const paidAt = this.#notBefore - this.#intervalMs + bytes / this.#bytesPerMs;
    this.#notBefore = Math.max(this.#notBefore, paidAt);
  }
}
