import type { DimensionValue, MetricName, metricCatalogue } from '#shared/metrics.ts';
import type { ServiceName } from '#shared/topology.ts';
import {
  namespaceOf,
  type PublishedDimension,
  type PublishedGroup,
  type PublishedMetric,
} from './published-metrics.ts';

/** How the values of a period become one. */
export type Statistic = 'Average' | 'Sum' | 'Minimum' | 'Maximum' | 'p50' | 'p95' | 'p99';

/**
 * One line of one metric. `T` is the type of names that only the program knows: Output<string> there, string in tests
 * and in the body of a dashboard.
 */
export interface Series<T> {
  namespace: T | string;
  name: string;
  dimensions: Readonly<Record<string, T | string>>;
  statistic: Statistic;
  periodSeconds: number;
}

/** A metric of AWS: the types allow only what `publishedMetrics` lists, under all of its dimensions. */
export const published = <T, G extends PublishedGroup>(
  group: G,
  name: PublishedMetric<G>,
  dimensions: Readonly<Record<PublishedDimension<G>, T>>,
  statistic: Statistic,
  periodSeconds = 60,
): Series<T> => ({ namespace: namespaceOf(group), name, dimensions, statistic, periodSeconds });

type OtherDimensions<N extends MetricName> = Exclude<
  (typeof metricCatalogue)[N]['dimensions'][number],
  'Service'
>;

/** A metric of ours, as `service` emits it (emissions.ts says which does). */
export const own = <N extends MetricName>(
  namespace: string,
  name: N,
  service: ServiceName,
  dimensions: { readonly [D in OtherDimensions<N>]: DimensionValue<N, D> },
  statistic: Statistic,
  periodSeconds = 60,
): Series<never> => ({
  namespace,
  name,
  // Service first, as it is declared: a metric is told by the set, but people read it in this order.
  dimensions: { Service: service, ...dimensions },
  statistic,
  periodSeconds,
});
