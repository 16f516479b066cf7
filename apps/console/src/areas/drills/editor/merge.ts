import type { Working } from './working.ts';

const same = (a: unknown, b: unknown): boolean => JSON.stringify(ordered(a)) === JSON.stringify(ordered(b));

/** With the names of every object in one order: the server and this page write them in another. */
function ordered(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(ordered);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, each]) => each !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, each]) => [name, ordered(each)]),
  );
}

export const isSame = same;

/** Of two changes of one value the one that was made; null: both were, and differ. */
function either<Value>(base: Value, mine: Value, theirs: Value): { value: Value } | null {
  if (same(mine, theirs) || same(mine, base)) return { value: theirs };
  return same(theirs, base) ? { value: mine } : null;
}

/** The same of lists of things with names, which keep their order; null: both changed the same thing, or the order. */
function eitherOfEach<Item>(
  base: readonly Item[],
  mine: readonly Item[],
  theirs: readonly Item[],
  nameOf: (item: Item) => string,
): Item[] | null {
  const whole = either(base, mine, theirs);
  if (whole !== null) return [...whole.value];
  const named = (items: readonly Item[]) => new Map(items.map((item) => [nameOf(item), item]));
  const [was, ours, other] = [named(base), named(mine), named(theirs)];
  const order = either([...was.keys()], [...ours.keys()], [...other.keys()]);
  if (order === null) return null;
  const left = new Map<string, Item>();
  for (const name of new Set([...was.keys(), ...ours.keys(), ...other.keys()])) {
    const found = either<Item | undefined>(was.get(name), ours.get(name), other.get(name));
    // One took away what the other changed.
    if (found === null) return null;
    if (found.value !== undefined) left.set(name, found.value);
  }
  const merged = order.value.flatMap((name) => left.get(name) ?? []);
  return merged;
}

/**
 * A drill with what two people changed of the same one; null: they changed the same prompt, example or detail, each in
 * another way, so that somebody has to choose.
 */
export function merged(base: Working, mine: Working, theirs: Working): Working | null {
  const name = either(base.name, mine.name, theirs.name);
  const language = either(base.defaultLanguage, mine.defaultLanguage, theirs.defaultLanguage);
  const prompts = eitherOfEach(base.prompts, mine.prompts, theirs.prompts, ({ slug }) => slug);
  const examples = eitherOfEach(base.examples, mine.examples, theirs.examples, (each) => each.name);
  if (name === null || language === null || prompts === null || examples === null) return null;
  return { ...theirs, name: name.value, defaultLanguage: language.value, prompts, examples };
}
