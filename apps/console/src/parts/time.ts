/** Instants and spans in words. All of it is `Intl`: no zone and no calendar is computed here. */

/** IANA zone of the reader. */
export const zoneHere = (): string => Intl.DateTimeFormat().resolvedOptions().timeZone;

interface In {
  language: string;
  now: number;
}

/** Day, time and zone: "Fri, Nov 27, 09:00 CST". The year is said when it is another one. */
export function exactly(
  at: string,
  { day = false, language, now, zone }: In & { zone: string; day?: boolean },
): string {
  const date = new Date(at);
  const yearOf = (time: Date | number): string =>
    new Intl.DateTimeFormat('en', { timeZone: zone, year: 'numeric' }).format(time);
  return new Intl.DateTimeFormat(language, {
    timeZone: zone,
    weekday: 'short',
    month: 'short',
    day: 'numeric',
    ...(yearOf(date) === yearOf(now) ? {} : { year: 'numeric' }),
    ...(day ? {} : { hour: '2-digit', minute: '2-digit', hourCycle: 'h23', timeZoneName: 'short' }),
  }).format(date);
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** How long since, or until: "5 min. ago", "in 2 days". To the second below a minute. */
export function ago(at: string, { language, now }: In): string {
  const ms = Date.parse(at) - now;
  const format = new Intl.RelativeTimeFormat(language, { numeric: 'auto', style: 'short' });
  const size = Math.abs(ms);
  if (size < MINUTE) return format.format(Math.trunc(ms / 1_000), 'second');
  if (size < HOUR) return format.format(Math.trunc(ms / MINUTE), 'minute');
  if (size < DAY) return format.format(Math.trunc(ms / HOUR), 'hour');
  return format.format(Math.trunc(ms / DAY), 'day');
}

/** A span in its two largest units: "1 h 5 min", "12 s". In ms. */
export function span(ms: number, language: string): string {
  const part = (value: number, unit: string): string =>
    new Intl.NumberFormat(language, { style: 'unit', unit, unitDisplay: 'short' }).format(value);
  const size = Math.max(0, ms);
  if (size < MINUTE) return part(Math.floor(size / 1_000), 'second');
  const units = [
    ['day', DAY],
    ['hour', HOUR],
    ['minute', MINUTE],
  ] as const;
  const largest = units.findIndex(([, length]) => size >= length);
  return units
    .slice(largest, largest + 2)
    .map(([unit, length], index) =>
      part(Math.floor((index === 0 ? size : size % (units[largest]?.[1] ?? size)) / length), unit),
    )
    .filter((text, index) => index === 0 || !/^0\D/.test(text))
    .join(' ');
}
