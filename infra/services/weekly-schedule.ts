/**
 * Hours of a week between a start and a stop, from two schedules of Application Auto Scaling
 * (`cron(minutes hours day-of-month month day-of-week year)`). Only what such hours need is understood: one minute, one
 * hour, and days of the week; anything else throws rather than being priced, or kept quiet, at the wrong time.
 */
const DAYS = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'];
const WEEK_HOURS = 7 * 24;
const DAY_MINUTES = 24 * 60;
const WEEK_MINUTES = 7 * DAY_MINUTES;

interface WeeklyTimes {
  /** 0 is Sunday. */
  days: readonly number[];
  /** Hour of the day, with minutes as a fraction. */
  hour: number;
}

export function weeklyTimes(schedule: string): WeeklyTimes {
  const fields = /^cron\((\d+) (\d+) (?:\?|\*) \* (\S+) \*\)$/.exec(schedule);
  if (!fields)
    throw new Error(`not a schedule of days of the week, as cron(0 20 ? * MON-FRI *): ${schedule}`);
  const [, minute, hour, days = '*'] = fields;
  return { hour: Number(hour) + Number(minute) / 60, days: daysOf(days, schedule) };
}

/** Whether a schedule is one that is understood here. */
export function isWeekly(schedule: string): boolean {
  try {
    weeklyTimes(schedule);
    return true;
  } catch {
    // It says what is wrong; whoever asks only wants to know whether.
    return false;
  }
}

function daysOf(text: string, schedule: string): readonly number[] {
  if (text === '*' || text === '?') return DAYS.map((_, day) => day);
  const index = (name: string): number => {
    const day = DAYS.indexOf(name);
    if (day < 0)
      throw new Error(`not a schedule of days of the week, as cron(0 20 ? * MON-FRI *): ${schedule}`);
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

/** Times at which services stop, gathered by how long they then rest. */
export interface Rest {
  /** Names of days, as `MON`. */
  days: readonly string[];
  minute: number;
  hour: number;
  /** Until the next start. */
  minutes: number;
}

/** Every rest of a week: what begins at a stop and ends with the next start. A stop during a rest begins none. */
export function restsBetween(start: string, stop: string): readonly Rest[] {
  const [starts, stops] = [weeklyTimes(start), weeklyTimes(stop)];
  const minutesOf = ({ days, hour }: WeeklyTimes): number[] =>
    days.map((day) => Math.round((day * 24 + hour) * 60));
  const [open, closed] = [minutesOf(starts), minutesOf(stops)];
  const until = (from: number, times: readonly number[]): number =>
    Math.min(...times.map((time) => (time - from + WEEK_MINUTES) % WEEK_MINUTES || WEEK_MINUTES));
  const since = (to: number, times: readonly number[]): number =>
    Math.min(...times.map((time) => (to - time + WEEK_MINUTES) % WEEK_MINUTES || WEEK_MINUTES));
  const begins = closed.filter((at) => since(at, open) < since(at, closed));
  const byLength = Map.groupBy(begins, (at) => until(at, open));
  return [...byLength].map(([minutes, at]) => ({
    days: at.map((time) => DAYS[Math.floor(time / DAY_MINUTES)] ?? ''),
    hour: Math.floor(stops.hour),
    minute: Math.round((stops.hour % 1) * 60),
    minutes,
  }));
}
