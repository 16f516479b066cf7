import { useNavigate } from '@tanstack/react-router';
import { useEffect, useRef } from 'react';
import { areas } from './areas.ts';
import { hasLetterKeys } from './letter-keys.ts';

/** What a key does on the screen that is there. */
export interface Shortcut {
  /** One small letter; not G, which leads to areas. */
  key: string;
  /** For the help: what it does. */
  says: string;
  does: () => void;
}

/** Of what is on the screen, each as it is now: what a key does depends on what is shown. */
const shown = new Set<{ current: readonly Shortcut[] }>();
export const shortcutsShown = (): Shortcut[] => [...shown].flatMap(({ current }) => current);

/** Keys of a screen, for as long as it is there. They stand in the help too. */
export function useShortcuts(shortcuts: readonly Shortcut[]): void {
  const mine = useRef(shortcuts);
  useEffect(() => {
    mine.current = shortcuts;
  });
  useEffect(() => {
    shown.add(mine);
    return () => void shown.delete(mine);
  }, []);
}

/** How long the second key of two may take, in ms. */
const SECOND_KEY_MS = 1_500;

/** Where keys have a meaning of their own: somebody writes there, or letters go to the entry that begins with them. */
const TAKES_KEYS = [
  'input, textarea, select, [contenteditable="true"]',
  ...['textbox', 'combobox', 'menu', 'menubar', 'listbox', 'radiogroup'].map((role) => `[role="${role}"]`),
].join(', ');

const takesKeys = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && (target.isContentEditable || target.closest(TAKES_KEYS) !== null);

/** Keys that work everywhere: G and a letter to an area, / to the search, ? for help; and those of the screen. Never while somebody writes or is in a menu. */
export function useKeys(showHelp: () => void): void {
  const navigate = useNavigate();
  useEffect(() => {
    let firstAt = 0;
    const pressed = (event: KeyboardEvent): void => {
      if (event.ctrlKey || event.metaKey || event.altKey || takesKeys(event.target)) return;
      // A key that is held down was pressed once.
      if (event.repeat || !hasLetterKeys()) return;
      const key = event.key.toLowerCase();
      const isSecond = event.timeStamp - firstAt < SECOND_KEY_MS;
      firstAt = key === 'g' ? event.timeStamp : 0;
      const area = isSecond ? areas.find(({ letter }) => letter === key) : undefined;
      // What is open over the screen has the keyboard.
      const own = document.querySelector('[aria-modal="true"], [role="menu"]')
        ? undefined
        : shortcutsShown().find((each) => each.key === key);
      if (area) void navigate({ to: area.path });
      else if (own) own.does();
      else if (key === '?') showHelp();
      else if (key === '/')
        document.querySelector<HTMLInputElement>('[data-search] input, input[data-search]')?.focus();
      else return;
      event.preventDefault();
    };
    document.addEventListener('keydown', pressed);
    return () => document.removeEventListener('keydown', pressed);
  }, [navigate, showHelp]);
}
