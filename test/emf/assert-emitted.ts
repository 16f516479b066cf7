import assert from 'node:assert/strict';
import { type Emission, emissions } from '../../infra/observability/emissions.ts';
import { type ExtractedMetric, extractMetrics } from './embedded-metric.ts';

/**
 * Holds what services really wrote against what dashboards and alarms believe: every line that CloudWatch would read as
 * metrics is valid, and every metric comes from a service and under dimensions that emissions.ts says. `atLeast`: metrics
 * that must be among them, so that an empty log proves nothing.
 */
export function assertEmitted(logs: ReadonlyMap<string, string>, atLeast: readonly Emission['name'][]): void {
  const faults: string[] = [];
  const seen = new Set<string>();
  for (const [service, text] of logs) {
    for (const line of text.split('\n')) {
      const extracted = extractMetrics(line);
      if (extracted === null) continue;
      for (const fault of extracted.faults) faults.push(`${service}: ${fault}: ${line}`);
      for (const metric of extracted.metrics) {
        seen.add(metric.name);
        if (!isKnown(service, metric)) faults.push(`${service}: nothing says that it emits ${line}`);
      }
    }
  }
  assert.deepEqual(faults, []);
  assert.deepEqual(
    atLeast.filter((name) => !seen.has(name)),
    [],
    'metrics that were not written',
  );
}

const isKnown = (service: string, { name, dimensions }: ExtractedMetric): boolean =>
  emissions.some((row) => {
    const expected: Readonly<Record<string, string>> = { Service: row.service, ...row.dimensions };
    return (
      row.service === service &&
      row.name === name &&
      Object.keys(expected).length === Object.keys(dimensions).length &&
      Object.entries(expected).every(([dimension, value]) => dimensions[dimension] === value)
    );
  });
