import autocannon from 'autocannon';
import { median } from './harness.ts';

/** HTTP load on one address, from a thread of its own, and how long answers took. */
export class HttpLoad {
  readonly #connections: number;
  readonly #amount: number;
  readonly #runs = new Map<string, { p50: number; p99: number }[]>();

  /** `amount`: requests of one run. */
  constructor({ connections, amount }: { connections: number; amount: number }) {
    this.#connections = connections;
    this.#amount = amount;
  }

  /**
   * Sends `amount` requests, taking turns among those given, each connection when it has its answer; returns requests per
   * second. Throws when one was not answered 2xx.
   */
  async run(name: string, url: string, requests: autocannon.Request[]): Promise<number> {
    const began = performance.now();
    const result = await autocannon({
      url,
      requests,
      amount: this.#amount,
      connections: this.#connections,
      workers: 1,
    });
    const seconds = (performance.now() - began) / 1_000;
    if (result.errors > 0 || result['2xx'] !== this.#amount) {
      throw new Error(
        `${name}: ${result['2xx']} of ${this.#amount} were answered 2xx, ${result.errors} failed`,
      );
    }
    const { p50, p99 } = result.latency;
    this.#runs.set(name, [...(this.#runs.get(name) ?? []), { p50, p99 }]);
    return this.#amount / seconds;
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
