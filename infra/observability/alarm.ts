import type { ServiceName } from '#shared/topology.ts';
import { type Formula, formulaText } from '../scaling/metric-math.ts';
import { type AlarmKind, runbookLink } from './runbooks.ts';
import type { Series } from './series.ts';

/** What alarms are gathered by: one composite alarm, one notice. A bounded context, or what all of them stand on. */
export type Context = ServiceName | 'web' | 'stores';

/** The last query of an alarm is what is compared; those before it are what its formula is made of. */
export type AlarmQuery<T> =
  | { id: string; label: string; series: Series<T> }
  | { id: string; label: string; formula: Formula };

export interface AlarmRow<T> {
  /** Unique in an environment; the program puts the environment in front. */
  name: string;
  kind: AlarmKind;
  context: Context;
  /** What is the matter when it fires, in one sentence, with the figure. */
  summary: string;
  queries: readonly AlarmQuery<T>[];
  comparison: 'GreaterThanOrEqualToThreshold' | 'LessThanThreshold';
  threshold: number;
  /** It fires when `datapoints` of the last `periods` are beyond the threshold. */
  periods: number;
  datapoints: number;
  /** What it means that there is no value. */
  missing: MissingData;
}

/**
 * What a period without a value means, and why.
 * - quiet: nothing happened. SQS, EventBridge and our own counters say nothing when there is nothing to count.
 * - broken: what reports is itself gone. ECS reports nothing for a service without a running task.
 * - unchanged: the last state stands. For stores, whose metrics lag now and then.
 */
export type MissingData = 'quiet' | 'broken' | 'unchanged';

export const treatMissingData = {
  quiet: 'notBreaching',
  broken: 'breaching',
  unchanged: 'ignore',
} as const satisfies Record<MissingData, string>;

/** An alarm on one series. */
export const onSeries = <T>(
  row: Omit<AlarmRow<T>, 'queries' | 'comparison'> & {
    series: Series<T>;
    comparison?: AlarmRow<T>['comparison'];
  },
): AlarmRow<T> => {
  const { series, comparison = 'GreaterThanOrEqualToThreshold', ...rest } = row;
  return { ...rest, comparison, queries: [{ id: 'value', label: row.name, series }] };
};

/** An alarm on what a formula makes of several series. */
export const onFormula = <T>(
  row: Omit<AlarmRow<T>, 'queries' | 'comparison'> & {
    of: Readonly<Record<string, Series<T>>>;
    formula: Formula;
  },
): AlarmRow<T> => {
  const { of, formula, ...rest } = row;
  const queries: AlarmQuery<T>[] = Object.entries(of).map(([id, series]) => ({ id, label: id, series }));
  return {
    ...rest,
    comparison: 'GreaterThanOrEqualToThreshold',
    queries: [...queries, { id: 'value', label: row.name, formula }],
  };
};

/** What stands in the notice: what is the matter and where to read on. */
export const descriptionOf = ({ kind, summary }: Pick<AlarmRow<never>, 'kind' | 'summary'>): string =>
  `${summary} What to do: ${runbookLink(kind)}`;

export const expressionOf = (formula: Formula): string => formulaText(formula);
