/** A zone as people call it: "Chicago" of America/Chicago, "Salem" of America/Indiana/Salem. */
export const placeOf = (zone: string): string => (zone.split('/').at(-1) ?? zone).replaceAll('_', ' ');

/** Time of the day where somebody is: "09:00"; with its day where that is another one than `now` there. */
export function clockAt(
  at: string,
  { language, now, zone }: { language: string; now: number; zone: string },
): string {
  const date = new Date(at);
  const day = (time: Date | number): string =>
    new Intl.DateTimeFormat('en-CA', { timeZone: zone, dateStyle: 'short' }).format(time);
  return new Intl.DateTimeFormat(language, {
    timeZone: zone,
    ...(day(date) === day(now) ? {} : { weekday: 'long', month: 'short', day: 'numeric' }),
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  }).format(date);
}
