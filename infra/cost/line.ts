import type { ResourceRecord } from '../testing/resource-record.ts';
import type { Assumptions } from './assumptions.ts';
import type { PriceName } from './prices.ts';

/** One position of the bill. */
export interface Line {
  price: PriceName;
  quantity: number;
}

/** What a rule may look at besides the resource. */
export interface Bill {
  resources: readonly ResourceRecord[];
  assumptions: Assumptions;
  /** Hours of the month in which services have tasks. */
  hours: number;
  /** The month after the first deployment that is billed, from 1: what is stored has grown until its end. */
  month: number;
}

/** What a type of resources costs; or why it costs nothing. */
export type Rule = ((resource: ResourceRecord, bill: Bill) => readonly Line[]) | { free: string };

export type Rules = Readonly<Record<string, Rule>>;

export const MONTH_HOURS = 730;
export const MONTH_DAYS = MONTH_HOURS / 24;
const GIGABYTE = 1e9;

export const gigabytes = (bytes: number): number => bytes / GIGABYTE;
export const millions = (count: number): number => count / 1e6;

export const messagesPerMonth = ({ assumptions }: Bill): number => assumptions.messagesPerDay * MONTH_DAYS;
export const textsPerMonth = ({ assumptions }: Bill): number => assumptions.textsPerDay * MONTH_DAYS;
/** What reaches the gateway: texts and statuses. */
export const requestsPerMonth = (bill: Bill): number =>
  textsPerMonth(bill) + messagesPerMonth(bill) * bill.assumptions.statusesPerMessage;

/** Resources of the same type as this one: what the traffic is divided by when all share it. */
export const sharing = ({ type }: ResourceRecord, { resources }: Bill): number =>
  resources.filter((other) => other.type === type).length;

/** Resources that an input of this one comes of. */
export const behind = (
  resource: ResourceRecord,
  input: string,
  { resources }: Bill,
): readonly ResourceRecord[] =>
  resources.filter(({ urn }) => (resource.propertyDependencies[input] ?? []).includes(urn));

export const numberOf = (value: unknown): number => {
  const number = Number(value);
  return value === undefined || value === null || Number.isNaN(number) ? 0 : number;
};

export const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

/** An input of an object that may have any form. */
export const field = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
