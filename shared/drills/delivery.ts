import { hash } from 'node:crypto';
import type { Instant } from '#shared/compliance/instant.ts';
import { MINUTE_MS } from '#shared/compliance/instant.ts';
import { DAY_MS, type LocalDay, weekdayOf } from '#shared/compliance/local-day.ts';
import { startOfLocalTime } from '#shared/compliance/location/zone.ts';

/** When drills are due that nobody asked for: local times of day, as instants. Pure. */

const TIME = /^(\d{1,2})(?:[:.h](\d{2}))?\s*(?:([ap])\.?\s*m\.?)?$/i;

/**
 * The time of day that somebody means by "09:30", "9.30", "9 am" or "7:15 p.m.", as 09:30; null for anything else, so that
 * an answer that is no time changes nothing. A bare hour counts from midnight: "9" is in the morning.
 */
export function timeOfDay(text: string): string | null {
  const [, hours, minutes = '00', half] = TIME.exec(text.trim()) ?? [];
  if (hours === undefined) return null;
  let hour = Number(hours);
  if (half !== undefined) {
    if (hour < 1 || hour > 12) return null;
    hour = (hour % 12) + (half.toLowerCase() === 'p' ? 12 : 0);
  }
  if (hour > 23 || Number(minutes) > 59) return null;
  return `${String(hour).padStart(2, '0')}:${minutes}`;
}

/**
 * So long after the time of day somebody's drills begin, in ms, of a window of so many minutes: always the same for a
 * phone, and evenly spread over many, so that carriers and the dialog do not get all of them at once.
 */
export const spreadOf = (phoneNumber: string, minutes: number): number =>
  Math.floor((hash('md5', phoneNumber, 'buffer').readUInt32BE(4) / 2 ** 32) * minutes * MINUTE_MS);

export interface LocalDelivery {
  /** IANA name. */
  zone: string;
  /** Local time of day: "10:00". Of two such minutes (clocks go back) the later, of none (they go forward) the time after. */
  time: string;
  /** ISO days of the week, Monday is 1. Not empty. */
  days: readonly number[];
  /** Added to the time of day, in ms; may lead into the next day. */
  spreadMs: number;
}

/** The first delivery at `from` or later. */
export function nextDelivery({ days, spreadMs, time, zone }: LocalDelivery, from: Instant): Instant {
  const [hours, minutes] = time.split(':').map(Number);
  const minute = (hours ?? 0) * 60 + (minutes ?? 0);
  // A local day is at most a day away from the one in UTC, and the spread may reach into the next.
  const today: LocalDay = Math.floor(from / DAY_MS);
  for (let day = today - 2; ; day += 1) {
    if (!days.includes(weekdayOf(day) === 0 ? 7 : weekdayOf(day))) continue;
    const at = startOfLocalTime(zone, day, minute) + spreadMs;
    if (at >= from) return at;
  }
}
