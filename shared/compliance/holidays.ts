import {
  easterSunday,
  type LocalDay,
  localDay,
  nthWeekday,
  type Weekday,
  weekdayOf,
  yearOf,
} from './local-day.ts';

/**
 * Legal holidays, for two questions whose strict answers differ. A deadline is stricter when a doubtful day counts as
 * a business day; a ban on sending is stricter when a doubtful day counts as a holiday. So there are two functions,
 * and none that answers "is it a holiday".
 */

const [SUNDAY, MONDAY, THURSDAY, SATURDAY] = [0, 1, 4, 6] as const;

/** A holiday by its rule. Those with a fixed date move off a weekend; that day off is a holiday too. */
export type HolidayRule =
  | { name: string; kind: 'fixed'; month: number; day: number }
  | { name: string; kind: 'weekday'; month: number; weekday: Weekday; n: number }
  | { name: string; kind: 'easter'; offset: number }
  /** The day of general elections: the Tuesday after the first Monday of November, in even years. */
  | { name: string; kind: 'election' };

/**
 * 5 U.S.C. 6103(a). Inauguration Day concerns the surroundings of Washington only, and closings by executive order are
 * no holidays of the law: neither counts.
 */
export const federalHolidays: readonly HolidayRule[] = [
  { name: "New Year's Day", kind: 'fixed', month: 1, day: 1 },
  { name: 'Birthday of Martin Luther King, Jr.', kind: 'weekday', month: 1, weekday: MONDAY, n: 3 },
  { name: "Washington's Birthday", kind: 'weekday', month: 2, weekday: MONDAY, n: 3 },
  { name: 'Memorial Day', kind: 'weekday', month: 5, weekday: MONDAY, n: -1 },
  { name: 'Juneteenth', kind: 'fixed', month: 6, day: 19 },
  { name: 'Independence Day', kind: 'fixed', month: 7, day: 4 },
  { name: 'Labor Day', kind: 'weekday', month: 9, weekday: MONDAY, n: 1 },
  { name: 'Columbus Day', kind: 'weekday', month: 10, weekday: MONDAY, n: 2 },
  { name: 'Veterans Day', kind: 'fixed', month: 11, day: 11 },
  { name: 'Thanksgiving Day', kind: 'weekday', month: 11, weekday: THURSDAY, n: 4 },
  { name: 'Christmas Day', kind: 'fixed', month: 12, day: 25 },
];

/** Holidays of states whose rules know days on which nothing may be sent. */
export const stateHolidays = {
  mardiGras: { name: 'Mardi Gras', kind: 'easter', offset: -47 },
  goodFriday: { name: 'Good Friday', kind: 'easter', offset: -2 },
  electionDay: { name: 'General election day', kind: 'election' },
  confederateMemorialAlabama: {
    name: 'Confederate Memorial Day',
    kind: 'weekday',
    month: 4,
    weekday: MONDAY,
    n: 4,
  },
  confederateMemorialMississippi: {
    name: 'Confederate Memorial Day',
    kind: 'weekday',
    month: 4,
    weekday: MONDAY,
    n: -1,
  },
  jeffersonDavis: { name: "Jefferson Davis' birthday", kind: 'weekday', month: 6, weekday: MONDAY, n: 1 },
  victoryDay: { name: 'Victory Day', kind: 'weekday', month: 8, weekday: MONDAY, n: 2 },
  pioneerDay: { name: 'Pioneer Day', kind: 'fixed', month: 7, day: 24 },
} as const satisfies Record<string, HolidayRule>;

/** The day itself, without what is observed in its stead. */
export function actualDay(rule: HolidayRule, year: number): LocalDay | null {
  switch (rule.kind) {
    case 'fixed':
      return localDay(year, rule.month, rule.day);
    case 'weekday':
      return nthWeekday(year, rule.month, rule.weekday, rule.n);
    case 'easter':
      return easterSunday(year) + rule.offset;
    case 'election':
      return year % 2 === 0 ? nthWeekday(year, 11, MONDAY, 1) + 1 : null;
  }
}

/** The weekday on which it is observed: Friday for a Saturday, Monday for a Sunday (5 U.S.C. 6103(b), E.O. 11582). */
export function observedDay(rule: HolidayRule, year: number): LocalDay | null {
  const day = actualDay(rule, year);
  if (day === null || rule.kind !== 'fixed') return day;
  const weekday = weekdayOf(day);
  if (weekday === SATURDAY) return day - 1;
  return weekday === SUNDAY ? day + 1 : day;
}

/** Days of a year by rules, with the neighbours' days that fall into it: 1 January may be observed on 31 December. */
function daysIn(
  year: number,
  rules: readonly HolidayRule[],
  dayOf: (rule: HolidayRule, year: number) => LocalDay | null,
): LocalDay[] {
  return [year - 1, year, year + 1]
    .flatMap((each) => rules.map((rule) => dayOf(rule, each)))
    .filter((day): day is LocalDay => day !== null && yearOf(day) === year);
}

/** Federal holidays as observed in a year, in order: the days on which federal offices are closed. */
export const observedFederalHolidays = (year: number): readonly LocalDay[] =>
  daysIn(year, federalHolidays, observedDay).sort((a, b) => a - b);

/**
 * Whether a day counts towards a deadline in business days: every weekday except an observed federal holiday. What is
 * doubtful counts (47 CFR 1.4(e); 64.1200 leaves the term undefined).
 */
export function isBusinessDay(day: LocalDay): boolean {
  const weekday = weekdayOf(day);
  return weekday !== SATURDAY && weekday !== SUNDAY && !observedFederalHolidays(yearOf(day)).includes(day);
}

/** Days of a year on which a ban on sending holds: each holiday and the day it is observed on, both. */
export function bannedDays(year: number, rules: readonly HolidayRule[]): ReadonlySet<LocalDay> {
  return new Set([...daysIn(year, rules, actualDay), ...daysIn(year, rules, observedDay)]);
}
