import autocannon from 'autocannon';
import { median } from './harness.ts';

/** HTTP load on one address, from a thread of its own, and how long answers took. */
export class HttpLoad {
  readonly #connections: number;
  readonly #seconds: number;
  readonly #runs = new Map<string, { p50: number; p99: number }[]>();

  /** `seconds`: of one run. */
  constructor({ connections, seconds }: { connections: number; seconds: number }) {
    this.#connections = connections;
    this.#seconds = seconds;
  }

  /**
   * Sends requests for so long, taking turns among those given, each connection when it has its answer; returns requests per
   * second. Throws when one was not answered 2xx. By time and not by number: autocannon looks once a second whether it is done, so that
   * a number of requests seems to take a second longer than it did, which is worse for whoever is faster.
   */
  async run(name: string, url: string, requests: autocannon.Request[]): Promise<number> {
    const result = await autocannon({
      url,
      requests,
      duration: this.#seconds,
      connections: this.#connections,
      workers: 1,
    });
    const answered = result['2xx'];
    if (result.errors > 0 || result.non2xx > 0 || answered === 0) {
      throw new Error(
        `${name}: ${answered} were answered 2xx, ${result.non2xx} otherwise, ${result.errors} failed`,
      );
    }
    const { p50, p99 } = result.latency;
    this.#runs.set(name, [...(this.#runs.get(name) ?? []), { p50, p99 }]);
    return answered / result.duration;
  }

  /** Medians of p50 and p99 by contender, without each one's first run, which warms it up. */
  times(): Record<string, { 'p50 ms': number; 'p99 ms': number }> {
    return Object.fromEntries(
      [...this.#runs].map(([contender, [, ...runs]]) => [
        contender,
        { 'p50 ms': median(runs.map(({ p50 }) => p50)), 'p99 ms': median(runs.map(({ p99 }) => p99)) },
      ]),
    );
  }
}
