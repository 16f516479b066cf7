import type { AlarmRow } from '../alarm.ts';
import type { Series } from '../series.ts';
import type { MetricLine, MetricProperties, Threshold } from './body.ts';
import type { Tile } from './layout.ts';

/** A line of a graph. */
export interface Line {
  label: string;
  series: Series<string>;
}

export interface Graph {
  title: string;
  lines: readonly Line[];
  view?: MetricProperties['view'];
  width?: number;
  stacked?: boolean;
  /** What the numbers are, beside the axis. */
  unit: string;
}

/** What a graph has to know about its dashboard. */
export interface GraphContext {
  region: string;
  alarms: readonly AlarmRow<string>[];
}

const WIDTH = 8;
const HEIGHT = 6;

/** Draws lines, with the threshold of every alarm that compares one of them. */
export function graph(spec: Graph, { region, alarms }: GraphContext): Tile {
  const [first] = spec.lines;
  if (!first) throw new Error(`the graph ${spec.title} has no line`);
  const { periodSeconds, statistic } = first.series;
  const annotated = thresholdsOf(spec.lines, alarms);
  const properties: MetricProperties = {
    title: spec.title,
    region,
    view: spec.view ?? 'timeSeries',
    period: periodSeconds,
    stat: statistic,
    ...(spec.stacked ? { stacked: true } : {}),
    metrics: spec.lines.map(metricLine),
    yAxis: { left: { min: 0, label: spec.unit, showUnits: false } },
    ...(annotated.length > 0 ? { annotations: { horizontal: annotated } } : {}),
  };
  return { width: spec.width ?? WIDTH, height: HEIGHT, content: { type: 'metric', properties } };
}

const metricLine = ({ label, series }: Line): MetricLine => [
  series.namespace,
  series.name,
  ...Object.entries(series.dimensions).flat(),
  { label, stat: series.statistic, period: series.periodSeconds },
];

/** One annotation for each value: ten services that share a threshold need one line. */
function thresholdsOf(lines: readonly Line[], alarms: readonly AlarmRow<string>[]): Threshold[] {
  const drawn = new Set(lines.map(({ series }) => keyOf(series)));
  const found = new Map<number, string>();
  for (const { name, queries, threshold } of alarms) {
    const last = queries.at(-1);
    if (last && 'series' in last && drawn.has(keyOf(last.series))) {
      found.set(threshold, found.has(threshold) ? 'alarms' : name);
    }
  }
  return [...found].map(([value, label]) => ({ label, value }));
}

/** Two series of one key are drawn and compared as the same line. */
const keyOf = ({ namespace, name, dimensions, statistic, periodSeconds }: Series<string>): string =>
  JSON.stringify([namespace, name, Object.entries(dimensions).sort(), statistic, periodSeconds]);
