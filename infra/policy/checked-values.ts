import { UNKNOWN } from '../testing/resource-record.ts';

/**
 * @pulumi/policy hands out values that throw when something is read that only a deployment can know. Controls want to
 * see such a value as `UNKNOWN`, because that something is given often says enough. What was thrown is added to
 * `errors`: thrown again, it makes the library say that a policy cannot be decided yet.
 */
export const plainValues = (props: object, errors: Error[]): Record<string, unknown> =>
  Object.fromEntries(Object.keys(props).map((key) => [key, plain(() => Reflect.get(props, key), errors)]));

function plain(read: () => unknown, errors: Error[]): unknown {
  let value: unknown;
  try {
    value = read();
  } catch (error) {
    // The library does not export the class of this error; it carries what it stands for.
    if (!(error instanceof Error && 'unknownTypeSentinel' in error)) throw error;
    errors.push(error);
    return UNKNOWN;
  }
  if (typeof value !== 'object' || value === null) return value;
  const items = value;
  if (!Array.isArray(items)) return plainValues(items, errors);
  return Object.keys(items).map((index) => plain(() => Reflect.get(items, index), errors));
}
