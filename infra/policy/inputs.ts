import { UNKNOWN } from '../testing/resource-record.ts';
import { type Resource, UnknownInput } from './control.ts';

/** Reads values of resources by paths with dots (`settings.0.value`), without trust in their form. */

type Values = Readonly<Record<string, unknown>>;

const isValues = (value: unknown): value is Values =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function walk(values: unknown, path: string): unknown {
  let value = values;
  for (const key of path.split('.')) {
    if (value === UNKNOWN) return UNKNOWN;
    if (Array.isArray(value)) value = value[Number(key)];
    else if (isValues(value)) value = value[key];
    else return undefined;
  }
  return value;
}

/** The value; throws `UnknownInput` when only a deployment can know it. */
export function valueAt(values: Values, path: string): unknown {
  const value = walk(values, path);
  if (value === UNKNOWN) throw new UnknownInput(path);
  return value;
}

/** Whether something is given, known or not: a key that is made in the same deployment is given. */
export const given = (values: Values, path: string): boolean => {
  const value = walk(values, path);
  return value !== undefined && value !== null && value !== '';
};

export const isTrue = (values: Values, path: string): boolean => {
  const value = valueAt(values, path);
  return value === true || value === 'true';
};

export const textAt = (values: Values, path: string): string => {
  const value = valueAt(values, path);
  return typeof value === 'string' ? value : '';
};

/** The number; undefined when there is none. Some inputs write numbers as texts. */
export const numberAt = (values: Values, path: string): number | undefined => {
  const value = valueAt(values, path);
  if (typeof value === 'number') return value;
  return typeof value === 'string' && value !== '' && Number.isFinite(Number(value))
    ? Number(value)
    : undefined;
};

/** The items of a list; a single value is a list of one, nothing is an empty list. */
export const listAt = (values: Values, path: string): readonly unknown[] => {
  const value = valueAt(values, path);
  if (value === undefined || value === null) return [];
  return Array.isArray(value) ? value : [value];
};

/** The objects of a list. An item that is not known throws. */
export const objectsAt = (values: Values, path: string): readonly Values[] =>
  listAt(values, path).map((item, i) => {
    if (item === UNKNOWN) throw new UnknownInput(`${path}.${i}`);
    return isValues(item) ? item : {};
  });

/** A list that is written as JSON, as container definitions are. */
export function jsonObjectsAt(values: Values, path: string): readonly Values[] {
  const parsed: unknown = JSON.parse(textAt(values, path) || '[]');
  return Array.isArray(parsed) ? parsed.filter(isValues) : [];
}

/** Resources of a type whose input `property` comes of this resource. */
export const pointingAt = (
  { urn }: Resource,
  stack: readonly Resource[],
  type: string,
  property: string,
): readonly Resource[] =>
  stack.filter((other) => other.type === type && (other.propertyDependencies[property] ?? []).includes(urn));
