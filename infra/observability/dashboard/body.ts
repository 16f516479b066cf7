/**
 * The body of a CloudWatch dashboard, as far as ours use it, in CloudWatch's own words:
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html
 */
export interface DashboardBody {
  start: string;
  periodOverride: 'inherit';
  widgets: readonly Widget[];
}

/** Columns of the grid. */
export const GRID_COLUMNS = 24;

interface Place {
  x: number;
  y: number;
  width: number;
  height: number;
}

export type Widget = Place & WidgetContent;

export type WidgetContent =
  | { type: 'text'; properties: { markdown: string } }
  | { type: 'alarm'; properties: { title: string; alarms: readonly string[] } }
  | { type: 'metric'; properties: MetricProperties };

export interface MetricProperties {
  title: string;
  region: string;
  view: 'timeSeries' | 'singleValue';
  period: number;
  stat: string;
  stacked?: boolean;
  metrics: readonly MetricLine[];
  yAxis?: { left: { min?: number; max?: number; label?: string; showUnits?: boolean } };
  annotations?: { horizontal: readonly Threshold[] };
}

/** Namespace, name, then names and values of dimensions in turn, then how it is drawn. */
export type MetricLine = readonly [...string[], LineOptions];

export interface LineOptions {
  label: string;
  stat: string;
  period: number;
}

export interface Threshold {
  label: string;
  value: number;
}
