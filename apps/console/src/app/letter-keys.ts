import { useSyncExternalStore } from 'react';

/**
 * Whether keys of one sign do something. Whoever speaks to their computer, or hits keys by accident, switches them off
 * (WCAG 2.1.4); the browser keeps that.
 */
const KEPT_AS = 'carillon.letter-keys';

let on = read();
const listeners = new Set<() => void>();

function read(): boolean {
  try {
    return localStorage.getItem(KEPT_AS) !== 'off';
  } catch {
    return true;
  }
}

export const hasLetterKeys = (): boolean => on;

export function switchLetterKeys(to: boolean): void {
  on = to;
  try {
    if (to) localStorage.removeItem(KEPT_AS);
    else localStorage.setItem(KEPT_AS, 'off');
  } catch {
    // A browser that keeps nothing: it holds until the page is left.
  }
  for (const each of listeners) each();
}

const subscribe = (changed: () => void): (() => void) => {
  listeners.add(changed);
  return () => listeners.delete(changed);
};

export const useLetterKeys = (): boolean => useSyncExternalStore(subscribe, hasLetterKeys);
