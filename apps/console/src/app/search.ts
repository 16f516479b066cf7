/**
 * Filters in the address, typed: `validateSearch: search({ status: choice(statuses), q: words })`. What is not understood,
 * as of an old link, is left out and not an error.
 */
export type Filter<Value> = (given: unknown) => Value | undefined;

type Filtered<Shape> = {
  [Name in keyof Shape]?: Shape[Name] extends Filter<infer Value> ? Value | undefined : never;
};

export const search =
  <Shape extends Readonly<Record<string, Filter<unknown>>>>(shape: Shape) =>
  (given: Record<string, unknown>): Filtered<Shape> =>
    Object.fromEntries(
      Object.entries(shape).flatMap(([name, filter]) => {
        const value = filter(given[name]);
        return value === undefined ? [] : [[name, value]];
      }),
    ) as Filtered<Shape>;

/** One of some values. */
export const choice =
  <const Values extends readonly string[]>(values: Values): Filter<Values[number]> =>
  (given) =>
    values.find((value) => value === given);

const LONGEST = 200;

/** Words that somebody typed. An address makes numbers of digits. */
export const words: Filter<string> = (given) => {
  const text = typeof given === 'number' ? String(given) : given;
  return typeof text === 'string' && text !== '' ? text.slice(0, LONGEST) : undefined;
};
