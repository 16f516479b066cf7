import type { Metric } from '../plan-shape.ts';

/**
 * CloudWatch as scaling sees it: one value per minute, and not before `delaySeconds` after the minute has ended.
 * Series are told apart by namespace, name and dimensions.
 */
export class MinuteMetrics {
  readonly #series = new Map<string, Map<number, { sum: number; count: number; largest: number }>>();
  readonly #delaySeconds: number;

  constructor(delaySeconds: number) {
    this.#delaySeconds = delaySeconds;
  }

  observe(metric: MetricName, value: number, at: number): void {
    const key = keyOf(metric);
    const series = this.#series.get(key) ?? new Map();
    this.#series.set(key, series);
    const minute = Math.floor(at / 60);
    const seen = series.get(minute) ?? { sum: 0, count: 0, largest: Number.NEGATIVE_INFINITY };
    seen.sum += value;
    seen.count += 1;
    seen.largest = Math.max(seen.largest, value);
    series.set(minute, seen);
  }

  /** The newest minute that can be read at this moment. */
  newestMinute(at: number): number {
    return Math.floor((at - this.#delaySeconds) / 60) - 1;
  }

  read(metric: MetricName & Pick<Metric<string>, 'statistic'>, minute: number): number | undefined {
    const seen = this.#series.get(keyOf(metric))?.get(minute);
    if (!seen) return undefined;
    return metric.statistic === 'Average' ? seen.sum / seen.count : seen.largest;
  }
}

export type MetricName = Pick<Metric<string>, 'namespace' | 'name' | 'dimensions'>;

const keyOf = ({ namespace, name, dimensions }: MetricName): string =>
  [namespace, name, ...Object.entries(dimensions).flat()].join('|');
