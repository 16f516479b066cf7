import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  actualDay,
  bannedDays,
  federalHolidays,
  isBusinessDay,
  observedDay,
  observedFederalHolidays,
  stateHolidays,
} from './holidays.ts';
import { easterSunday, isoDay, localDay, parseIsoDay, weekdayOf } from './local-day.ts';
import { lastDayToHonour, optOutDeadline } from './opt-out-deadline.ts';

const day = (text: string): number => {
  const parsed = parseIsoDay(text);
  assert.ok(parsed !== null, text);
  return parsed;
};

describe('Holidays: test item 21', () => {
  for (const [year, observed] of Object.entries({
    2026:
      '2026-01-01 2026-01-19 2026-02-16 2026-05-25 2026-06-19 2026-07-03 2026-09-07 2026-10-12 2026-11-11 2026-11-26 ' +
      '2026-12-25',
    2027:
      '2027-01-01 2027-01-18 2027-02-15 2027-05-31 2027-06-18 2027-07-05 2027-09-06 2027-10-11 2027-11-11 2027-11-25 ' +
      '2027-12-24 2027-12-31',
    2028: '2028-01-17 2028-02-21 2028-05-29 2028-06-19 2028-07-04 2028-09-04 2028-10-09 2028-11-10 2028-11-23 2028-12-25',
  })) {
    it(`are observed in ${year} on the days of the federal calendar`, () => {
      assert.equal(observedFederalHolidays(Number(year)).map(isoDay).join(' '), observed);
    });
  }

  it('ban the day itself and the day it is observed on', () => {
    const of2027 = bannedDays(2027, federalHolidays);
    for (const date of [
      '2027-06-18',
      '2027-06-19',
      '2027-07-04',
      '2027-07-05',
      '2027-12-24',
      '2027-12-25',
      '2027-12-31',
    ]) {
      assert.ok(of2027.has(day(date)), date);
    }
    assert.ok(bannedDays(2028, federalHolidays).has(day('2028-01-01')));
    assert.ok(!of2027.has(day('2027-12-26')));
  });

  it('a doubtful day is banned and is a business day as well', () => {
    // Independence Day on a Saturday: observed on the Friday; Christmas Eve and Inauguration Day are no holidays.
    assert.ok(bannedDays(2026, federalHolidays).has(day('2026-07-04')));
    assert.equal(isBusinessDay(day('2026-07-03')), false);
    assert.equal(isBusinessDay(day('2026-12-24')), true);
    assert.equal(isBusinessDay(day('2029-01-20')), false);
    assert.equal(isBusinessDay(day('2025-01-21')), true);
  });

  for (const [name, rule, dates] of [
    ['Mardi Gras', stateHolidays.mardiGras, ['2026-02-17', '2027-02-09', '2028-02-29']],
    ['Good Friday', stateHolidays.goodFriday, ['2026-04-03', '2027-03-26', '2028-04-14']],
    ['General election day', stateHolidays.electionDay, ['2026-11-03', '2028-11-07', '2030-11-05']],
    ['Victory Day', stateHolidays.victoryDay, ['2026-08-10', '2027-08-09']],
  ] as const) {
    it(`${name} is on ${dates.join(', ')}`, () => {
      for (const date of dates) assert.equal(isoDay(actualDay(rule, Number(date.slice(0, 4))) ?? 0), date);
    });
  }

  it('there is no general election in odd years', () => {
    assert.equal(actualDay(stateHolidays.electionDay, 2027), null);
    assert.equal(observedDay(stateHolidays.electionDay, 2027), null);
  });

  it('Easter is where the tables have it', () => {
    for (const date of ['2000-04-23', '2024-03-31', '2025-04-20', '2026-04-05', '2035-03-25', '2038-04-25']) {
      assert.equal(isoDay(easterSunday(Number(date.slice(0, 4)))), date);
    }
  });
});

describe('The deadline of a revocation: test item 21', () => {
  for (const [received, last] of [
    ['2025-04-11', '2025-04-25'],
    ['2026-11-20', '2026-12-07'],
    ['2026-11-21', '2026-12-07'],
    ['2026-11-22', '2026-12-07'],
    ['2026-11-25', '2026-12-10'],
    ['2026-12-18', '2027-01-05'],
    ['2026-12-24', '2027-01-11'],
    ['2026-12-31', '2027-01-15'],
    ['2027-06-11', '2027-06-28'],
    ['2027-07-02', '2027-07-19'],
    ['2027-12-23', '2028-01-10'],
    ['2028-11-09', '2028-11-27'],
  ] as const) {
    it(`received on ${received}: ${last}`, () => {
      assert.equal(isoDay(lastDayToHonour(day(received))), last);
    });
  }

  it('takes the day of receipt in US Eastern and ends with the last day there', () => {
    // Half past eleven in the evening of the 20th in New York.
    assert.equal(
      new Date(optOutDeadline(Date.parse('2026-11-21T04:30:00Z'))).toISOString(),
      '2026-12-08T05:00:00.000Z',
    );
    assert.equal(
      new Date(optOutDeadline(Date.parse('2027-06-11T03:59:59Z'))).toISOString(),
      '2027-06-26T04:00:00.000Z',
    );
  });

  it('is ten business days after the day of receipt, whichever day that is', () => {
    fc.assert(
      fc.property(fc.integer({ min: localDay(2025, 1, 1), max: localDay(2040, 1, 1) }), (received) => {
        const last = lastDayToHonour(received);
        const between = Array.from({ length: last - received }, (_, index) => received + index + 1);
        assert.equal(between.filter(isBusinessDay).length, 10);
        assert.ok(isBusinessDay(last));
      }),
    );
  });
});

describe('Local days', () => {
  it('know their weekday and their date', () => {
    assert.equal(weekdayOf(day('1970-01-01')), 4);
    assert.equal(weekdayOf(day('1969-12-28')), 0);
    assert.equal(weekdayOf(day('2026-11-26')), 4);
    assert.equal(isoDay(day('2028-02-29')), '2028-02-29');
  });

  for (const text of ['2027-02-29', '2026-13-01', '26-01-01', 'today', '', '2026-1-1', '2026-11-26T00:00']) {
    it(`${JSON.stringify(text)} is none`, () => assert.equal(parseIsoDay(text), null));
  }
});
