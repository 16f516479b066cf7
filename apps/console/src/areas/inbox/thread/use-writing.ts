import { useCallback, useSyncExternalStore } from 'react';
import { sendUnder } from '../../../api/use-change.ts';
import { useMe } from '../../../app/me.ts';
import { type Shelf, type Writing, Writings } from './writing.ts';

const PREFIX = 'carillon.writing.';

/** Of this tab: over a reload, and not for whoever opens the console here another day. */
const tab: Shelf = {
  read: (name) => {
    try {
      return sessionStorage.getItem(PREFIX + name);
    } catch {
      // A browser that keeps nothing: it holds until the page is left.
      return null;
    }
  },
  write: (name, text) => {
    try {
      if (text === null) sessionStorage.removeItem(PREFIX + name);
      else sessionStorage.setItem(PREFIX + name, text);
    } catch {
      // As above.
    }
  },
};

const writings = new Writings(tab, ({ change, key }) => sendUnder(change, key));

/** What whoever is signed in writes in a conversation, and how to change it. */
export function useWriting(id: string): {
  writing: Writing;
  /** As it is this moment, also where nothing was drawn again yet. */
  current: () => Writing;
  change: (how: (before: Writing) => Writing) => void;
} {
  const me = useMe();
  const who = `${me.kind} ${me.id}`;
  const current = useCallback(() => writings.of(who, id), [id, who]);
  const change = useCallback((how: (before: Writing) => Writing) => writings.change(who, id, how), [id, who]);
  return { writing: useSyncExternalStore(writings.subscribe, current), current, change };
}
