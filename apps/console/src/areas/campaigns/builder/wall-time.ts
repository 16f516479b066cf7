import { Temporal } from 'temporal-polyfill';

/** Times as people write them, in the zone of the campaign: `2026-11-27T09:00`, as a field of the browser has it. */

/** The instant; null: it is no time. A time that clocks skip is read as far behind the gap. */
export function instantOf(wall: string, zone: string): string | null {
  try {
    const zoned = Temporal.PlainDateTime.from(wall).toZonedDateTime(zone, { disambiguation: 'compatible' });
    return new Date(zoned.epochMilliseconds).toISOString();
  } catch {
    // What is not filled in whole.
    return null;
  }
}

export const wallOf = (instant: string, zone: string): string =>
  Temporal.Instant.fromEpochMilliseconds(Date.parse(instant))
    .toZonedDateTimeISO(zone)
    .toPlainDateTime()
    .toString({ smallestUnit: 'minute' });
