import autocannon from 'autocannon';

/** HTTP load on one address, from a thread of its own, and how long answers took. */
export class HttpLoad {
  readonly #connections: number;
  readonly #amount: number;
  readonly #answers: '2xx' | '3xx';
  readonly #runs = new Map<string, { p50: number; p99: number }[]>();

  /** `amount`: requests of one run. `answers`: what all of them must be answered with. */
  constructor({
    amount,
    answers = '2xx',
    connections,
  }: {
    connections: number;
    amount: number;
    answers?: '2xx' | '3xx';
  }) {
    this.#connections = connections;
    this.#amount = amount;
    this.#answers = answers;
  }

  /**
   * Sends `amount` requests, taking turns among those given, each connection when it has its answer; returns requests per
   * second. Throws when one was answered otherwise.
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
    const answered = result[this.#answers];
    if (result.errors > 0 || answered !== this.#amount) {
      throw new Error(
        `${name}: ${answered} of ${this.#amount} were answered ${this.#answers}, ${result.errors} failed`,
      );
    }
    const { p50, p99 } = result.latency;
    this.#runs.set(name, [...(this.#runs.get(name) ?? []), { p50, p99 }]);
    return this.#amount / seconds;
  }

  /** Prints the medians of p50 and p99, without each contender's first run, which warms it up. */
  print(): void {
    const median = (values: number[]): number =>
      values.sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
    console.table(
      [...this.#runs].map(([contender, [, ...runs]]) => ({
        contender,
        'p50 ms': median(runs.map(({ p50 }) => p50)),
        'p99 ms': median(runs.map(({ p99 }) => p99)),
      })),
    );
  }
}
