import { AsyncLocalStorage } from 'node:async_hooks';
import type { Clock } from '#shared/clock.ts';
import { seededRandom } from '../driver/random.ts';
import { type Party, Scheduler } from './scheduler.ts';

/** How much goes wrong, as probabilities: of one request, and of one step of a task that changes something. */
export interface Weather {
  /** A request takes long. */
  slow: number;
  /** It is refused, or does not arrive. */
  refused: number;
  /** It is done, and the answer is lost. */
  lost: number;
  /** The task that makes it is killed, just before or just after it takes effect. */
  killed: number;
  /** The task is stopped for a while, long enough for others to take over what it has. */
  stopped: number;
  /** A connection to the database breaks, before a statement or behind it. */
  cut: number;
  /** Something happens between a sender and the carrier, or on the way of a webhook. */
  carrier: number;
}

export const CALM: Weather = { slow: 0, refused: 0, lost: 0, killed: 0, stopped: 0, cut: 0, carrier: 0 };

/** What becomes of a request. */
export type Fate = 'done' | 'refused' | 'lost';

/** A running process of a service; `World.current` is the one whose code runs. */
export interface Running extends Party {
  /** It is gone, in the middle of whatever it did. */
  die(): Promise<void>;
  /** It is stopped, as by SIGSTOP, and goes on after so many ms. */
  pause(ms: number): void;
}

/** How long requests take, in ms: mostly little, now and then much. Longer than the longest that anybody waits for an answer: never. */
const LATENCY_MS = { least: 0.2, most: 6, slow: 1_500 };
/** Timers of so many ms may take so many times as long. */
const LATE = { least: 900, most: 3_300, times: 3 };
/** Longer than a lease lasts, so that what the task held is somebody else's when it goes on. */
const STOPPED_MS: Range = { least: 4_000, most: 25_000 };

interface Range {
  least: number;
  most: number;
}

export interface WorldOptions {
  /** Given every line of what happens. */
  told?: ((line: string) => void) | null;
  /** For how long tasks are stopped, in ms; left out: mostly for longer than a lease lasts. */
  stoppedMs?: Range;
  /** Which tasks are killed and stopped; left out: all. */
  strikes?: (task: Running) => boolean;
}

/** Simulated time, the one series of random numbers, and what goes wrong. */
export class World {
  readonly scheduler: Scheduler;
  readonly random: () => number;
  /** Until the end of the trouble; then nothing goes wrong any more. */
  weather: Weather;
  /** For how long tasks are stopped, in ms. */
  readonly #stoppedMs: Range;
  /** Whom illness strikes. */
  readonly #strikes: (task: Running) => boolean;
  /** Real time of the beginning. */
  readonly began: Date;
  readonly #running = new AsyncLocalStorage<Running>();

  constructor(
    seed: number,
    weather: (random: () => number) => Weather,
    { told = null, stoppedMs = STOPPED_MS, strikes = () => true }: WorldOptions = {},
  ) {
    this.#stoppedMs = stoppedMs;
    this.#strikes = strikes;
    this.random = seededRandom(seed);
    this.weather = weather(this.random);
    this.scheduler = new Scheduler(told);
    const [hour, minute] = this.pick(BEGINNINGS) ?? [12, 0];
    this.began = new Date(Date.UTC(2026, 2, 2, hour, minute) + Math.floor(this.random() * 30) * 1_000);
  }

  /** Whether it is noon in New York: all that is planned may go, all through a run. */
  get isNoon(): boolean {
    return this.began.getUTCHours() === 17;
  }

  get now(): number {
    return this.scheduler.now;
  }

  /** As PostgreSQL, the carrier and AWS have it, and as all services have it. */
  time(): Date {
    return new Date(this.began.getTime() + Math.floor(this.now));
  }

  chance(probability: number): boolean {
    return probability > 0 && this.random() < probability;
  }

  between(least: number, most: number): number {
    return least + this.random() * (most - least);
  }

  pick<T>(from: readonly T[]): T | undefined {
    return from[Math.floor(this.random() * from.length)];
  }

  latency(): number {
    // Squared: short ones are the most.
    const ms = LATENCY_MS.least + this.random() ** 2 * LATENCY_MS.most;
    return this.chance(this.weather.slow) ? ms + this.random() * LATENCY_MS.slow : ms;
  }

  /** Of what passes between us and the carrier. */
  carrierFate(): Fate {
    if (!this.chance(this.weather.carrier)) return 'done';
    return this.chance(0.5) ? 'refused' : 'lost';
  }

  /** Of one statement. */
  statementFate(): Fate {
    if (!this.chance(this.weather.cut)) return 'done';
    return this.chance(0.5) ? 'refused' : 'lost';
  }

  /** Of a request to a stream or a queue. */
  fate(): Fate {
    const { lost, refused } = this.weather;
    if (refused + lost === 0) return 'done';
    const drawn = this.random();
    return drawn < refused ? 'refused' : drawn < refused + lost ? 'lost' : 'done';
  }

