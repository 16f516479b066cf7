import type { ServiceName, ServiceRow } from '#shared/topology.ts';
import { both, type Formula, filled, greater, number, plus, when } from '../../scaling/metric-math.ts';
import { type AlarmRow, onFormula, onSeries } from '../alarm.ts';
import type { MonitoredResources } from '../resources.ts';
import { own, published, type Series } from '../series.ts';
import type { Thresholds } from '../thresholds.ts';
import { waiting } from './queue-alarms.ts';
import { targetErrors } from './web-alarms.ts';

export const runningTasks = <T>(cluster: T, service: T, statistic: 'Minimum' | 'Maximum'): Series<T> =>
  published(
    'ECS/ContainerInsights',
    'RunningTaskCount',
    { ClusterName: cluster, ServiceName: service },
    statistic,
  );
export const cpu = <T>(cluster: T, service: T): Series<T> =>
  published('AWS/ECS', 'CPUUtilization', { ClusterName: cluster, ServiceName: service }, 'Average');
export const memory = <T>(cluster: T, service: T): Series<T> =>
  published('AWS/ECS', 'MemoryUtilization', { ClusterName: cluster, ServiceName: service }, 'Maximum');
export const stoppedTasks = <T>(rule: T): Series<T> =>
  published('AWS/Events', 'TriggeredRules', { RuleName: rule }, 'Sum', 300);

/** What can go wrong with any service, whatever it consumes. */
export function serviceAlarms<T>(
  service: ServiceName,
  row: ServiceRow,
  resources: MonitoredResources<T>,
  limits: Thresholds,
): AlarmRow<T>[] {
  const { minTasks, maxTasks, name, stoppedTasksRule } = resources.services[service];
  const { cluster } = resources;
  const common = { context: service, periods: 3, datapoints: 3, missing: 'quiet' } as const;
  const busy = atMaximum(service, row, resources, limits);
  return [
    // A service that may have no task at all is watched by what waits for it.
    ...(minTasks === 0
      ? []
      : [
          onSeries<T>({
            ...common,
            name: `${service}-tasks`,
            kind: 'tasks-below-minimum',
            summary: `Fewer than ${minTasks} tasks of ${service} run.`,
            series: runningTasks(cluster, name, 'Minimum'),
            comparison: 'LessThanThreshold',
            threshold: minTasks,
            periods: 5,
            datapoints: 5,
            // Without a running task there is no value at all: the very thing that this is about.
            missing: 'broken',
          }),
        ]),
    onFormula<T>({
      ...common,
      name: `${service}-at-maximum`,
      kind: service === 'sender' ? 'sending-bottleneck' : 'tasks-at-maximum',
      summary: `${service} has all ${maxTasks} tasks that it may have, and ${busy.what}.`,
      of: { running: runningTasks(cluster, name, 'Maximum'), ...busy.of },
      formula: when(
        both(greater(filled('running', 0), number(maxTasks - 1)), busy.formula),
        number(1),
        number(0),
      ),
      threshold: 1,
      periods: 10,
      datapoints: 10,
    }),
    handlerErrors(service, row, resources, limits),
    onSeries({
      ...common,
      name: `${service}-stopped`,
      kind: 'stopped-tasks',
      summary: `A task of ${service} ended by itself: it crashed, was killed for its health, or did not start.`,
      series: stoppedTasks(stoppedTasksRule),
      threshold: 1,
      periods: 1,
      datapoints: 1,
    }),
    onSeries({
      ...common,
      name: `${service}-cpu`,
      kind: 'cpu-memory',
      summary: `Tasks of ${service} use ${limits.cpuPercent} % of their processors for 15 minutes.`,
      series: cpu(cluster, name),
      threshold: limits.cpuPercent,
      periods: 15,
      datapoints: 15,
    }),
    onSeries({
      ...common,
      name: `${service}-memory`,
      kind: 'cpu-memory',
      summary: `A task of ${service} uses ${limits.memoryPercent} % of its memory; at 100 it is killed.`,
      series: memory(cluster, name),
      threshold: limits.memoryPercent,
    }),
  ];
}

interface Busy<T> {
  what: string;
  of: Readonly<Record<string, Series<T>>>;
  formula: Formula;
}

/** What more tasks would be wanted for: the signal that the service's number of tasks follows. */
function atMaximum<T>(
  service: ServiceName,
  row: ServiceRow,
  resources: MonitoredResources<T>,
  limits: Thresholds,
): Busy<T> {
  const { scaling } = row;
  switch (scaling.by) {
    case 'backlog': {
      const of = Object.fromEntries(
        scaling.queues.map((queue, i) => [`waiting${i}`, waiting(resources.queues[queue].name)]),
      );
      const sum = Object.keys(of).reduce<Formula>((left, id) => plus(left, filled(id, 0)), number(0));
      return {
        what: `${limits.backlogAtMaximum} entries wait`,
        of,
        formula: greater(sum, number(limits.backlogAtMaximum - 1)),
      };
    }
    case 'iterator-age': {
      const ages = Object.keys(row.consumes).map(
        (consumer, i) => [`age${i}`, iteratorAge(service, consumer, resources.namespace)] as const,
      );
      const sum = ages.reduce<Formula>((left, [id]) => plus(left, filled(id, 0)), number(0));
      return {
        what: `its records wait for more than ${limits.iteratorAgeMs / 1_000} s`,
        of: Object.fromEntries(ages),
        formula: greater(sum, number(limits.iteratorAgeMs - 1)),
      };
    }
    case 'requests':
    case 'processor':
      return {
        what: `its processors are busy`,
        of: { cpu: cpu(resources.cluster, resources.services[service].name) },
        formula: greater(filled('cpu', 0), number(limits.cpuPercent - 1)),
      };
  }
}

/** How long the oldest record that a consumer has not committed has waited. */
export const iteratorAge = (service: ServiceName, consumer: string, namespace: string): Series<never> =>
  own(namespace, 'IteratorAgeMilliseconds', service, { Consumer: consumer }, 'Maximum');

/** Work that failed and is tried again: of queues, of streams, of those who asked. */
function handlerErrors<T>(
  service: ServiceName,
  row: ServiceRow,
  { namespace, web }: MonitoredResources<T>,
  limits: Thresholds,
): AlarmRow<T> {
  const group = web.targetGroups[service];
  const handled: readonly Series<T>[] = [
    ...row.receives.map((Queue) => own(namespace, 'RunsFailed', service, { Queue }, 'Sum', 300)),
    ...Object.keys(row.consumes).map((Consumer) =>
      own(namespace, 'ConsumerRetries', service, { Consumer }, 'Sum', 300),
    ),
    ...(group === undefined ? [] : [targetErrors(web.balancer, group)]),
  ];
  // What is due in tables is tried again by itself; what can fail for long is handing on what follows from it.
  const failures = handled.length > 0 ? handled : [own(namespace, 'PutFailures', service, {}, 'Sum', 300)];
  const of = Object.fromEntries(failures.map((series, i) => [`failures${i}`, series]));
  return onFormula<T>({
    name: `${service}-errors`,
    kind: 'handler-errors',
    context: service,
    summary: `${limits.handlerErrors} pieces of work of ${service} failed within 5 minutes and are tried again.`,
    of,
    formula: Object.keys(of).reduce<Formula>((sum, id) => plus(sum, filled(id, 0)), number(0)),
    threshold: limits.handlerErrors,
    periods: 2,
    datapoints: 2,
    missing: 'quiet',
  });
}
