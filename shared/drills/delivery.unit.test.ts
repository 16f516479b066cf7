import assert from 'node:assert/strict';
import fc from 'fast-check';
import { Temporal } from 'temporal-polyfill';
import { MINUTE_MS } from '#shared/compliance/instant.ts';
import { nextDelivery, spreadOf, timeOfDay } from './delivery.ts';

const every = [1, 2, 3, 4, 5, 6, 7];
const at = (text: string): number => Date.parse(text);
const next = (
  from: string,
  {
    days = every,
    spreadMs = 0,
    time = '10:00',
    zone = 'America/New_York',
  }: Partial<Parameters<typeof nextDelivery>[0]> = {},
): string => new Date(nextDelivery({ days, spreadMs, time, zone }, at(from))).toISOString();

describe('The next delivery', () => {
  it('is the local time of day where the person is, today or tomorrow', () => {
    assert.equal(next('2026-11-20T14:59:59.999Z'), '2026-11-20T15:00:00.000Z');
    assert.equal(next('2026-11-20T15:00:00.000Z'), '2026-11-20T15:00:00.000Z');
    assert.equal(next('2026-11-20T15:00:00.001Z'), '2026-11-21T15:00:00.000Z');
    assert.equal(next('2026-11-20T12:00:00Z', { zone: 'Pacific/Honolulu' }), '2026-11-20T20:00:00.000Z');
    assert.equal(next('2026-11-20T22:00:00Z', { zone: 'Asia/Tokyo' }), '2026-11-21T01:00:00.000Z');
  });

  it('waits for a day of delivery', () => {
    // A Friday; weekdays alone lead to Monday.
    assert.equal(next('2026-11-20T16:00:00Z', { days: [1, 2, 3, 4, 5] }), '2026-11-23T15:00:00.000Z');
    assert.equal(next('2026-11-20T14:00:00Z', { days: [5] }), '2026-11-20T15:00:00.000Z');
    assert.equal(next('2026-11-20T15:00:01Z', { days: [5] }), '2026-11-27T15:00:00.000Z');
    // In the zone of the person it is Sunday still.
    assert.equal(next('2026-11-23T03:00:00Z', { days: [7], time: '22:30' }), '2026-11-23T03:30:00.000Z');
  });

  it('follows the clocks of the person when they change', () => {
    assert.equal(next('2026-10-31T14:00:01Z'), '2026-11-01T15:00:00.000Z');
    assert.equal(next('2026-03-07T15:00:01Z'), '2026-03-08T14:00:00.000Z');
    // 02:30 does not exist on that day, and 01:30 is there twice.
    assert.equal(next('2026-03-08T00:00:00Z', { time: '02:30' }), '2026-03-08T07:30:00.000Z');
    assert.equal(next('2026-11-01T00:00:00Z', { time: '01:30' }), '2026-11-01T06:30:00.000Z');
  });

  it('is on one of the days at the time of day and nothing is left out, in every zone at every change of clocks', () => {
    const zones = fc.constantFrom(
      ...[
        'America/New_York',
        'America/Los_Angeles',
        'Pacific/Honolulu',
        'America/Phoenix',
        'Australia/Lord_Howe',
      ],
      ...['America/St_Johns', 'Europe/Lisbon', 'Pacific/Apia'],
    );
    // Around the changes of 2026, and any other time.
    const from = fc.oneof(
      fc.integer({ min: at('2026-03-06T00:00:00Z'), max: at('2026-04-07T00:00:00Z') }),
      fc.integer({ min: at('2026-10-02T00:00:00Z'), max: at('2026-11-04T00:00:00Z') }),
      fc.integer({ min: at('2026-01-01T00:00:00Z'), max: at('2029-01-01T00:00:00Z') }),
    );
    const days = fc.subarray(every, { minLength: 1 });
    fc.assert(
      fc.property(
        zones,
        from,
        days,
        fc.nat(23),
        fc.nat(59),
        fc.nat(240),
        (zone, instant, chosen, hour, minute, spread) => {
          const time = `${String(hour).padStart(2, '0')}:${String(minute).padStart(2, '0')}`;
          const spreadMs = spread * MINUTE_MS;
          const found = nextDelivery({ zone, time, days: chosen, spreadMs }, instant);
          assert.ok(found >= instant);
          // An oracle that walks the days one by one.
          const begin = Temporal.Instant.fromEpochMilliseconds(instant)
            .toZonedDateTimeISO(zone)
            .toPlainDate();
          let expected = Number.NaN;
          for (let ahead = -2; !(expected >= instant); ahead += 1) {
            const day = begin.add({ days: ahead });
            if (!chosen.includes(day.dayOfWeek)) continue;
            const local = day.toPlainDateTime(Temporal.PlainTime.from(time));
            expected = local.toZonedDateTime(zone, { disambiguation: 'later' }).epochMilliseconds + spreadMs;
          }
          assert.equal(found, expected);
        },
      ),
    );
  });
});

describe('The spread of starts', () => {
  it('is the same for a phone, inside the window, and even over many', () => {
    const phones = Array.from({ length: 1_000 }, (_, n) => `+1415555${String(n).padStart(4, '0')}`);
    const spread = phones.map((phone) => spreadOf(phone, 30));
    assert.deepEqual(
      spread,
      phones.map((phone) => spreadOf(phone, 30)),
    );
    assert.ok(spread.every((ms) => ms >= 0 && ms < 30 * MINUTE_MS));
    for (let minute = 0; minute < 30; minute += 5) {
      const inFive = spread.filter((ms) => ms >= minute * MINUTE_MS && ms < (minute + 5) * MINUTE_MS).length;
      assert.ok(inFive > 110 && inFive < 230, `${inFive} of a thousand from minute ${minute}`);
    }
    assert.equal(spreadOf('+14155550101', 0), 0);
  });
});

describe('A time of day that somebody texts', () => {
  for (const [text, time] of [
    ['09:30', '09:30'],
    ['9.30', '09:30'],
    [' 9 ', '09:00'],
    ['9 am', '09:00'],
    ['7:15 p.m.', '19:15'],
    ['12am', '00:00'],
    ['12 PM', '12:00'],
    ['18h30', '18:30'],
    ['24:00', null],
    ['13 pm', null],
    ['0 am', null],
    ['9:60', null],
    ['in the morning', null],
    ['', null],
  ] as const) {
    it(`reads "${text}" as ${time}`, () => assert.equal(timeOfDay(text), time));
  }
});
