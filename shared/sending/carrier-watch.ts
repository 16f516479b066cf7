import type { Clock } from '#shared/clock.ts';
import type { Logger } from '#shared/logger.ts';
import type { Metrics } from '#shared/metrics.ts';
import { type BreakerLimits, CarrierBreaker } from './carrier-breaker.ts';
import type { Settlement } from './outcome.ts';

/** An error of one code is logged once in so long. */
const LOG_EVERY_MS = 60_000;

/** The breaker of this task, with what it decides in the log and what it counts in the metrics. */
export class CarrierWatch {
  readonly #breaker: CarrierBreaker;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #metrics: Metrics;
  readonly #loggedAt = new Map<string, number>();
  readonly #onPause: (pauseMs: number | null) => void;

  constructor(
    limits: BreakerLimits,
    { clock, logger, metrics }: { clock: Clock; logger: Logger; metrics: Metrics },
    onPause: (pauseMs: number | null) => void = () => undefined,
  ) {
    this.#onPause = onPause;
    this.#breaker = new CarrierBreaker(limits);
    this.#clock = clock;
    this.#logger = logger;
    this.#metrics = metrics;
  }

  /** Why claims pause; null: they do not. */
  get cause(): string | null {
    return this.#breaker.cause;
  }

  /** How many phones may be claimed now, at most `wanted`. */
  room(wanted: number): number {
    return this.#breaker.room(this.#clock.monotonic(), wanted);
  }

  /** In how many ms claims may go on by themselves; null: when the probe ends, or now. */
  get waitMs(): number | null {
    return this.#breaker.waitMs(this.#clock.monotonic());
  }

  /** See CarrierBreaker. */
  claims(): boolean {
    return this.#breaker.claims();
  }

  /** See CarrierBreaker. */
  noProbe(): void {
    this.#breaker.noProbe();
  }

  /** Told of the end of every request. */
  ended({ attempt, halt }: Settlement, probe: boolean): void {
    const before = this.#breaker.cause;
    if (halt) this.#noteHalt(halt.code, halt.concerns);
    const haltCode = halt?.concerns === 'account' ? halt.code : null;
    this.#breaker.ended({ attempt: attempt.state, haltCode }, this.#clock.monotonic(), probe);
    const { cause } = this.#breaker;
    if (cause !== null) this.#onPause(this.waitMs ?? 0);
    else if (before !== null) this.#onPause(null);
    if (cause === before) return;
    if (cause === null) this.#logger.info({}, 'sending goes on');
    else this.#logger.warn({ pauseMs: this.waitMs }, `sending pauses: ${cause}`);
  }

  #noteHalt(code: string, concerns: string): void {
    this.#metrics.observe('SendingHalted', 1, {});
    const now = this.#clock.monotonic();
    const last = this.#loggedAt.get(code);
    if (last !== undefined && now - last < LOG_EVERY_MS) return;
    this.#loggedAt.set(code, now);
    this.#logger.error(
      { errorCode: code, concerns },
      `the carrier refuses our ${concerns}: messages are held`,
    );
  }
}
