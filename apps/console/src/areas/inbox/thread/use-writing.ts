import { useCallback, useSyncExternalStore } from 'react';
import { useMe } from '../../../app/me.ts';
import { type Writing, Writings } from './writing.ts';

const writings = new Writings();

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