  /** Runs code of a task, and all that follows from it. */
  as<T>(task: Running, work: () => T): T {
    return this.#running.run(task, work);
  }

  /** Whose code runs. */
  get current(): Running {
    const task = this.#running.getStore();
    if (task === undefined) throw new Error('no task runs here');
    return task;
  }

  /** Gives a task an answer, now or when it hears again; one that is gone gets none. */
  answer(task: Running, what: string, give: () => void): void {
    if (!task.alive) return;
    if (task.deafUntil <= this.now) give();
    else this.scheduler.after(task.deafUntil - this.now, what, task, give);
  }

  /**
   * One request of a task to something outside. `effect` is what it does there, at one moment; `changes`: the task may be
   * killed or stopped around that moment. `whenLost`: what it is told when the answer is lost or the request does not arrive.
   */
  request<T>(
    task: Running,
    what: string,
    {
      changes,
      effect,
      refused,
      fate = this.fate(),
    }: {
      changes: boolean;
      effect: () => T;
      refused: () => Error;
      fate?: Fate;
    },
  ): Promise<T> {
    const ill = changes ? this.illness(task) : null;
    return new Promise((resolve, reject) => {
      this.scheduler.after(this.latency(), `${task.name} ${what}`, null, async () => {
        // What is on its way when its sender dies arrives or not.
        if (!task.alive && this.chance(0.5)) return;
        if (ill === 'killed before' && task.alive) return await this.kill(task, `before ${what}`);
        if (ill === 'stopped' && task.alive) this.stop(task, what);
        let answer: () => void;
        if (fate === 'refused') answer = () => reject(refused());
        else {
          try {
            const result = effect();
            answer = fate === 'lost' ? () => reject(refused()) : () => resolve(result);
          } catch (error) {
            answer = () => reject(error);
          }
        }
        if (fate !== 'done') this.scheduler.note(`${task.name} ${what} ${fate}`);
        if (ill === 'killed after' && task.alive) return await this.kill(task, `after ${what}`);
        this.scheduler.after(this.latency(), `answer to ${what}`, task, answer);
      });
    });
  }

  canStrike(task: Running): boolean {
    return this.#strikes(task);
  }

  /** What becomes of a task around a step that changes something. */
  illness(task: Running): 'killed before' | 'killed after' | 'stopped' | null {
    if (!this.#strikes(task)) return null;
    if (this.chance(this.weather.killed)) return this.chance(0.5) ? 'killed before' : 'killed after';
    return this.chance(this.weather.stopped) ? 'stopped' : null;
  }

  async kill(task: Running, where: string): Promise<void> {
    this.scheduler.note(`${task.name} is killed ${where}`);
    await task.die();
  }

  /** As by SIGSTOP: nothing of it goes on, neither timers nor answers, while everything else does, time-outs of its connections too. */
  stop(task: Running, where: string): void {
    const ms = this.between(this.#stoppedMs.least, this.#stoppedMs.most);
    this.scheduler.note(`${task.name} is stopped for ${Math.round(ms)} ms at ${where}`);
    task.pause(ms);
  }

  /**
   * A timer is never early, and may be late. Those of the pauses between two looks are, much: which also saves looks that find
   * nothing. With the longest, a lease is still renewed before it runs out.
   */
  #late(ms: number): number {
    return ms >= LATE.least && ms <= LATE.most ? ms * this.between(1, LATE.times) : ms;
  }

  /** A random id that the seed decides. */
  newId(): string {
    const hex = (digits: number): string =>
      Math.floor(this.random() * 16 ** digits)
        .toString(16)
        .padStart(digits, '0');
    return `${hex(8)}-${hex(4)}-4${hex(3)}-8${hex(3)}-${hex(12)}`;
  }

  /** The clock of a task; null: of something outside, which never dies. */
  clock(task: Running | null): Clock {
    const { scheduler } = this;
    return {
      now: () => this.time(),
      machineTime: () => this.time(),
      monotonic: () => this.now,
      onJump: () => () => undefined,
      random: () => this.random(),
      newId: () => this.newId(),
      sleep: (ms, signal) =>
        new Promise((resolve, reject) => {
          if (signal?.aborted) return reject(signal.reason);
          const cancel = scheduler.after(task === null ? ms : this.#late(ms), 'wakes', task, () => {
            signal?.removeEventListener('abort', onAbort);
            resolve();
          });
          const onAbort = (): void => {
            cancel();
            reject(signal?.reason);
          };
          signal?.addEventListener('abort', onAbort, { once: true });
        }),
    };
  }
}

/** Of a Monday, in UTC: at noon of New York mostly; before its hours open, and before they close; at night. */
const BEGINNINGS: readonly (readonly [hour: number, minute: number])[] = [
  [17, 0],
  [17, 0],
  [17, 0],
  [12, 59],
  [0, 58],
  [6, 0],
];
