/** Places around the world, one for every third hour. */
const PLACES = [
  'Pacific/Auckland',
  'Asia/Tokyo',
  'Asia/Dhaka',
  'Asia/Dubai',
  'Europe/Berlin',
  'America/Sao_Paulo',
  'America/New_York',
  'America/Los_Angeles',
  'Pacific/Honolulu',
];

/**
 * A time zone in which it is the middle of a day at `now`: between nine and six, whatever the time of a test. What is
 * planned for somebody there may go at once.
 */
export const zoneInDaytime = (now: Date): string => zoneWhere(now, (hour) => hour >= 9 && hour < 18);

/** One in which it is night, and will be for an hour: what is planned for somebody there waits. */
export const zoneAtNight = (now: Date): string => zoneWhere(now, (hour) => hour >= 21 || hour < 6);

/** The clock on the wall of each: making one takes longer than all that is read from it. */
const clocks = new Map(
  PLACES.map((timeZone) => [
    timeZone,
    new Intl.DateTimeFormat('en', { timeZone, hour: 'numeric', hourCycle: 'h23' }),
  ]),
);

function zoneWhere(now: Date, isWanted: (hour: number) => boolean): string {
  const place = PLACES.find((timeZone) => isWanted(Number(clocks.get(timeZone)?.format(now))));
  if (place === undefined) throw new Error('there is no such place among these');
  return place;
}

/** The hour on the wall there, from 0 to 23. */
export const hourOf = (timeZone: string, at: Date): number =>
  Number(new Intl.DateTimeFormat('en', { timeZone, hour: 'numeric', hourCycle: 'h23' }).format(at));
