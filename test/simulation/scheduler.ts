import { createHash, type Hash } from 'node:crypto';

/** Whom something happens to: what is for one that has died never happens. */
export interface Party {
  readonly name: string;
  readonly alive: boolean;
  /** Hears nothing before, in ms of simulated time: its process is stopped until then. */
  readonly deafUntil: number;
}

interface Happening {
  at: number;
  order: number;
  what: string;
  to: Party | null;
  run(): void | Promise<void>;
  cancelled: boolean;
}

/**
 * Simulated time, and everything that happens in it: one thing at a time, the earliest first, each followed by all that the
 * programs make of it before the next. Who asks for something says after how long it happens; as those times are drawn from
 * one series of random numbers, and nothing else is under way meanwhile, the whole run follows from the seed.
 */
export class Scheduler {
  /** Real time in the simulation, in ms since its beginning. */
  now = 0;
  /** Things that have happened. */
  count = 0;
  #order = 0;
  /** To come, the last first. */
  readonly #coming: Happening[] = [];
  readonly #trace: Hash = createHash('sha256');
  readonly #told: ((line: string) => void) | null;

  /** `told` is given every line of the trace. */
  constructor(told: ((line: string) => void) | null = null) {
    this.#told = told;
  }

  /** After `ms`, to `to` if that one still lives then. Returns what cancels it. */
  after(ms: number, what: string, to: Party | null, run: () => void | Promise<void>): () => void {
    this.#order += 1;
    const happening = { at: this.now + Math.max(0, ms), order: this.#order, what, to, run, cancelled: false };
    this.#insert(happening);
    return () => {
      happening.cancelled = true;
    };
  }

  /** Notes something that followed, as a line of the trace of its own. */
  note(line: string): void {
    this.#trace.update(`${this.now.toFixed(3)} ${line}\n`);
    this.#told?.(`${this.now.toFixed(3).padStart(12)} ${line}`);
  }

  /** Lets things happen until `isOver` says so, asked after each, or nothing is left or `endsAt` has come. */
  async run(isOver: () => boolean, endsAt: number): Promise<void> {
    await this.#quiet();
    while (!isOver()) {
      const next = this.#coming.pop();
      if (next === undefined) return;
      if (next.cancelled || (next.to !== null && !next.to.alive)) continue;
      if (next.to !== null && next.to.deafUntil > next.at) {
        this.#insert({ ...next, at: next.to.deafUntil });
        continue;
      }
      if (next.at > endsAt) {
        this.#insert(next);
        this.now = endsAt;
        return;
      }
      this.now = Math.max(this.now, next.at);
      this.count += 1;
      this.note(next.to === null ? next.what : `${next.to.name} ${next.what}`);
      await next.run();
      await this.#quiet();
    }
  }

  /** Of everything that happened up to now, in its order. */
  digest(): string {
    return this.#trace.copy().digest('hex').slice(0, 16);
  }

  #insert(one: Happening): void {
    let [low, high] = [0, this.#coming.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      const other = this.#coming[middle];
      if (other !== undefined && isAfter(other, one)) low = middle + 1;
      else high = middle;
    }
    this.#coming.splice(low, 0, one);
  }

  /**
   * Until the programs wait for something to happen, all of them. They go on in microtasks, ticks and turns of the event loop
   * (a producer gathers records for one turn): none of them takes more than two turns without asking for something.
   */
  async #quiet(): Promise<void> {
    for (let idle = 0; idle < IDLE_TURNS; idle += 1) {
      const before = this.#order;
      await new Promise((resolve) => setImmediate(resolve));
      if (this.#order !== before) idle = -1;
    }
  }
}

const IDLE_TURNS = 3;

const isAfter = (a: Happening, b: Happening): boolean => a.at > b.at || (a.at === b.at && a.order > b.order);
