import { emissions } from './emissions.ts';
import { namespaceOf, type PublishedGroup, publishedMetrics } from './published-metrics.ts';
import type { Series } from './series.ts';

/**
 * For tests: why a series can never have a value; null: it is one that AWS publishes, or one that a service of ours
 * emits, under exactly these dimensions. The types of series.ts say the same while a series is written; this looks at
 * what came of it.
 */
export function faultOfSeries(
  { namespace, name, dimensions }: Pick<Series<string>, 'namespace' | 'name' | 'dimensions'>,
  ownNamespace: string,
): string | null {
  const said = JSON.stringify({ namespace, name, dimensions });
  if (namespace === ownNamespace) {
    const emitted = emissions.some(
      (row) => row.name === name && sameEntries({ Service: row.service, ...row.dimensions }, dimensions),
    );
    return emitted ? null : `no service emits ${said}`;
  }
  const groups = (Object.keys(publishedMetrics) as PublishedGroup[]).filter(
    (group) => namespaceOf(group) === namespace,
  );
  const known = groups.some((group) => {
    const row: { dimensions: readonly string[]; metrics: readonly string[] } = publishedMetrics[group];
    return row.metrics.includes(name) && sameNames(row.dimensions, Object.keys(dimensions));
  });
  return known ? null : `AWS does not publish ${said}`;
}

const sameNames = (left: readonly string[], right: readonly string[]): boolean =>
  left.length === right.length && left.every((name) => right.includes(name));

const sameEntries = (
  left: Readonly<Record<string, string>>,
  right: Readonly<Record<string, string>>,
): boolean =>
  sameNames(Object.keys(left), Object.keys(right)) &&
  Object.entries(left).every(([name, value]) => right[name] === value);
