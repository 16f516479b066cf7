import { AsyncLocalStorage } from 'node:async_hooks';
import type { Clock } from '#shared/clock.ts';
import type { ServiceName } from '#shared/topology.ts';
import { seededRandom } from '../driver/random.ts';
import { type Party, Scheduler } from './scheduler.ts';
import { CALM, type Illness, type Plan, type Weather } from './weather.ts';

/** What becomes of a request. */
export type Fate = 'done' | 'refused' | 'lost';

/** A running process of a service; `World.current` is the one whose code runs. */
export interface Running extends Party {
  readonly service: ServiceName;
  /** It is gone, in the middle of whatever it did. */
  die(): Promise<void>;
  /** It is stopped, as by SIGSTOP, and goes on after so many ms. */
  pause(ms: number): void;
}

/** How long requests take, in ms: mostly little, now and then much. Longer than the longest that anybody waits for an answer: never. */
const LATENCY_MS = { least: 0.2, most: 6, slow: 1_500 };
/** Timers of so many ms may take so many times as long. */
const LATE = { least: 900, most: 3_300, times: 3 };
/** How many times as long requests of a service take that is always the last. */
const LAST = 30;
/** Under whose role people work who are no part of the system: they are neither killed nor stopped. */
const STAFF: ServiceName = 'api';
/** So long after its death a task of a service still counts as away, in ms: another has to start, and to take what there is. */
const AWAY_MS = 6_000;

/** Simulated time, the one series of random numbers, and what goes wrong. */
export class World {
  readonly scheduler: Scheduler;
  readonly random: () => number;
  /** Until the end of the trouble; then nothing goes wrong any more. */
  weather: Weather;
  #plan: Plan;
  #isCalm = false;
  /** Steps that the tasks of each service have made. */
  readonly #steps = new Map<ServiceName, number>();
  /** Until when a task of a service is away, in ms. */
  readonly #away = new Map<ServiceName, number>();
  /** Real time of the beginning. */
  readonly began: Date;
  readonly #running = new AsyncLocalStorage<Running>();

  /** `told` is given every line of what happens. */
  constructor(
    seed: number,
    plan: (random: () => number) => Plan,
    told: ((line: string) => void) | null = null,
  ) {
    this.random = seededRandom(seed);
    this.#plan = plan(this.random);
    this.weather = this.#plan.weather;
    this.scheduler = new Scheduler(told);
    const [hour, minute] = this.pick(BEGINNINGS) ?? [12, 0];
    this.began = new Date(Date.UTC(2026, 2, 2, hour, minute, 30 + Math.floor(this.random() * 30)));
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

  /** Of a request, or an answer; `task`: that asks for it. */
  latency(task?: Running): number {
    // Squared: short ones are the most.
    const times = task !== undefined && task.service === this.#plan.last ? LAST : 1;
    const ms = (LATENCY_MS.least + this.random() ** 2 * LATENCY_MS.most) * times;
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
      this.scheduler.after(this.latency(task), `${task.name} ${what}`, null, async () => {
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
        this.scheduler.after(this.latency(task), `answer to ${what}`, task, answer);
      });
    });
  }

  /** Whether illness may strike a task now. */
  canStrike({ service }: Running): boolean {
    const { oneAtATime, struck } = this.#plan;
    if (service === STAFF) return false;
    if (struck !== null && !struck.includes(service)) return false;
    return !oneAtATime || (this.#away.get(service) ?? 0) <= this.now;
  }

  /** What becomes of a task around a step that changes something. */
  illness(task: Running): Illness | null {
    const step = (this.#steps.get(task.service) ?? 0) + 1;
    this.#steps.set(task.service, step);
    if (!this.canStrike(task)) return null;
    const turn = this.#plan.turns.find((each) => each.service === task.service && each.step === step);
    if (turn !== undefined) return turn.illness;
    if (this.chance(this.weather.killed)) return this.chance(0.5) ? 'killed before' : 'killed after';
    return this.chance(this.weather.stopped) ? 'stopped' : null;
  }

  /** From now on nothing goes wrong. */
  calmDown(): void {
    this.#isCalm = true;
    this.weather = CALM;
    this.#plan = { ...this.#plan, weather: CALM, turns: [], last: null };
  }

  /** Services that illness may strike. */
  get struck(): readonly ServiceName[] | null {
    return this.#plan.struck;
  }

  async kill(task: Running, where: string): Promise<void> {
    this.scheduler.note(`${task.name} is killed ${where}`);
    this.#away.set(task.service, this.now + AWAY_MS);
    await task.die();
  }

  /** As by SIGSTOP: nothing of it goes on, neither timers nor answers, while everything else does, time-outs of its connections too. */
  stop(task: Running, where: string): void {
    const { least, most } = this.#plan.stoppedMs;
    const ms = this.between(least, most);
    this.#away.set(task.service, this.now + ms);
    this.scheduler.note(`${task.name} is stopped for ${Math.round(ms)} ms at ${where}`);
    task.pause(ms);
  }

  /**
   * A timer is never early, and may be late. Those of the pauses between two looks are, much: which also saves looks that find
   * nothing. With the longest, a lease is still renewed before it runs out.
   */
  #late(ms: number): number {
    if (ms < LATE.least || ms > LATE.most) return ms;
    // When nothing more goes wrong, there is little to be seen between two looks.
    return ms * this.between(this.#isCalm ? LATE.times - 0.5 : 1, LATE.times);
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

/** Of a Monday, in UTC: at noon of New York mostly; half a minute before its hours open, and before they close; at night. */
const BEGINNINGS: readonly (readonly [hour: number, minute: number])[] = [
  [17, 0],
  [17, 0],
  [17, 0],
  [12, 59],
  [0, 58],
  [6, 0],
];
