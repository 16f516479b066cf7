import { stateHolidays } from '../holidays.ts';
import type { DayHours, StateRule } from './state-rule.ts';

/**
 * When states allow a solicitation, beyond the federal hours. States that are not here have the federal hours. Where
 * sources disagree the row has the strictest reading and says what is disputed. Not legal advice: have counsel read it.
 *
 * A change here is a change of `rulesVersion`.
 */
const { mardiGras, goodFriday, electionDay, victoryDay, pioneerDay, jeffersonDavis } = stateHolidays;

type Row = Pick<StateRule, 'state' | 'source'> & Partial<StateRule>;

/** Every day alike, holidays too, unless the row says otherwise. */
const daily = (hours: DayHours, row: Row): StateRule => ({
  mondayToFriday: hours,
  saturday: hours,
  sunday: hours,
  holidays: null,
  cap: null,
  only: null,
  disputed: null,
  ...row,
});

const threeADay = { count: 3, hours: 24 };

export const stateRules: readonly StateRule[] = [
  daily([8, 20], {
    state: 'AL',
    sunday: null,
    holidays: [mardiGras, stateHolidays.confederateMemorialAlabama, jeffersonDavis],
    source: 'Ala. Admin. Code 770-X-5-.17; Ala. Code 1-3-8',
  }),
  daily([9, 20], { state: 'CT', source: 'Conn. Gen. Stat. 42-288a (P.A. 23-98)' }),
  daily([8, 20], { state: 'FL', cap: threeADay, source: 'Fla. Stat. 501.616(6), 501.059' }),
  daily([10, 21], { state: 'KY', source: 'KRS 367.46955' }),
  daily([8, 20], {
    state: 'LA',
    sunday: null,
    holidays: [mardiGras, goodFriday, electionDay],
    source: 'La. R.S. 45:844.31; La. R.S. 1:55',
  }),
  daily([8, 20], {
    state: 'MD',
    cap: threeADay,
    source: 'Md. Code, Com. Law 14-4502, 14-4503',
    disputed: 'the number of the section',
  }),
  daily([8, 20], { state: 'MA', source: '201 CMR 12.02' }),
  daily([8, 20], {
    state: 'MS',
    sunday: null,
    holidays: [stateHolidays.confederateMemorialMississippi],
    source: 'Miss. Code 77-3-723; Miss. Code 3-3-7',
    disputed: 'holidays: allowed by some sources',
  }),
  daily([8, 20], { state: 'OK', cap: threeADay, source: '15 O.S. 775C.4' }),
  daily([8, 20], {
    state: 'OR',
    cap: threeADay,
    source: 'Or. HB 3865 (2025), in effect 2026-01-01',
    disputed: 'the hours and the number of touches',
  }),
  daily([9, 18], {
    state: 'RI',
    saturday: [10, 17],
    sunday: null,
    holidays: [victoryDay, electionDay],
    source: 'R.I. Gen. Laws 5-61-2, 5-61-3.6; 25-1-1',
  }),
  daily([9, 21], {
    state: 'SD',
    sunday: null,
    source: 'SDCL 37-30A-3',
    disputed: 'the first hour; Sundays: allowed by some sources',
  }),
  daily([9, 21], { state: 'TX', sunday: [12, 21], source: 'Tex. Bus. & Com. Code 301.051; SB 140 (2025)' }),
  daily([8, 21], {
    state: 'UT',
    sunday: null,
    holidays: [pioneerDay],
    source: 'Utah Code 13-25a-103; 63G-1-301',
    disputed: 'Sundays and holidays: allowed by some sources',
  }),
  daily([8, 20], { state: 'WA', source: 'RCW 80.36.390, 19.158.110' }),
  daily([8, 20], { state: 'WY', source: 'Wyo. Stat. 40-12-302' }),
  daily([8, 21], { state: 'VA', source: 'Va. Code 59.1-511' }),
  daily([8, 21], {
    state: 'NJ',
    cap: threeADay,
    source: 'N.J.S.A. 56:8-130',
    disputed: 'the number of touches: one source only',
  }),
  daily([9, 20], { state: 'NV', source: 'NRS 598.0918', disputed: 'the hours' }),
  daily([9, 21], { state: 'NM', source: 'N.M. Stat. 57-12-22', disputed: 'the first hour' }),
  daily([9, 21], { state: 'MI', source: 'secondary sources', disputed: 'the first hour' }),
  daily([9, 21], { state: 'MN', source: 'secondary sources', disputed: 'the first hour' }),
  daily([9, 21], { state: 'IL', source: 'secondary sources', disputed: 'the first hour' }),
  daily([8, 21], {
    state: 'PA',
    sunday: [12, 21],
    holidays: [],
    source: 'secondary sources',
    disputed: 'Sundays and holidays',
  }),
  daily([9, 17], {
    state: 'ME',
    saturday: null,
    sunday: null,
    cap: { count: 1, hours: 8 },
    only: 'artificial_voice',
    source: '10 M.R.S. 1498',
  }),
  daily([9, 20], { state: 'IN', only: 'artificial_voice', source: 'Ind. Code 24-5-14-8' }),
  daily([9, 21], { state: 'CA', only: 'artificial_voice', source: 'Cal. Pub. Util. Code 2872' }),
];
