/**
 * Local time by the runtime's own calendar, so that what the product made of zones is held against something else. Instants
 * are ms since the epoch, minutes those of a local day.
 */

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

export interface LocalTime {
  /** Like 2027-03-14. */
  day: string;
  /** Monday is 1. */
  weekday: number;
  minute: number;
}

const formats = new Map<string, Intl.DateTimeFormat>();
const WEEKDAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];

export function localTime(zone: string, at: number): LocalTime {
  const format =
    formats.get(zone) ??
    new Intl.DateTimeFormat('en-US', {
      timeZone: zone,
      hourCycle: 'h23',
      ...{
        year: 'numeric',
        month: '2-digit',
        day: '2-digit',
        weekday: 'short',
        hour: '2-digit',
        minute: '2-digit',
      },
    });
  formats.set(zone, format);
  const parts = new Map(format.formatToParts(at).map(({ type, value }) => [type, value]));
  return {
    day: `${parts.get('year')}-${parts.get('month')}-${parts.get('day')}`,
    weekday: WEEKDAYS.indexOf(parts.get('weekday') ?? '') + 1,
    minute: Number(parts.get('hour')) * 60 + Number(parts.get('minute')),
  };
}

/** When a minute of a local day begins. None of what is asked for here is an hour that a change of clocks leaves out. */
export function instantOf(zone: string, day: string, minute: number): number {
  const wanted = Date.parse(`${day}T00:00:00Z`) + minute * MINUTE;
  let at = wanted;
  // The first guess is off by the zone's offset, the second at most by a change of it.
  for (let tries = 0; tries < 3; tries += 1) {
    const local = localTime(zone, at);
    at += wanted - (Date.parse(`${local.day}T00:00:00Z`) + local.minute * MINUTE);
  }
  return at;
}

export const dayAfter = (day: string, days = 1): string =>
  new Date(Date.parse(`${day}T00:00:00Z`) + days * DAY).toISOString().slice(0, 10);

/** The next local day, `least` days ahead or more, on which clocks are changed. */
export function nextChangeOfClocks(zone: string, from: number, least: number): string {
  const offsetAt = (day: string): number => instantOf(zone, day, 12 * 60) - Date.parse(`${day}T12:00:00Z`);
  let day = dayAfter(localTime(zone, from).day, least);
  while (offsetAt(dayAfter(day, -1)) === offsetAt(day)) day = dayAfter(day);
  return day;
}
