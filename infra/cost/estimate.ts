import { CarillonError } from '#shared/errors.ts';
import { awakeShare } from '../services/weekly-schedule.ts';
import type { ResourceRecord } from '../testing/resource-record.ts';
import type { Assumptions } from './assumptions.ts';
import { type Bill, type Line, MONTH_HOURS, type Rules } from './line.ts';
import { type PriceName, prices } from './prices.ts';
import { computeRules } from './rules/compute.ts';
import { dataRules } from './rules/data.ts';
import { networkRules } from './rules/network.ts';
import { watchRules } from './rules/watch.ts';

export const rules: Rules = { ...computeRules, ...dataRules, ...networkRules, ...watchRules };

export interface PricedLine {
  component: string;
  price: PriceName;
  quantity: number;
  usd: number;
}

export interface Estimate {
  /** One for each component and price, the dearest component first. */
  lines: readonly PricedLine[];
  total: number;
}

/**
 * A month of an evaluated stack at list prices. Pure. Throws with all types of resources that have neither a price nor a
 * reason why they are free: whoever adds one says what it costs.
 */
export function estimate(
  resources: readonly ResourceRecord[],
  assumptions: Assumptions,
  month: number,
): Estimate {
  const unknown = unpricedTypes(resources);
  if (unknown.length > 0)
    throw new CarillonError(
      'invalid_configuration',
      `no price and no reason to be free: ${unknown.join(', ')}`,
    );
  const bill: Bill = { resources, assumptions, hours: awakeHours(resources), month };
  const byUrn = new Map(resources.map((resource) => [resource.urn, resource]));
  const sums = new Map<string, PricedLine>();
  for (const resource of resources) {
    const rule = rules[resource.type];
    if (rule === undefined || 'free' in rule) continue;
    const component = componentOf(resource, byUrn);
    for (const line of rule(resource, bill)) add(sums, component, line);
  }
  const lines = [...sums.values()].filter(({ usd }) => usd > 0);
  const totalOf = (component: string): number =>
    lines.filter((line) => line.component === component).reduce((sum, { usd }) => sum + usd, 0);
  lines.sort(
    (a, b) =>
      totalOf(b.component) - totalOf(a.component) || a.component.localeCompare(b.component) || b.usd - a.usd,
  );
  return { lines, total: lines.reduce((sum, { usd }) => sum + usd, 0) };
}

function add(sums: Map<string, PricedLine>, component: string, { price, quantity }: Line): void {
  const key = `${component} ${price}`;
  const sum = sums.get(key) ?? { component, price, quantity: 0, usd: 0 };
  sum.quantity += quantity;
  sum.usd += quantity * prices[price].usd;
  sums.set(key, sum);
}

/** Types that nobody has said the price of. Components are not charged. */
export const unpricedTypes = (resources: readonly ResourceRecord[]): readonly string[] =>
  [...new Set(resources.map(({ type }) => type))]
    .filter((type) => !type.startsWith('carillon:') && rules[type] === undefined)
    .sort();

/** The component under the stack that a resource belongs to; what stands beside them belongs to the whole. */
function componentOf(resource: ResourceRecord, byUrn: ReadonlyMap<string, ResourceRecord>): string {
  let own = resource;
  for (
    let parent = byUrn.get(own.parent);
    parent && parent.type !== 'pulumi:pulumi:Stack';
    parent = byUrn.get(own.parent)
  )
    own = parent;
  return own.type.startsWith('carillon:') ? own.name : 'everything';
}

/** Hours of a month in which services have tasks: all, unless scheduled actions stop and start them. */
export function awakeHours(resources: readonly ResourceRecord[]): number {
  const scheduled = resources.filter(
    ({ type }) => type === 'aws:appautoscaling/scheduledAction:ScheduledAction',
  );
  const of = (stops: boolean): string | undefined =>
    scheduled
      .map(({ inputs }) => ({
        schedule: String(inputs.schedule),
        stops: JSON.stringify(inputs.scalableTargetAction).includes('"maxCapacity":0'),
      }))
      .find((action) => action.stops === stops)?.schedule;
  const [start, stop] = [of(false), of(true)];
  return start === undefined || stop === undefined ? MONTH_HOURS : MONTH_HOURS * awakeShare(start, stop);
}
