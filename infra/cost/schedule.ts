/**
 * Hours of a week between a start and a stop, from two schedules of Application Auto Scaling
 * (`cron(minutes hours day-of-month month day-of-week year)`). Only what such hours need is understood: one minute, one
 * hour, and days of the week; anything else throws rather than being priced wrongly.
 */
const DAYS = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'];
const WEEK_HOURS = 7 * 24;

interface WeeklyTimes {
  days: readonly number[];
  /** Hour of the day, with minutes as a fraction. */
  hour: number;
}

export function weeklyTimes(schedule: string): WeeklyTimes {
  const fields = /^cron\((\d+) (\d+) (?:\?|\*) \* (\S+) \*\)$/.exec(schedule);
  if (!fields) throw new Error(`a schedule that cannot be priced: ${schedule}`);
  const [, minute, hour, days = '*'] = fields;
  return { hour: Number(hour) + Number(minute) / 60, days: daysOf(days, schedule) };
}

function daysOf(text: string, schedule: string): readonly number[] {
  if (text === '*' || text === '?') return DAYS.map((_, day) => day);
  const index = (name: string): number => {
    const day = DAYS.indexOf(name);
    if (day < 0) throw new Error(`a schedule that cannot be priced: ${schedule}`);
    return day;
  };
  return text.split(',').flatMap((part) => {
    const [first = '', last = first] = part.split('-');
    const [from, to] = [index(first), index(last)];
    return Array.from({ length: ((to - from + 7) % 7) + 1 }, (_, i) => (from + i) % 7);
  });
}

/** Share of a week in which services run: after a start, until the next stop. */
export function awakeShare(start: string, stop: string): number {
  const at = (schedule: string, kind: 'start' | 'stop') => {
    const { days, hour } = weeklyTimes(schedule);
    return days.map((day) => ({ kind, at: day * 24 + hour }));
  };
  const events = [...at(start, 'start'), ...at(stop, 'stop')].sort((a, b) => a.at - b.at);
  let awake = 0;
  events.forEach((event, i) => {
    const next = events[(i + 1) % events.length] ?? event;
    const lasts = (next.at - event.at + WEEK_HOURS) % WEEK_HOURS || (events.length === 1 ? WEEK_HOURS : 0);
    if (event.kind === 'start') awake += lasts;
  });
  return awake / WEEK_HOURS;
}
