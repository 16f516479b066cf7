import { compute } from '../metric-math.ts';
import type { Query, ScalingPlan, StepPolicy, TargetTracking } from '../plan-shape.ts';
import type { MinuteMetrics } from './minute-metrics.ts';

/** Alarms that Application Auto Scaling makes for target tracking. */
const HIGH_MINUTES = 3;
const LOW_MINUTES = 15;
const LOW_SHARE = 0.9;

/** How many tasks a policy asks for, and the number that it counted from. */
interface Added {
  from: number;
  tasks: number;
}

/** Reads the metrics that AWS has ready-made, for a minute. */
export type PredefinedReader = (
  type: 'ECSServiceAverageCPUUtilization' | 'ALBRequestCountPerTarget',
  minute: number,
) => number | undefined;

/**
 * Application Auto Scaling for one service: plays a plan against metrics, minute by minute.
 * - Target tracking adds in proportion after three minutes above the target, and takes away after fifteen below 90 % of
 *   it, only when every target would.
 * - A step acts each minute in which its alarm is on.
 * - A cooldown after adding holds back all that is not more than what was just added; a cooldown after any change holds
 *   back taking away.
 * - Of several policies that add, the largest counts; adding wins over taking away.
 * https://docs.aws.amazon.com/autoscaling/application/userguide/target-tracking-scaling-policy-overview.html
 */
export class Autoscaler {
  readonly #plan: ScalingPlan<string>;
  readonly #metrics: MinuteMetrics;
  readonly #predefined: PredefinedReader;
  #desired: number;
  /** Tasks before the last time that some were added: what a larger step in its cooldown counts from. */
  #before: number;
  #addedAt = Number.NEGATIVE_INFINITY;
  #changedAt = Number.NEGATIVE_INFINITY;
  #changes = 0;

  constructor(plan: ScalingPlan<string>, metrics: MinuteMetrics, predefined: PredefinedReader) {
    this.#plan = plan;
    this.#metrics = metrics;
    this.#predefined = predefined;
    this.#desired = plan.bounds.minimum;
    this.#before = this.#desired;
  }

  get desired(): number {
    return this.#desired;
  }

  get changes(): number {
    return this.#changes;
  }

  /** Once a minute. `at` in seconds. */
  evaluate(at: number): void {
    const newest = this.#metrics.newestMinute(at);
    const { targetTracking, steps } = this.#plan;
    const added = [
      ...targetTracking.map((policy) => this.#tracked(policy, newest, at)),
      ...steps.map((step) => this.#stepped(step, newest, at)),
    ];
    const largest = added.reduce((a, b) => (b.tasks > a.tasks ? b : a));
    if (largest.tasks > this.#desired) {
      this.#before = largest.from;
      this.#addedAt = at;
      this.#set(largest.tasks, at);
      return;
    }
    const least = [this.#lowered(newest, at), ...steps.map((step) => this.#steppedIn(step, newest, at))];
    const fewest = Math.min(...least);
    if (fewest < this.#desired) this.#set(fewest, at);
  }

  #set(tasks: number, at: number): void {
    const within = Math.min(this.#plan.bounds.maximum, Math.max(this.#plan.bounds.minimum, tasks));
    if (within === this.#desired) return;
    this.#desired = within;
    this.#changedAt = at;
    this.#changes += 1;
  }

  /** Tasks from which a policy counts: those before the last step while its cooldown lasts. */
  #base(cooldownSeconds: number, at: number): number {
    return at - this.#addedAt < cooldownSeconds ? this.#before : this.#desired;
  }

  #tracked(policy: TargetTracking<string>, newest: number, at: number): Added {
    const values = this.#last(policy, newest, HIGH_MINUTES);
    const value = values[0];
    const from = this.#base(policy.scaleOutCooldownSeconds, at);
    const high = values.every((v) => v !== undefined && v > policy.target);
    return { from, tasks: value !== undefined && high ? Math.ceil((from * value) / policy.target) : from };
  }

  #stepped(step: StepPolicy<string>, newest: number, at: number): Added {
    const change = this.#changeOf(step, newest);
    const from = this.#base(step.cooldownSeconds, at);
    return { from, tasks: change > 0 ? from + this.#tasksOf(step, change, from) : from };
  }

  #steppedIn(step: StepPolicy<string>, newest: number, at: number): number {
    const change = this.#changeOf(step, newest);
    if (change >= 0 || at - this.#changedAt < step.cooldownSeconds) return this.#desired;
    return this.#desired + this.#tasksOf(step, change, this.#desired);
  }

  #tasksOf(step: StepPolicy<string>, change: number, base: number): number {
    if (step.adjustmentType === 'ChangeInCapacity') return change;
    const tasks = Math.trunc((base * change) / 100);
    return Math.sign(change) * Math.max(Math.abs(tasks), step.minAdjustmentMagnitude ?? 1);
  }

  #changeOf({ alarm, adjustments }: StepPolicy<string>, newest: number): number {
    const values = lastMinutes(newest, alarm.evaluationPeriods).map((minute) =>
      this.#query(alarm.queries, minute),
    );
    const breaching = values.filter((value) => value !== undefined && value >= alarm.threshold);
    const value = values[0];
    if (breaching.length < alarm.datapointsToAlarm || value === undefined) return 0;
    const above = value - alarm.threshold;
    const step = adjustments.find(
      ({ from = Number.NEGATIVE_INFINITY, to = Number.POSITIVE_INFINITY }) => above >= from && above < to,
    );
    return step?.change ?? 0;
  }

  /** What target tracking would take away: as little as the most careful of its policies. */
  #lowered(newest: number, at: number): number {
    const { targetTracking } = this.#plan;
    if (targetTracking.length === 0) return this.#desired;
    return Math.max(
      ...targetTracking.map((policy) => {
        const values = this.#last(policy, newest, LOW_MINUTES);
        const value = values[0];
        const low = values.every((v) => v !== undefined && v < policy.target * LOW_SHARE);
        if (value === undefined || !low || at - this.#changedAt < policy.scaleInCooldownSeconds)
          return this.#desired;
        return Math.min(this.#desired, Math.ceil((this.#desired * value) / policy.target));
      }),
    );
  }

  /** The newest minutes, newest first. */
  #last({ metric }: TargetTracking<string>, newest: number, minutes: number): (number | undefined)[] {
    return lastMinutes(newest, minutes).map((minute) =>
      metric.kind === 'predefined'
        ? this.#predefined(metric.type, minute)
        : this.#query(metric.queries, minute),
    );
  }

  #query(queries: readonly Query<string>[], minute: number): number | undefined {
    const returned = queries.find((query) => query.returnData);
    if (!returned) return undefined;
    const read = (id: string): number | undefined => {
      const query = queries.find((other) => other.id === id);
      if (!query) throw new Error(`a formula asks for ${id}, which is no query of its list`);
      return 'metric' in query ? this.#metrics.read(query.metric, minute) : compute(query.formula, read);
    };
    return read(returned.id);
  }
}

const lastMinutes = (newest: number, count: number): number[] =>
  Array.from({ length: count }, (_, i) => newest - i);
