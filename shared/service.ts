import type { Server } from 'node:http';
import { hostname } from 'node:os';
import { type FollowedTime, followBusinessClock } from './business-clock/follow.ts';
import { businessClockSettings, refuseElsewhere } from './business-clock/settings.ts';
import { CLOCK_CHANNEL } from './business-clock/store.ts';
import { type Clock, systemClock } from './clock.ts';
import { type Config, integer, oneOf, readConfig, type Settings, text } from './config.ts';
import { CarillonError, messageOf } from './errors.ts';
import { type Health, healthServer } from './health.ts';
import { type Liveness, LoopWatch } from './liveness.ts';
import { createLogger, type Logger, writeLine } from './logger.ts';
import { createMetrics, LOCAL_NAMESPACE, type Metrics } from './metrics.ts';
import type { Pool } from './postgres/pool.ts';
import { poolFrom, postgresSettings } from './postgres/settings.ts';
import type { ServiceName } from './topology.ts';

/** Settings that every service has. */
export const serviceSettings = {
  SERVICE_HOST: text({ fallback: '0.0.0.0', help: 'Address to listen on.' }),
  HEALTH_PORT: integer({ min: 0, max: 65535 }, { fallback: '8080', help: 'Port of /health and /ready.' }),
  LOG_LEVEL: oneOf(['debug', 'info', 'warn', 'error'], {
    fallback: 'info',
    help: 'Least level that is logged.',
  }),
  METRICS_FLUSH_MS: integer(
    { min: 100, max: 60_000 },
    { fallback: '10000', unit: 'ms', help: 'How often metrics are written.' },
  ),
  METRICS_NAMESPACE: text({
    fallback: LOCAL_NAMESPACE,
    help: "Namespace of the metrics in CloudWatch: the environment's own.",
  }),
  DRAIN_MS: integer(
    { min: 100, max: 110_000 },
    { fallback: '8000', unit: 'ms', help: 'Longest time for work in flight to end after SIGTERM.' },
  ),
  ...businessClockSettings,
} satisfies Settings;

/** What the frame itself reads: every service speaks to PostgreSQL. */
const frameSettings = { ...postgresSettings, ...serviceSettings } satisfies Settings;
type FrameConfig = Config<typeof frameSettings>;

export interface ServiceContext<S extends Settings> {
  name: ServiceName;
  /** Unique per process: what leases are held under. */
  instance: string;
  config: Config<S> & FrameConfig;
  /** Under the service's own role; closed by the frame, after `stop`. */
  pool: Pool;
  clock: Clock;
  logger: Logger;
  metrics: Metrics;
  /** Where loops of its work say that they turn; a silent one ends in /health. */
  liveness: Liveness;
  /** Ends the process as crashed: for faults of the machinery that only a fresh start can mend. */
  fail(error: unknown): void;
}

/** What a started service gives back to its frame. */
export interface RunningService {
  /** Null when ready; else why not, for /ready. */
  notReady(): string | null;
  /** Ends intake, finishes what is in flight, gives back leases and entries, closes connections. Called once. */
  stop(): Promise<void>;
}

/**
 * The frame of every service process: configuration, health, metrics, and one way to end. `check` throws
 * `invalid_configuration` for settings that do not go together.
 * - /health answers 200 while the event loop and every watched loop of the work turn (shared/liveness.ts), /ready 200 once
 *   started and ready, else 503 with the reason. What is away makes a service not ready; only hanging makes it unhealthy.
 * - SIGTERM and SIGINT drain and exit 0; DRAIN_MS passed exits 1. Until then /health answers 200 and /ready 503.
 * - Run as a child with an IPC channel, it also drains when the channel closes: its supervisor is gone.
 * - Where business time can be skipped, it is known before `start` is called.
 * - An unexpected error (unhandled, or given to `fail`) is logged and exits 1: the supervisor starts a fresh process.
 */
export async function runService<S extends Settings>(
  name: ServiceName,
  settings: S,
  start: (context: ServiceContext<S>) => Promise<RunningService>,
  check?: (config: Config<S> & FrameConfig) => void,
): Promise<void> {
  const config = readConfigOrExit(settings, check);
  const logger = createLogger(name, config.LOG_LEVEL);
  const machine = systemClock();
  const instance = `${name}-${hostname()}-${process.pid}-${machine.newId().slice(0, 8)}`;
  const metrics = createMetrics(name, {
    namespace: config.METRICS_NAMESPACE,
    flushMs: config.METRICS_FLUSH_MS,
    now: machine.machineTime,
    write: writeLine,
  });
  const fail = (error: unknown): void => {
    logger.error({ err: error }, `ends after an unexpected error: ${messageOf(error)}`);
    metrics.flush(true);
    process.exit(1);
  };
  process.on('uncaughtException', fail);
  process.on('unhandledRejection', fail);

  let followed: FollowedTime | undefined;
  const listen = { channel: CLOCK_CHANNEL, heard: () => followed?.look() };
  const pool = poolFrom(config, name, logger, config.TIME_CAN_SKIP ? { listen } : {});
  let running: RunningService | undefined;
  let stopping = false;
  const loops = new LoopWatch(systemClock());
  const health = await listenForHealth(config.SERVICE_HOST, config.HEALTH_PORT, {
    hanging: () => {
      const cause = stopping ? null : loops.hanging();
      if (cause !== null) logger.error({ cause }, `hangs: ${cause}`);
      return cause;
    },
    notReady: () => {
      if (stopping) return 'draining';
      return running ? running.notReady() : 'starting';
    },
  });
  const stop = (cause: string): void => {
    // Ctrl-C reaches a child twice, from the terminal and from its supervisor: the same wish. Who insists uses SIGKILL.
    if (stopping) return;
    stopping = true;
    logger.info({ cause }, 'draining');
    const deadline = setTimeout(() => {
      logger.error({ drainMs: config.DRAIN_MS }, 'not drained in time');
      process.exit(1);
    }, config.DRAIN_MS);
    deadline.unref();
    const end = async (): Promise<void> => {
      await running?.stop();
      await followed?.stop();
      await pool.end();
    };
    end().then(() => {
      health.close();
      metrics.flush(true);
      logger.info({}, 'stopped');
      process.exit(0);
    }, fail);
  };
  process.on('SIGTERM', () => stop('SIGTERM'));
  process.on('SIGINT', () => stop('SIGINT'));
  process.on('disconnect', () => stop('the supervisor is gone'));

  if (config.TIME_CAN_SKIP) {
    followed = await followBusinessClock({ pool, instance, pid: process.pid, logger, onFailure: fail });
  }
  running = await start({
    name,
    instance,
    config,
    pool,
    clock: systemClock(followed),
    logger,
    metrics,
    liveness: loops,
    fail,
  });
  logger.info({ healthPort: config.HEALTH_PORT }, 'started');
}

function readConfigOrExit<S extends Settings>(
  settings: S,
  check?: (config: Config<S> & FrameConfig) => void,
): Config<S> & FrameConfig {
  try {
    const config = readConfig(settings, process.env, frameSettings);
    refuseElsewhere(config);
    check?.(config);
    return config;
  } catch (error) {
    if (!(error instanceof CarillonError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exit(2);
  }
}

function listenForHealth(host: string, port: number, health: Health): Promise<Server> {
  const server = healthServer(health);
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => resolve(server));
  });
}
