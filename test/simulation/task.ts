import type { RequestListener } from 'node:http';
import { readConfig } from '#shared/config.ts';
import { messageOf } from '#shared/errors.ts';
import { unwatched } from '#shared/liveness.ts';
import type { Logger } from '#shared/logger.ts';
import type { Metrics } from '#shared/metrics.ts';
import { postgresSettings } from '#shared/postgres/settings.ts';
import { type RunningService, serviceSettings } from '#shared/service.ts';
import type { ServiceName } from '#shared/topology.ts';
import { OUR_NUMBER } from '../driver/our-number.ts';
import { TEST_PEPPER } from '../pseudonyms.ts';
import { TWILIO } from './carrier.ts';
import { bodyOf } from './outside/service.ts';
import type { Simulation } from './simulation.ts';
import type { Running } from './world.ts';

/** A process of a service, from its start to its end: by itself, or in the middle of anything. */
export class Task implements Running {
  readonly service: ServiceName;
  readonly index: number;
  /** How many were in its place before. */
  readonly life: number;
  readonly name: string;
  readonly #simulation: Simulation;
  #alive = true;
  #deafUntil = 0;
  #running: RunningService | null = null;
  /** When it began, in ms of simulated time. */
  readonly since: number;
  /** At some time. */
  wasStopped = false;
  /** Of what is served to the public. */
  listener: RequestListener | null = null;
  readonly #atDeath: (() => void)[] = [];

  constructor(simulation: Simulation, service: ServiceName, index: number, life: number) {
    this.#simulation = simulation;
    this.service = service;
    this.index = index;
    this.life = life;
    this.name = `${service}-${index}${life === 0 ? '' : `.${life}`}`;
    this.since = simulation.world.now;
  }

  get alive(): boolean {
    return this.#alive;
  }
  get deafUntil(): number {
    return this.#deafUntil;
  }
  get started(): boolean {
    return this.#running !== null;
  }

  /** Called when it has died. */
  onDeath(heard: () => void): void {
    this.#atDeath.push(heard);
  }

  run(): void {
    const { world } = this.#simulation;
    const { settings, start } = bodyOf(this.service);
    const config = readConfig(settings, environmentOf(this.service), {
      ...postgresSettings,
      ...serviceSettings,
    });
    world.as(this, () => {
      start({
        name: this.service,
        instance: this.name,
        config,
        pool: this.#simulation.pool(config.DB_POOL_MAX, false),
        clock: world.clock(this),
        logger: this.#logger(),
        metrics: noMetrics,
        liveness: unwatched,
        fail: (error) => this.#fail(error),
      }).then(
        (running) => {
          this.#running = running;
          world.scheduler.note(`${this.name} has started`);
        },
        (error: unknown) => this.#fail(error, 'could not start'),
      );
    });
  }

  /** SIGKILL. */
  async die(): Promise<void> {
    if (!this.#alive) return;
    this.#simulation.counts.killed += 1;
    await this.#gone();
  }

  async #gone(): Promise<void> {
    if (!this.#alive) return;
    this.#alive = false;
    for (const heard of this.#atDeath) heard();
    await this.#simulation.connections.abandon(this);
    this.#simulation.replace(this);
  }

  pause(ms: number): void {
    this.#simulation.counts.stopped += 1;
    this.wasStopped = true;
    this.#deafUntil = this.#simulation.world.now + ms;
    this.#simulation.connections.watchIdle(this);
  }

  /** SIGTERM: drains, and is killed when that takes too long. */
  async end(): Promise<void> {
    const { world } = this.#simulation;
    const running = this.#running;
    if (running === null || !this.#alive) return;
    this.#simulation.counts.restarted += 1;
    world.scheduler.note(`${this.name} is told to end`);
    const inTime = world.scheduler.after(DRAIN_MS, `${this.name} was not drained in time`, null, () =>
      this.die(),
    );
    await world.as(this, () => running.stop());
    inTime();
    // Whatever it has not given back is cut, which is a thing that happens, like all others.
    world.scheduler.after(0, `${this.name} has ended`, this, () => this.#gone());
  }

  #fail(error: unknown, how = 'ended'): void {
    if (!this.#alive) return;
    const { unexpected, world } = this.#simulation;
    world.scheduler.note(`${this.name} ${how}: ${messageOf(error)}`);
    if (how === 'ended')
      unexpected.push(`${this.name} ${how}: ${error instanceof Error ? error.stack : messageOf(error)}`);
    world.scheduler.after(0, `${this.name} is over`, this, () => this.die());
  }

  #logger(): Logger {
    const { scheduler } = this.#simulation.world;
    const say = (level: string) => (fields: object, message: string) => {
      if (!this.#alive) return;
      scheduler.note(`${this.name} says (${level}): ${message}`);
      if (level === 'error' && 'err' in fields) scheduler.note(`  ${messageOf(fields.err)}`);
    };
    const logger: Logger = {
      debug: () => undefined,
      info: say('info'),
      warn: say('warn'),
      error: say('error'),
      child: () => logger,
    };
    return logger;
  }
}

const DRAIN_MS = 8_000;
const noMetrics: Metrics = { observe: () => undefined, flush: () => undefined };

/** Short intervals, so that little simulated time has to pass. */
const SETTINGS: Readonly<Record<string, string>> = {
  INBOUND_ALIVE_MS: '3000',
  INBOUND_OUTAGE_MS: '15000',
  SWEEP_INTERVAL_MS: '15000',
  STATUS_FIRST_LOOK_MS: '4000',
  MESSAGE_PAUSE_MS: '200',
  RECONCILE_INTERVAL_MS: '1000',
  INBOUND_DOUBT_MS: '15000',
  STALE_TURN_MS: '10000',
  LINGER_MS: '0',
  DB_POOL_MAX: '4',
};

const environmentOf = (service: ServiceName): Record<string, string> => ({
  ...SETTINGS,
  ...TWILIO,
  SERVICE_HOST: '127.0.0.1',
  DB_HOST: 'localhost',
  DB_USER: service,
  DB_PASSWORD: 'simulated',
  AWS_REGION: 'us-east-1',
  REDIS_HOST: 'localhost',
  ORIGINATION_NUMBER: OUR_NUMBER,
  CONSENT_PEPPER: TEST_PEPPER,
});
