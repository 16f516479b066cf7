import { useState } from 'react';

/** Something that this browser keeps for somebody, such as which columns they want. Lost where it keeps nothing. */
export function useKept<Value>(name: string, first: Value): [Value, (value: Value) => void] {
  const [value, setValue] = useState<Value>(() => {
    try {
      const kept = localStorage.getItem(`carillon.${name}`);
      return kept === null ? first : (JSON.parse(kept) as Value);
    } catch {
      // Nothing is kept, or what is kept is of an older version.
      return first;
    }
  });
  const keep = (chosen: Value): void => {
    setValue(chosen);
    try {
      localStorage.setItem(`carillon.${name}`, JSON.stringify(chosen));
    } catch {
      // Holds until the page is left.
    }
  };
  return [value, keep];
}
