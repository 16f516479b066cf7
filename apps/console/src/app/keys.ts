import { useNavigate } from '@tanstack/react-router';
import { useEffect } from 'react';
import { areas } from './areas.ts';

/** How long the second key of two may take, in ms. */
const SECOND_KEY_MS = 1_500;

const isWriting = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement &&
  (target.isContentEditable ||
    target.closest('input, textarea, select, [role="textbox"], [role="combobox"]') !== null);

/** Keys that work everywhere: G and a letter to an area, / to the search, ? for help. Never while somebody writes. */
export function useKeys(showHelp: () => void): void {
  const navigate = useNavigate();
  useEffect(() => {
    let firstAt = 0;
    const pressed = (event: KeyboardEvent): void => {
      if (event.ctrlKey || event.metaKey || event.altKey || isWriting(event.target)) return;
      const key = event.key.toLowerCase();
      const isSecond = event.timeStamp - firstAt < SECOND_KEY_MS;
      firstAt = key === 'g' ? event.timeStamp : 0;
      const area = isSecond ? areas.find(({ letter }) => letter === key) : undefined;
      if (area) void navigate({ to: area.path });
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
