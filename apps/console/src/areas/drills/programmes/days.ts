/** A Monday. */
const MONDAY = Date.UTC(2026, 10, 23);
const DAY_MS = 86_400_000;

/** Days of the week as the reader calls them; Monday is 1. */
export function weekday(day: number, language: string): string {
  const format = new Intl.DateTimeFormat(language, { weekday: 'short', timeZone: 'UTC' });
  return format.format(MONDAY + (day - 1) * DAY_MS);
}

/** Several of them, in the order of the week. */
export const weekdays = (days: readonly number[], language: string): string =>
  new Intl.ListFormat(language, { style: 'short', type: 'unit' }).format(
    [...days].sort((a, b) => a - b).map((day) => weekday(day, language)),
  );
