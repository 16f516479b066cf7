import { isDeepStrictEqual } from 'node:util';

/** Where two values differ: one line per place, with what is stored and what the events say. Pure. */
export function differences(stored: unknown, rebuilt: unknown, path = ''): string[] {
  if (isDeepStrictEqual(stored, rebuilt)) return [];
  if (!isRecord(stored) || !isRecord(rebuilt)) {
    return [`${path === '' ? 'all of it' : path}: stored ${told(stored)}, by its events ${told(rebuilt)}`];
  }
  const names = new Set([...Object.keys(stored), ...Object.keys(rebuilt)]);
  return [...names]
    .sort()
    .flatMap((name) => differences(stored[name], rebuilt[name], path === '' ? name : `${path}.${name}`));
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;

const MOST = 200;

function told(value: unknown): string {
  if (value === undefined) return 'nothing';
  const text = JSON.stringify(value);
  return text.length > MOST ? `${text.slice(0, MOST)}...` : text;
}
