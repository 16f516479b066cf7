/**
 * What somebody has filled in and not saved, by who and where, in this browser: it is there when they come back, after a reload
 * and after somebody else has changed what it was begun from. Fields that were not touched follow what is saved.
 */
export type Fields = Readonly<Record<string, unknown>>;

export interface Kept<Value extends Fields> {
  /** What it was begun from. */
  begun: Value;
  value: Value;
}

const isSame = (one: unknown, other: unknown): boolean => JSON.stringify(one) === JSON.stringify(other);

/** Fields that stand otherwise than what they were begun from, and than what is saved by now. */
const stillMine = <Value extends Fields>({ begun, value }: Kept<Value>, saved: Value): string[] =>
  Object.keys(value).filter((name) => !isSame(value[name], begun[name]) && !isSame(value[name], saved[name]));

export interface Met<Value extends Fields> {
  value: Value;
  isChanged: boolean;
  /** Whether somebody else has saved another value of a field that was touched here. */
  isOvertaken: boolean;
}

/** What stands in the fields where `saved` is what is saved by now. Pure. */
export function met<Value extends Fields>(kept: Kept<Value> | null, saved: Value): Met<Value> {
  if (kept === null) return { value: saved, isChanged: false, isOvertaken: false };
  const mine = stillMine(kept, saved);
  return {
    value: { ...saved, ...Object.fromEntries(mine.map((name) => [name, kept.value[name]])) },
    isChanged: mine.length > 0,
    isOvertaken: mine.some((name) => !isSame(kept.begun[name], saved[name])),
  };
}

/** The same where some fields are filled in otherwise. Pure. */
export function filled<Value extends Fields>(
  kept: Kept<Value> | null,
  saved: Value,
  change: Partial<Value>,
): Kept<Value> {
  // What was overtaken stays so until it is saved or given up; what was not touched begins with what is saved now.
  const mine = kept === null ? [] : stillMine(kept, saved);
  const begun = { ...saved, ...Object.fromEntries(mine.map((name) => [name, kept?.begun[name]])) };
  return { begun, value: { ...met(kept, saved).value, ...change } };
}

/** `sent` was saved; what was typed since stays. Null: nothing was. Pure. */
export function saved<Value extends Fields>(kept: Kept<Value> | null, sent: Value): Kept<Value> | null {
  return kept === null || isSame(kept.value, sent) ? null : { begun: sent, value: kept.value };
}

const PREFIX = 'carillon.unsaved.';
const nameOf = (place: readonly string[]): string => PREFIX + JSON.stringify(place);

const memory = new Map<string, Kept<Fields>>();
const listeners = new Set<() => void>();

export const subscribe = (changed: () => void): (() => void) => {
  listeners.add(changed);
  return () => listeners.delete(changed);
};

/** The same object until it changes. */
export function readKept(place: readonly string[]): Kept<Fields> | null {
  const name = nameOf(place);
  const known = memory.get(name);
  if (known !== undefined) return known;
  try {
    const stored = localStorage.getItem(name);
    if (stored === null) return null;
    const kept = JSON.parse(stored) as Kept<Fields>;
    memory.set(name, kept);
    return kept;
  } catch {
    // Nothing is kept, or what is kept is of an older version of the page.
    return null;
  }
}

/** Null: nothing is to be kept there any more. */
export function keep(place: readonly string[], kept: Kept<Fields> | null): void {
  const name = nameOf(place);
  if (kept === null) memory.delete(name);
  else memory.set(name, kept);
  try {
    if (kept === null) localStorage.removeItem(name);
    else localStorage.setItem(name, JSON.stringify(kept));
  } catch {
    // A browser that keeps nothing: it holds until the page is left.
  }
  for (const changed of listeners) changed();
}
