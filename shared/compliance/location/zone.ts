import { Temporal } from 'temporal-polyfill';
import { DAY_MS, type LocalDay } from '../local-day.ts';

/**
 * Names that say where somebody is. "UTC", "Etc/GMT+5", "EST" and offsets are what programs write when they know
 * nothing: taken for a place they would allow texts at three in the morning.
 */
const PLACE =
  /^(?:Africa|America|Antarctica|Arctic|Asia|Atlantic|Australia|Europe|Indian|Pacific|US)\/[a-z0-9_+/-]{2,40}$/i;

const KEPT = 2_000;
const known = new Map<string, string | null>();

/** The IANA zone that a text names, or null: a place, not an offset. Case does not count. */
export function parseZone(text: string): string | null {
  const kept = known.get(text);
  if (kept !== undefined) return kept;
  if (text.length > 64) return null;
  const zone = readZone(text.trim());
  if (known.size >= KEPT) known.clear();
  known.set(text, zone);
  return zone;
}

function readZone(name: string): string | null {
  if (!PLACE.test(name)) return null;
  try {
    return new Intl.DateTimeFormat('en-US', { timeZone: name }).resolvedOptions().timeZone;
  } catch (error) {
    // What Intl throws for a name that it does not know; there is no way to ask first.
    if (error instanceof RangeError) return null;
    throw error;
  }
}

/**
 * When a minute of a local day begins, in ms since the epoch; of two such minutes (clocks go back) the later, of none
 * (clocks go forward) the time after the gap. So nothing before the result is inside a window that opens then.
 */
export const startOfLocalTime = (zone: string, day: LocalDay, minute: number): number =>
  instantOf(zone, day, minute, 'later');

/** When a window ends at a minute of a local day: of two such minutes the earlier, of none the time before the gap. */
export const endAtLocalTime = (zone: string, day: LocalDay, minute: number): number =>
  instantOf(zone, day, minute, 'earlier');

function instantOf(zone: string, day: LocalDay, minute: number, which: 'earlier' | 'later'): number {
  const local = new Date(day * DAY_MS + minute * 60_000);
  return new Temporal.PlainDateTime(
    local.getUTCFullYear(),
    local.getUTCMonth() + 1,
    local.getUTCDate(),
    local.getUTCHours(),
    local.getUTCMinutes(),
  ).toZonedDateTime(zone, { disambiguation: which }).epochMilliseconds;
}
