import fc from 'fast-check';
import type { CampaignWindow } from './windows.ts';

/** Windows of campaigns for tests, and the plain reading that they are held against. */

const DAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];

/** What a clock and a calendar on the wall say there: the plain reading that windows are held against. */
export function there(timeZone: string, instant: number): { day: number; time: string } {
  const parts = new Intl.DateTimeFormat('en-US', {
    timeZone,
    weekday: 'short',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  }).formatToParts(instant);
  const of = (type: string): string => parts.find((part) => part.type === type)?.value ?? '';
  return { day: DAYS.indexOf(of('weekday')) + 1, time: `${of('hour')}:${of('minute')}` };
}

export const isInside = (
  { day, time }: { day: number; time: string },
  { days, from, to }: CampaignWindow,
): boolean => {
  const yesterday = day === 1 ? 7 : day - 1;
  return from < to
    ? days.includes(day) && time >= from && time < to
    : (days.includes(day) && time >= from) || (days.includes(yesterday) && time < to);
};

const anyTimeOfDay = fc
  .record({ hour: fc.integer({ min: 0, max: 23 }), minute: fc.integer({ min: 0, max: 59 }) })
  .map(({ hour, minute }) => `${String(hour).padStart(2, '0')}:${String(minute).padStart(2, '0')}`);
export const anyWindow: fc.Arbitrary<CampaignWindow> = fc
  .record({
    days: fc.uniqueArray(fc.integer({ min: 1, max: 7 }), { minLength: 1, maxLength: 7 }),
    from: anyTimeOfDay,
    to: anyTimeOfDay,
  })
  .filter(({ from, to }) => from !== to);
