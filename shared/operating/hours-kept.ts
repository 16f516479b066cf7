import { bannedDays, federalHolidays } from '#shared/compliance/holidays.ts';
import type { DayHours, StateRule } from '#shared/compliance/hours/state-rule.ts';
import { stateRules } from '#shared/compliance/hours/state-rules.ts';
import { parseIsoDay } from '#shared/compliance/local-day.ts';
import { areaCodes, countryOf } from '#shared/compliance/location/area-codes.ts';
import { statesOfPostalCode } from '#shared/compliance/location/postal-codes.ts';
import { parseState } from '#shared/compliance/location/states.ts';
import { parseZone } from '#shared/compliance/location/zone.ts';
import type { HoursVerdict } from './measures.ts';

/**
 * Whether something that left did so in its hours, asked afterwards, of the time at which the carrier took it. This is the
 * check on the gate, and shares nothing with it but the tables of states, area codes and holidays: one instant at a time,
 * by the clock on the wall that `Intl` shows. Nothing here works out windows ahead, closes a minute early or remembers what was
 * decided. What the two disagree on is a fault of one of them.
 */

/** What is known of where somebody is; texts as they were entered. */
export interface Whereabouts {
  /** Canonical, or the beginning of one: country and area code are what is read. */
  phoneNumber: string;
  zone: string | null;
  state: string | null;
  postalCode: string | null;
}

export interface OwnWindow {
  /** 1 is Monday. */
  days: readonly number[];
  /** `HH:MM`, there; `to` is not included, and before `from` on the next day. */
  from: string;
  to: string;
}

export interface HoursRules {
  /** Of the organisation, in minutes of the day, end exclusive. */
  allowed: { from: number; to: number };
  /** Days like 2026-12-24 on which nothing goes. */
  closedDays: readonly string[];
  /** Which places count for somebody of whom nothing is known. */
  unknownPlaces: 'states' | 'contiguous';
}

/** The law's own, in minutes of the day: 47 CFR 64.1200(c)(1). */
const LAW = { from: 8 * 60, to: 21 * 60 };

/**
 * Of what a carrier took at `at`, in ms: whether it was lawful in every zone and by every state in which the person may be; if so,
 * whether the organisation's hours and one of the campaign's windows were open (null: it has none of its own).
 */
export function hoursKept(
  at: number,
  who: Whereabouts,
  touch: { channel: 'sms' | 'voice'; windows: readonly OwnWindow[] | null },
  rules: HoursRules,
): HoursVerdict {
  const place = placesOf(who, rules.unknownPlaces);
  if (place === null) return 'unjudged';
  const rows = stateRules.filter(
    ({ only, state }) =>
      (place.states.length === 0 || place.states.includes(state)) &&
      (only === null || touch.channel === 'voice'),
  );
  const walls = place.zones.map((zone) => wallClock(at, zone));
  if (!walls.every((wall) => isIn(wall, LAW) && rows.every((row) => stateAllows(row, wall))))
    return 'outside_law';
  const isOpen = (wall: Wall): boolean =>
    isIn(wall, rules.allowed) &&
    !rules.closedDays.includes(wall.date) &&
    (touch.windows === null || touch.windows.some((window) => isInWindow(wall, window)));
  return walls.every(isOpen) ? 'within' : 'outside_window';
}

/** What calendar and clock on a wall show. */
interface Wall {
  date: string;
  minute: number;
  /** 0 is Sunday. */
  weekday: number;
}

const formats = new Map<string, Intl.DateTimeFormat>();

function wallClock(at: number, zone: string): Wall {
  let format = formats.get(zone);
  if (format === undefined) {
    // Swedes write a date as ISO does.
    format = new Intl.DateTimeFormat('sv-SE', {
      timeZone: zone,
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
      hourCycle: 'h23',
    });
    formats.set(zone, format);
  }
  const [date = '', time = ''] = format.format(at).split(' ');
  const [hour = Number.NaN, minute = Number.NaN] = time.split(':').map(Number);
  return { date, minute: hour * 60 + minute, weekday: new Date(`${date}T12:00:00Z`).getUTCDay() };
}

const isIn = ({ minute }: Wall, { from, to }: { from: number; to: number }): boolean =>
  minute >= from && minute < to;

function stateAllows(row: StateRule, wall: Wall): boolean {
  const hours: DayHours =
    [row.sunday, ...Array<DayHours>(5).fill(row.mondayToFriday), row.saturday][wall.weekday] ?? null;
  if (hours === null || !isIn(wall, { from: hours[0] * 60, to: hours[1] * 60 })) return false;
  const day = parseIsoDay(wall.date);
  if (day === null) return false;
  return row.holidays === null || !holidaysOf(row, Number(wall.date.slice(0, 4))).has(day);
}

const holidays = new Map<string, ReadonlySet<number>>();
function holidaysOf(row: StateRule, year: number): ReadonlySet<number> {
  const key = `${row.state}${year}`;
  const known = holidays.get(key) ?? bannedDays(year, [...federalHolidays, ...(row.holidays ?? [])]);
  holidays.set(key, known);
  return known;
}

function isInWindow({ minute, weekday }: Wall, { days, from, to }: OwnWindow): boolean {
  const [begins, ends] = [minutesOf(from), minutesOf(to)];
  const today = weekday === 0 ? 7 : weekday;
  const yesterday = today === 1 ? 7 : today - 1;
  if (begins < ends) return days.includes(today) && minute >= begins && minute < ends;
  return (days.includes(today) && minute >= begins) || (days.includes(yesterday) && minute < ends);
}

function minutesOf(time: string): number {
  const [hours = Number.NaN, minutes = Number.NaN] = time.split(':').map(Number);
  return hours * 60 + minutes;
}

/** Outside the states whose places are far from the others. */
const TERRITORIES: readonly string[] = ['AS', 'GU', 'MP', 'PR', 'VI'];
const FAR: readonly string[] = ['AK', 'HI'];

/** Every zone and every state that somebody may be in; no state: any. Null: not in the United States. */
function placesOf(
  { phoneNumber, postalCode, state, zone }: Whereabouts,
  unknownPlaces: HoursRules['unknownPlaces'],
): { zones: readonly string[]; states: readonly string[] } | null {
  if (countryOf(phoneNumber) !== 'US') return null;
  const byNumber = areaCodes.get(phoneNumber.slice(2, 5));
  const byPost: readonly string[] = postalCode === null ? [] : statesOfPostalCode(postalCode);
  const told = state === null ? null : parseState(state);
  const states = [...new Set([...byPost, ...(told === null ? [] : [told]), ...(byNumber?.states ?? [])])];
  const toldZone = zone === null ? null : parseZone(zone);
  if (toldZone !== null) return { zones: [toldZone], states };
  if (byPost.length > 0) return { zones: zonesIn((each) => byPost.includes(each)), states };
  if (told !== null) return { zones: zonesIn((each) => each === told), states };
  if (byNumber !== undefined) return { zones: byNumber.zones, states };
  const isMeant = (each: string): boolean =>
    !TERRITORIES.includes(each) && (unknownPlaces === 'states' || !FAR.includes(each));
  return { zones: zonesIn(isMeant), states };
}

const zonesIn = (isMeant: (state: string) => boolean): string[] => [
  ...new Set([...areaCodes.values()].flatMap(({ states, zones }) => (states.some(isMeant) ? zones : []))),
];
