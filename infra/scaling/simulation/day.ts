import {
  type QueueName,
  queues,
  type ServiceName,
  type ServiceRow,
  services,
  streamConsumers,
} from '#shared/topology.ts';
import { type ScalingBounds, scalingPlan } from '../plan.ts';
import type { ScalingNames } from '../plan-shape.ts';
import type { ScalingTargets } from '../targets.ts';
import { Autoscaler } from './autoscaler.ts';
import type { Backlog } from './backlog.ts';
import { METRIC_DELAY_SECONDS, TASK_START_SECONDS, TURNS_IN_HAND } from './environment.ts';
import { Fleet } from './fleet.ts';
import type { DayLoad } from './load.ts';
import { MinuteMetrics } from './minute-metrics.ts';
import { BACKLOGS, type BacklogName, type Moved, Pipeline, SERVICES } from './pipeline.ts';

export const DAY_SECONDS = 86_400;
/** How often metrics are sampled within their minute. */
const SAMPLE_SECONDS = 5;
const rows = services as Readonly<Record<ServiceName, ServiceRow>>;

/** One minute of the day, for the drawing. */
export interface Minute {
  /** Averages per second. */
  texts: number;
  starts: number;
  sent: number;
  /** Age of the oldest entry in seconds, at its worst. */
  ages: Readonly<Record<BacklogName, number>>;
  tasks: Readonly<Record<ServiceName, number>>;
  /** Share of capacity in use, average. */
  busy: Readonly<Record<ServiceName, number>>;
}

export interface FleetOfDay {
  taskHours: number;
  /** How often the number of tasks was changed. */
  changes: number;
  most: number;
  /** Share of its capacity in use, in percent: the busiest minute. */
  busiest: number;
}

export interface Day {
  minutes: readonly Minute[];
  /** Seconds that entries waited. */
  waits: Readonly<Record<BacklogName, { p95: number; longest: number }>>;
  fleets: Readonly<Record<ServiceName, FleetOfDay>>;
  totals: { texts: number; starts: number; sent: number };
  /** What still waits when the day ends. */
  left: number;
}

const names = (service: ServiceName): ScalingNames<string> => ({
  cluster: 'day',
  service,
  metricsNamespace: 'day',
  queue: (name) => name,
  requestsLabel: () => service,
});

/** Fills a record by name. */
const record = <K extends string, V>(keys: readonly K[], value: (key: K) => V): Record<K, V> =>
  Object.fromEntries(keys.map((key) => [key, value(key)])) as Record<K, V>;

export interface DayOptions {
  targets: ScalingTargets;
  load: DayLoad;
  bounds: Readonly<Record<ServiceName, ScalingBounds>>;
  seconds: number;
}

/** Plays a day through the plans of all services, second by second. The same load gives the same day. */
export function playDay({ targets, load, bounds, seconds }: DayOptions): Day {
  const metrics = new MinuteMetrics(METRIC_DELAY_SECONDS);
  const pipeline = new Pipeline(load);
  const scalers = record(
    SERVICES,
    (service) =>
      new Autoscaler(
        scalingPlan(service, rows[service], bounds[service], targets, names(service)),
        metrics,
        (type, minute) => metrics.read({ ...predefined(type, service), statistic: 'Average' }, minute),
      ),
  );
  const fleets = record(SERVICES, (service) => new Fleet(scalers[service].desired, TASK_START_SECONDS));
  const minutes: Minute[] = [];
  const totals = { texts: 0, starts: 0, sent: 0 };
  let current = emptyMinute();

  for (let second = 0; second < seconds; second += 1) {
    if (second % 60 === 0)
      for (const service of SERVICES) {
        scalers[service].evaluate(second);
        fleets[service].resize(scalers[service].desired, second);
      }
    const running = record(SERVICES, (service) => fleets[service].running(second));
    const moved = pipeline.step(second, running);
    if (second % SAMPLE_SECONDS === 0) observe(metrics, pipeline, moved, running, second);
    for (const service of SERVICES) {
      fleets[service].charge();
      current.busy[service] += moved.busy[service] / 60;
    }
    for (const key of ['texts', 'starts', 'sent'] as const) {
      totals[key] += moved[key];
      current[key] += moved[key] / 60;
    }
    for (const name of BACKLOGS)
      current.ages[name] = Math.max(current.ages[name] ?? 0, backlogOf(pipeline, name).age(second));
    if (second % 60 === 59) {
      minutes.push({ ...current, tasks: record(SERVICES, (service) => fleets[service].size) });
      current = emptyMinute();
    }
  }
  return {
    minutes,
    totals,
    waits: record(BACKLOGS, (name) => ({
      p95: backlogOf(pipeline, name).waitOf(0.95),
      longest: backlogOf(pipeline, name).longestWait,
    })),
    fleets: record(SERVICES, (service) => ({
      taskHours: fleets[service].taskHours,
      changes: scalers[service].changes,
      most: Math.max(...minutes.map(({ tasks }) => tasks[service])),
      busiest: 100 * Math.max(...minutes.map(({ busy }) => busy[service])),
    })),
    left: BACKLOGS.reduce((sum, name) => sum + backlogOf(pipeline, name).size, 0),
  };
}

const emptyMinute = () => ({
  texts: 0,
  starts: 0,
  sent: 0,
  ages: record(BACKLOGS, () => 0),
  busy: record(SERVICES, () => 0),
});

const predefined = (name: string, service: ServiceName) => ({
  namespace: 'predefined',
  name,
  dimensions: { Service: service },
});

function backlogOf({ backlogs }: Pick<Pipeline, 'backlogs'>, name: BacklogName): Backlog {
  const backlog = backlogs[name];
  if (backlog === undefined) throw new Error(`nothing waits in ${name}`);
  return backlog;
}

/** Writes what AWS and the services would report of a second. */
function observe(
  metrics: MinuteMetrics,
  pipeline: Pipeline,
  { busy, requests }: Moved,
  running: Readonly<Record<ServiceName, number>>,
  second: number,
): void {
  for (const service of SERVICES) {
    const dimensions = { ClusterName: 'day', ServiceName: service };
    const percent = busy[service] * 100;
    metrics.observe(
      { namespace: 'ECS/ContainerInsights', name: 'RunningTaskCount', dimensions },
      running[service],
      second,
    );
    metrics.observe({ namespace: 'AWS/ECS', name: 'CPUUtilization', dimensions }, percent, second);
    metrics.observe(predefined('ECSServiceAverageCPUUtilization', service), percent, second);
    if (rows[service].scaling.by === 'requests')
      metrics.observe(
        predefined('ALBRequestCountPerTarget', service),
        // Carriers call the gateway alone; nothing says yet how often people call others.
        service === 'gateway' ? (requests * 60) / Math.max(1, running[service]) : 0,
        second,
      );
  }
  for (const queue of Object.keys(queues) as QueueName[]) {
    const receivers = SERVICES.filter((service) => rows[service].receives.includes(queue));
    const inHand = receivers.reduce((sum, service) => sum + running[service] * TURNS_IN_HAND, 0);
    metrics.observe(
      { namespace: 'AWS/SQS', name: 'ApproximateNumberOfMessagesVisible', dimensions: { QueueName: queue } },
      Math.max(0, backlogOf(pipeline, queue).size - inHand),
      second,
    );
  }
  for (const { consumer, service } of streamConsumers)
    metrics.observe(
      {
        namespace: 'day',
        name: 'IteratorAgeMilliseconds',
        dimensions: { Service: service, Consumer: consumer },
      },
      backlogOf(pipeline, consumer).age(second) * 1_000,
      second,
    );
}
