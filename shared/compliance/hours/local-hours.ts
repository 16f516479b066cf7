import { bannedDays, federalHolidays } from '../holidays.ts';
import { type LocalDay, parseIsoDay, weekdayOf, yearOf } from '../local-day.ts';
import type { StateRule } from './state-rule.ts';

/** Minutes of a local day, from inclusive, to exclusive. */
export interface MinuteSpan {
  from: number;
  to: number;
}

/**
 * When a programme or a campaign wants to be heard, in the recipient's local time: ISO days of the week (1 is Monday)
 * and minutes of the day, end exclusive. An end before the start is on the next day.
 */
export interface LocalWindow extends MinuteSpan {
  days: readonly number[];
}

/** 47 CFR 64.1200(c)(1), 16 CFR 310.4(c): not before 8 a.m. nor after 9 p.m. where the called party is. */
export const FEDERAL_HOURS: MinuteSpan = { from: 8 * 60, to: 21 * 60 };

/** What bounds a local day. All of it must allow a minute. */
export interface HoursRules {
  defaultWindow: MinuteSpan;
  /** Every one of them applies. */
  states: readonly StateRule[];
  /** Null: no windows of its own; an empty list: never. */
  windows: readonly LocalWindow[] | null;
  /** As 2026-11-26. */
  holidays: readonly string[];
}

/** The minutes of a local day that all rules allow, in order, without overlaps. */
export type LocalHours = (day: LocalDay) => readonly MinuteSpan[];

export function localHours(rules: HoursRules): LocalHours {
  const closed = new Set(rules.holidays.map(parseIsoDay));
  const bans = rules.states
    .filter(({ holidays }) => holidays !== null)
    .map(({ holidays }) => yearly([...federalHolidays, ...(holidays ?? [])]));
  return (day) => {
    if (closed.has(day) || bans.some((ban) => ban(day))) return [];
    let from = Math.max(FEDERAL_HOURS.from, rules.defaultWindow.from);
    let to = Math.min(FEDERAL_HOURS.to, rules.defaultWindow.to);
    const weekday = weekdayOf(day);
    for (const state of rules.states) {
      const hours = weekday === 0 ? state.sunday : weekday === 6 ? state.saturday : state.mondayToFriday;
      if (hours === null) return [];
      from = Math.max(from, hours[0] * 60);
      to = Math.min(to, hours[1] * 60);
    }
    if (!(from < to)) return [];
    return rules.windows === null ? [{ from, to }] : within({ from, to }, spansOf(rules.windows, weekday));
  };
}

/** Whether a day is one of a year's banned days, which are worked out once a year. */
function yearly(rules: Parameters<typeof bannedDays>[1]): (day: LocalDay) => boolean {
  const years = new Map<number, ReadonlySet<LocalDay>>();
  return (day) => {
    const year = yearOf(day);
    const days = years.get(year) ?? bannedDays(year, rules);
    years.set(year, days);
    return days.has(day);
  };
}

/** What windows cover of a day, those included that began the day before. */
function spansOf(windows: readonly LocalWindow[], weekday: number): MinuteSpan[] {
  const today = weekday === 0 ? 7 : weekday;
  const yesterday = today === 1 ? 7 : today - 1;
  return windows.flatMap(({ days, from, to }) => {
    const overnight = to <= from;
    const spans: MinuteSpan[] = [];
    if (days.includes(today)) spans.push({ from, to: overnight ? 24 * 60 : to });
    if (overnight && days.includes(yesterday)) spans.push({ from: 0, to });
    return spans;
  });
}

/** The parts of a span that any of the others covers, joined where they touch. */
function within(span: MinuteSpan, others: readonly MinuteSpan[]): readonly MinuteSpan[] {
  const parts = others
    .map(({ from, to }) => ({ from: Math.max(from, span.from), to: Math.min(to, span.to) }))
    .filter(({ from, to }) => from < to)
    .sort((a, b) => a.from - b.from);
  const joined: MinuteSpan[] = [];
  for (const part of parts) {
    const last = joined.at(-1);
    if (last && part.from <= last.to) last.to = Math.max(last.to, part.to);
    else joined.push(part);
  }
  return joined;
}
