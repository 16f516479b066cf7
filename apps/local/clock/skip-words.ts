/** A skip as somebody types it, and as the public port takes it (docs/local-stack.md). */
export type SkipRequest = { to: string; zone?: string } | { by: string };

export const SKIP_USAGE = `  10m, 2h, 3d, 1h30m        by so much
  09:00 America/Chicago     to the next such time there
  2026-11-27T15:00:00Z      to an instant`;

const SPAN = /^(?:(\d{1,4})d)?(?:(\d{1,4})h)?(?:(\d{1,5})m(?:in)?)?(?:(\d{1,6})s)?$/i;

/** Null for what is none. Whether there is such a time or zone is for the system to say. */
export function readSkip(words: readonly string[]): SkipRequest | null {
  const [first, zone, ...more] = words;
  if (first === undefined || more.length > 0) return null;
  if (zone !== undefined) return { to: first, zone };
  const [whole, days, hours, minutes, seconds] = SPAN.exec(first) ?? [];
  if (whole) return { by: durationOf({ days, hours, minutes, seconds }) };
  return /^[+-]?P/i.test(first) ? { by: first } : { to: first };
}

/** In ISO 8601. */
function durationOf(span: Record<'days' | 'hours' | 'minutes' | 'seconds', string | undefined>): string {
  const part = (count: string | undefined, unit: string): string => (count === undefined ? '' : count + unit);
  const time = part(span.hours, 'H') + part(span.minutes, 'M') + part(span.seconds, 'S');
  return `P${part(span.days, 'D')}${time === '' ? '' : `T${time}`}`;
}
