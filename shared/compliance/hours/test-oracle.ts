/**
 * What is allowed when, written a second time and as plainly as possible, for tests to compare with: the table of
 * states as text, holidays as lists of dates, local time from Intl, one instant at a time.
 */

/** State: hours Monday to Friday, Saturday, Sunday, on holidays. `v`: only for recorded or synthetic voices. */
const TABLE = `
AL 8-20 8-20 none none
CT 9-20 9-20 9-20 ok
FL 8-20 8-20 8-20 ok
KY 10-21 10-21 10-21 ok
LA 8-20 8-20 none none
MD 8-20 8-20 8-20 ok
MA 8-20 8-20 8-20 ok
MS 8-20 8-20 none none
OK 8-20 8-20 8-20 ok
OR 8-20 8-20 8-20 ok
RI 9-18 10-17 none none
SD 9-21 9-21 none ok
TX 9-21 9-21 12-21 ok
UT 8-21 8-21 none none
WA 8-20 8-20 8-20 ok
WY 8-20 8-20 8-20 ok
VA 8-21 8-21 8-21 ok
NJ 8-21 8-21 8-21 ok
NV 9-20 9-20 9-20 ok
NM 9-21 9-21 9-21 ok
MI 9-21 9-21 9-21 ok
MN 9-21 9-21 9-21 ok
IL 9-21 9-21 9-21 ok
PA 8-21 8-21 12-21 none
ME 9-17 none none ok v
IN 9-20 9-20 9-20 ok v
CA 9-21 9-21 9-21 ok v
`;

interface NaiveRow {
  state: string;
  /** By day of the week, Sunday first. */
  days: readonly (readonly [number, number] | null)[];
  holidays: boolean;
  voiceOnly: boolean;
}

const hours = (text = ''): readonly [number, number] | null => {
  const match = /^(\d+)-(\d+)$/.exec(text);
  return match ? [Number(match[1]), Number(match[2])] : null;
};

const rows: readonly NaiveRow[] = TABLE.trim()
  .split('\n')
  .map((line) => {
    const [state = '', week, saturday, sunday, holidays, voice] = line.split(' ');
    const weekday = hours(week);
    return {
      state,
      days: [hours(sunday), weekday, weekday, weekday, weekday, weekday, hours(saturday)],
      holidays: holidays === 'ok',
      voiceOnly: voice === 'v',
    };
  });

/** 2026 to 2028: as observed, and the days themselves where they are others. */
const FEDERAL = new Set(
  (
    '2026-01-01 2026-01-19 2026-02-16 2026-05-25 2026-06-19 2026-07-03 2026-07-04 2026-09-07 2026-10-12 2026-11-11 ' +
    '2026-11-26 2026-12-25 2027-01-01 2027-01-18 2027-02-15 2027-05-31 2027-06-18 2027-06-19 2027-07-04 2027-07-05 ' +
    '2027-09-06 2027-10-11 2027-11-11 2027-11-25 2027-12-24 2027-12-25 2027-12-31 2028-01-01 2028-01-17 2028-02-21 ' +
    '2028-05-29 2028-06-19 2028-07-04 2028-09-04 2028-10-09 2028-11-10 2028-11-11 2028-11-23 2028-12-25'
  ).split(' '),
);
const MARDI_GRAS = '2026-02-17 2027-02-09 2028-02-29';
const ELECTION = '2026-11-03 2028-11-07';
const OF_STATES: Readonly<Record<string, string>> = {
  AL: `${MARDI_GRAS} 2026-04-27 2027-04-26 2028-04-24 2026-06-01 2027-06-07 2028-06-05`,
  LA: `${MARDI_GRAS} ${ELECTION} 2026-04-03 2027-03-26 2028-04-14`,
  MS: '2026-04-27 2027-04-26 2028-04-24',
  RI: `2026-08-10 2027-08-09 2028-08-14 ${ELECTION}`,
  UT: '2026-07-24 2027-07-23 2027-07-24 2028-07-24',
};

const formats = new Map<string, Intl.DateTimeFormat>();

/** The local date and minute of an instant, from Intl. */
export function localTime(instant: number, zone: string): { date: string; minute: number; weekday: number } {
  let format = formats.get(zone);
  if (!format) {
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
  const [date = '', time = ''] = format.format(instant).split(' ');
  const [hour, minute] = time.split(':').map(Number);
  return {
    date,
    minute: (hour ?? Number.NaN) * 60 + (minute ?? Number.NaN),
    weekday: new Date(`${date}T12:00:00Z`).getUTCDay(),
  };
}

export interface NaivePlace {
  zones: readonly string[];
  /** Null: any state. */
  states: readonly string[] | null;
  voice?: boolean;
  /** Minutes; 8:00 to 20:00 unless given. */
  window?: { from: number; to: number };
}

/** Whether the law and the default window allow an instant, in every zone and by every state. Years 2026 to 2028. */
export const lawful = (instant: number, place: NaivePlace): boolean =>
  place.zones.every((zone) => {
    const { date, minute, weekday } = localTime(instant, zone);
    const { from, to } = place.window ?? { from: 8 * 60, to: 20 * 60 };
    if (minute < Math.max(8 * 60, from) || minute >= Math.min(21 * 60, to)) return false;
    return rows
      .filter(
        ({ state, voiceOnly }) => (place.states?.includes(state) ?? true) && (place.voice || !voiceOnly),
      )
      .every(({ state, days, holidays }) => {
        if (!holidays && (FEDERAL.has(date) || OF_STATES[state]?.split(' ').includes(date))) return false;
        const span = days[weekday];
        return span != null && minute >= span[0] * 60 && minute < span[1] * 60;
      });
  });

/** Whether a request may start: what begins now is over, with the minute to spare and a second, before the hours end. */
export const sendable = (instant: number, place: NaivePlace): boolean =>
  [0, 20_000, 40_000, 60_999].every((ms) => lawful(instant + ms, place));
