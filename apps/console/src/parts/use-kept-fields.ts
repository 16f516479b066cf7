import { useMemo, useSyncExternalStore } from 'react';
import { useMe } from '../app/me.ts';
import { type Fields, filled, type Kept, keep, met, readKept, saved, subscribe } from './kept-fields.ts';

/**
 * Fields that somebody fills in, of what is saved: `place` names the record and the part of it. What is not saved is kept in this
 * browser, of whoever is signed in.
 */
export function useKeptFields<Value extends Fields>(place: readonly string[], from: Value) {
  const me = useMe();
  const name = JSON.stringify([`${me.kind} ${me.id}`, ...place]);
  const whole = useMemo(() => JSON.parse(name) as readonly string[], [name]);
  const kept = useSyncExternalStore(subscribe, () => readKept(whole)) as Kept<Value> | null;
  const { isChanged, isOvertaken, value } = met(kept, from);
  return {
    value,
    isChanged,
    isOvertaken,
    fill: (change: Partial<Value>): void => {
      const next = filled(readKept(whole) as Kept<Value> | null, from, change);
      keep(whole, met(next, from).isChanged ? next : null);
    },
    /** It is saved as it was sent: what was typed since stays. */
    done: (sent: Value): void => keep(whole, saved(readKept(whole) as Kept<Value> | null, sent)),
    giveUp: (): void => keep(whole, null),
  };
}

/** In which of these places whoever is signed in has something that is not saved. */
export function useKeptPlaces<Name extends string>(
  names: readonly Name[],
  placeOf: (name: Name) => readonly string[],
): ReadonlySet<Name> {
  const me = useMe();
  const who = `${me.kind} ${me.id}`;
  // As text, which stays the same until one of them changes.
  const found = useSyncExternalStore(subscribe, () =>
    names.filter((name) => readKept([who, ...placeOf(name)]) !== null).join(' '),
  );
  return useMemo(() => new Set(found === '' ? [] : (found.split(' ') as Name[])), [found]);
}
