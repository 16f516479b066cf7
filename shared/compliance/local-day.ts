/**
 * Local calendar days as numbers: days since 1970-01-01 in the calendar of whichever place is meant, no zone attached.
 * A number is compared, counted and kept in a set without an object per day.
 */
export type LocalDay = number;

export const DAY_MS = 86_400_000;

/** 0 is Sunday, 6 Saturday. */
export type Weekday = 0 | 1 | 2 | 3 | 4 | 5 | 6;

/** Month from 1, as people count. */
export const localDay = (year: number, month: number, day: number): LocalDay =>
  Date.UTC(year, month - 1, day) / DAY_MS;

export const yearOf = (day: LocalDay): number => new Date(day * DAY_MS).getUTCFullYear();

/** 1970-01-01 was a Thursday. */
export function weekdayOf(day: LocalDay): Weekday {
  return ((((day + 4) % 7) + 7) % 7) as Weekday;
}

/** The day as 2026-11-26. */
export const isoDay = (day: LocalDay): string => new Date(day * DAY_MS).toISOString().slice(0, 10);

/** Reads 2026-11-26; null for anything that is no day of the calendar. */
export function parseIsoDay(text: string): LocalDay | null {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return null;
  const day = Date.parse(`${text}T00:00:00Z`) / DAY_MS;
  return Number.isInteger(day) && isoDay(day) === text ? day : null;
}

/** The `n`th such weekday of a month, from 1; -1: the last. */
export function nthWeekday(year: number, month: number, weekday: Weekday, n: number): LocalDay {
  if (n < 0) {
    const last = localDay(year, month + 1, 1) - 1;
    return last - ((weekdayOf(last) - weekday + 7) % 7);
  }
  const first = localDay(year, month, 1);
  return first + ((weekday - weekdayOf(first) + 7) % 7) + 7 * (n - 1);
}

/** Easter Sunday of the Gregorian calendar (Meeus, Jones and Butcher). */
export function easterSunday(year: number): LocalDay {
  const a = year % 19;
  const b = Math.floor(year / 100);
  const c = year % 100;
  const d = (19 * a + b - Math.floor(b / 4) - Math.floor((b - Math.floor((b + 8) / 25) + 1) / 3) + 15) % 30;
  const e = (32 + 2 * (b % 4) + 2 * Math.floor(c / 4) - d - (c % 4)) % 7;
  const f = d + e - 7 * Math.floor((a + 11 * d + 22 * e) / 451) + 114;
  return localDay(year, Math.floor(f / 31), (f % 31) + 1);
}
