import { Problem } from './problem.ts';

/**
 * Refuses to change what somebody else has changed since `seen` was answered (If-Match; null: whatever it is now). Of a
 * version with a point, only what stands before it counts.
 */
export function checkVersion({ version }: { version: number }, seen: string | null): void {
  if (seen === null || seen.split('.')[0] === String(version)) return;
  throw new Problem('changed_meanwhile', 'Somebody else has changed it meanwhile. Get it again.');
}
