import type { ServiceName, StreamName } from '#shared/topology.ts';
import { both, filled, greater, less, number, when } from '../../scaling/metric-math.ts';
import { type AlarmRow, onFormula, onSeries } from '../alarm.ts';
import type { MonitoredResources } from '../resources.ts';
import type { AlarmKind } from '../runbooks.ts';
import { own, published, type Series } from '../series.ts';
import type { Thresholds } from '../thresholds.ts';
import { iteratorAge } from './service-alarms.ts';

export const incomingRecords = <T>(stream: T): Series<T> =>
  published('AWS/Kinesis', 'IncomingRecords', { StreamName: stream }, 'Sum', 300);
export const writeThrottles = <T>(stream: T): Series<T> =>
  published('AWS/Kinesis', 'WriteProvisionedThroughputExceeded', { StreamName: stream }, 'Sum', 300);
export const readThrottles = <T>(stream: T): Series<T> =>
  published('AWS/Kinesis', 'ReadProvisionedThroughputExceeded', { StreamName: stream }, 'Sum', 300);

/** Which page helps when a consumer falls behind: people wait for other things with each. */
const lateness: Readonly<Partial<Record<ServiceName, AlarmKind>>> = {
  dialog: 'dialog-bottleneck',
  progress: 'slow-drill-initiation',
};

/** What can go wrong with a stream itself: its shards are too few for what is written or read. */
export function streamAlarms<T>(
  stream: StreamName,
  resources: MonitoredResources<T>,
  limits: Thresholds,
): AlarmRow<T>[] {
  const { name } = resources.streams[stream];
  const common = {
    kind: 'stream-throttles',
    context: 'stores',
    threshold: limits.streamThrottles,
    periods: 2,
    datapoints: 2,
    missing: 'quiet',
  } as const;
  return [
    onSeries({
      ...common,
      name: `${stream}-write-throttles`,
      summary: `${stream} turned away ${limits.streamThrottles} writes in 5 minutes: a shard takes 1,000 records or 1 MB a second.`,
      series: writeThrottles(name),
    }),
    onSeries({
      ...common,
      name: `${stream}-read-throttles`,
      summary: `${stream} turned away ${limits.streamThrottles} reads in 5 minutes: a shard gives five a second to all consumers.`,
      series: readThrottles(name),
    }),
  ];
}

/** What can go wrong with one consumer of a stream. */
export function streamConsumerAlarms<T>(
  { service, consumer, stream }: { service: ServiceName; consumer: string; stream: StreamName },
  resources: MonitoredResources<T>,
  limits: Thresholds,
): AlarmRow<T>[] {
  const { namespace } = resources;
  const common = { context: service, periods: 3, datapoints: 3, missing: 'quiet' } as const;
  const setAside = (
    metric: 'RecordsQuarantined' | 'RecordsParked',
    name: string,
    what: string,
  ): AlarmRow<T> =>
    onSeries({
      ...common,
      name: `${consumer}-${name}`,
      kind: 'records-set-aside',
      summary: `${consumer} ${what}.`,
      series: own(namespace, metric, service, { Consumer: consumer }, 'Sum'),
      threshold: 1,
      periods: 1,
      datapoints: 1,
    });
  return [
    onSeries({
      ...common,
      name: `${consumer}-age`,
      kind: lateness[service] ?? 'iterator-age',
      summary: `Records of ${stream} wait for more than ${limits.iteratorAgeMs / 1_000} s for ${consumer}.`,
      series: iteratorAge(service, consumer, namespace),
      threshold: limits.iteratorAgeMs,
    }),
    onFormula({
      ...common,
      name: `${consumer}-stuck`,
      kind: 'consumer-stuck',
      summary: `Records come into ${stream}, and for 10 minutes ${consumer} has processed none.`,
      of: {
        came: incomingRecords(resources.streams[stream].name),
        processed: own(namespace, 'RecordsProcessed', service, { Consumer: consumer }, 'Sum', 300),
      },
      formula: when(
        both(greater(filled('came', 0), number(0)), less(filled('processed', 0), number(1))),
        number(1),
        number(0),
      ),
      threshold: 1,
      periods: 2,
      datapoints: 2,
    }),
    setAside('RecordsQuarantined', 'quarantined', `could not process a record of ${stream} and set it aside`),
    ...(stream === 'dialog-events'
      ? [setAside('RecordsParked', 'parked', 'misses an earlier event of a person, whose later ones wait')]
      : []),
  ];
}
