/**
 * Metrics in CloudWatch's embedded metric format: one JSON line on standard output per flush and dimension set,
 * which CloudWatch Logs turns into metrics without an agent or an API call.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 *
 * Every name is declared here once, so that dashboards and alarms can be held against what services emit.
 */
export const metricCatalogue = {
  RecordsProcessed: { unit: 'Count', dimensions: ['Service', 'Consumer'] },
  BatchSize: { unit: 'Count', dimensions: ['Service', 'Consumer'] },
  BatchMilliseconds: { unit: 'Milliseconds', dimensions: ['Service', 'Consumer'] },
  IteratorAgeMilliseconds: { unit: 'Milliseconds', dimensions: ['Service', 'Consumer'] },
  RecordsQuarantined: { unit: 'Count', dimensions: ['Service', 'Consumer'] },
  RecordsParked: { unit: 'Count', dimensions: ['Service', 'Consumer'] },
  LeasesLost: { unit: 'Count', dimensions: ['Service', 'Consumer'] },
  OutboxPublished: { unit: 'Count', dimensions: ['Service'] },
  PutFailures: { unit: 'Count', dimensions: ['Service'] },
  WebhooksAccepted: { unit: 'Count', dimensions: ['Service', 'Webhook'] },
  WebhooksRefused: { unit: 'Count', dimensions: ['Service', 'Reason'] },
  WebhookMilliseconds: { unit: 'Milliseconds', dimensions: ['Service', 'Webhook'] },
  CommandsRefused: { unit: 'Count', dimensions: ['Service', 'Reason'] },
  InboundSwept: { unit: 'Count', dimensions: ['Service'] },
  InboundKeptAside: { unit: 'Count', dimensions: ['Service'] },
  InboundWithoutMedia: { unit: 'Count', dimensions: ['Service'] },
  OptOuts: { unit: 'Count', dimensions: ['Service'] },
  MessagesSent: { unit: 'Count', dimensions: ['Service'] },
  MessagesRefused: { unit: 'Count', dimensions: ['Service'] },
  MessagesBlocked: { unit: 'Count', dimensions: ['Service'] },
  MessagesHeld: { unit: 'Count', dimensions: ['Service'] },
  MessagesAmbiguous: { unit: 'Count', dimensions: ['Service'] },
  SendingHalted: { unit: 'Count', dimensions: ['Service'] },
  MessagesReconciled: { unit: 'Count', dimensions: ['Service'] },
  CarrierMilliseconds: { unit: 'Milliseconds', dimensions: ['Service'] },
  ClaimSize: { unit: 'Count', dimensions: ['Service'] },
  TurnsInHand: { unit: 'Count', dimensions: ['Service'] },
  UnknownStatuses: { unit: 'Count', dimensions: ['Service'] },
  StatusConflicts: { unit: 'Count', dimensions: ['Service'] },
} as const satisfies Record<string, { unit: string; dimensions: readonly string[] }>;

export type MetricName = keyof typeof metricCatalogue;
type DimensionsOf<N extends MetricName> = Exclude<
  (typeof metricCatalogue)[N]['dimensions'][number],
  'Service'
>;

export interface Metrics {
  /** Adds one observation. Cheap; nothing is written before the next flush. */
  observe<N extends MetricName>(name: N, value: number, dimensions: Record<DimensionsOf<N>, string>): void;
  /** Writes what was observed since the last flush and stops the timer when `final`. */
  flush(final?: boolean): void;
}

/** Most values CloudWatch takes for one metric in one document. */
const MAX_VALUES = 100;

export function createMetrics(
  service: string,
  options: { flushMs: number; now: () => Date; write: (line: string) => void },
): Metrics {
  const series = new Map<
    string,
    { name: MetricName; dimensions: Record<string, string>; values: number[] }
  >();
  const write = (name: MetricName, dimensions: Record<string, string>, values: number[]): void => {
    const { unit } = metricCatalogue[name];
    options.write(
      JSON.stringify({
        _aws: {
          Timestamp: options.now().getTime(),
          CloudWatchMetrics: [
            {
              Namespace: 'Carillon',
              Dimensions: [Object.keys(dimensions)],
              Metrics: [{ Name: name, Unit: unit }],
            },
          ],
        },
        ...dimensions,
        [name]: values,
      }),
    );
  };
  const flush = (final = false): void => {
    if (final) clearInterval(timer);
    for (const { name, dimensions, values } of series.values()) {
      if (metricCatalogue[name].unit === 'Count' && !SAMPLED.has(name)) {
        write(name, dimensions, [values.reduce((sum, value) => sum + value, 0)]);
      } else {
        for (let i = 0; i < values.length; i += MAX_VALUES)
          write(name, dimensions, values.slice(i, i + MAX_VALUES));
      }
    }
    series.clear();
  };
  const timer = setInterval(flush, options.flushMs);
  timer.unref();
  return {
    observe: (name, value, dimensions) => {
      const all: Record<string, string> = { Service: service, ...dimensions };
      const key = `${name}|${Object.values(all).join('|')}`;
      const known = series.get(key);
      if (!known) series.set(key, { name, dimensions: all, values: [value] });
      else if (known.values.length < MAX_SERIES) known.values.push(value);
      // Beyond that a flush interval keeps its exact sum only: counts must stay true, distributions are sampled.
      else known.values[known.values.length - 1] = merge(name, known.values.at(-1) ?? 0, value);
    },
    flush,
  };
}

const MAX_SERIES = 10_000;
/** Counts whose distribution matters more than their sum. */
const SAMPLED = new Set<MetricName>(['BatchSize', 'ClaimSize', 'TurnsInHand']);
const merge = (name: MetricName, last: number, value: number): number =>
  metricCatalogue[name].unit === 'Count' && !SAMPLED.has(name) ? last + value : value;

/** For tests and tools. */
export const noMetrics: Metrics = { observe: () => undefined, flush: () => undefined };
