import { UNKNOWN } from '../testing/resource-record.ts';

/**
 * @pulumi/policy hands out values that throw when something is read that only a deployment can know. Controls want to
 * see such a value as `UNKNOWN`, because that something is given often says enough.
 */
export const plainValues = (props: object): Record<string, unknown> =>
  Object.fromEntries(Object.keys(props).map((key) => [key, plain(() => Reflect.get(props, key))]));

function plain(read: () => unknown): unknown {
  let value: unknown;
  try {
    value = read();
  } catch (error) {
    // The library does not export the class of this error; it carries what it stands for.
    if (error instanceof Error && 'unknownTypeSentinel' in error) return UNKNOWN;
    throw error;
  }
  if (typeof value !== 'object' || value === null) return value;
  const items = value;
  if (Array.isArray(items)) return Object.keys(items).map((index) => plain(() => Reflect.get(items, index)));
  return plainValues(items);
}

/** Reads the value at a path of keys and indexes with dots; throws the library's error where it is not known. */
export function readAt(props: object, path: string): void {
  let value: unknown = props;
  for (const key of path.split('.')) {
    if (typeof value !== 'object' || value === null) return;
    value = Reflect.get(value, key);
  }
}
