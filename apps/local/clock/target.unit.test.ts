import assert from 'node:assert/strict';
import fc from 'fast-check';
import { Temporal } from 'temporal-polyfill';
import { runs } from '#test/properties/runs.ts';
import { readTarget } from './target.ts';

const at = (instant: string): number => Date.parse(instant);
const CHICAGO = 'America/Chicago';

describe('A skip of time', () => {
  const leads: [what: string, request: object, now: string, target: string][] = [
    ['to a time later today', { to: '09:00', zone: CHICAGO }, '2026-11-26T14:00:00Z', '2026-11-26T15:00:00Z'],
    ['to tomorrow', { to: '09:00', zone: CHICAGO }, '2026-11-26T15:00:00Z', '2026-11-27T15:00:00Z'],
    [
      'to today there, where it is tomorrow in UTC',
      { to: '22:30', zone: CHICAGO },
      '2026-11-27T01:00:00Z',
      '2026-11-27T04:30:00Z',
    ],
    ['with seconds', { to: '09:00:30', zone: 'UTC' }, '2026-11-26T09:00:00Z', '2026-11-26T09:00:30Z'],
    [
      'over the change to summer',
      { to: '09:00', zone: CHICAGO },
      '2026-03-07T16:00:00Z',
      '2026-03-08T14:00:00Z',
    ],
    [
      'over the change to winter',
      { to: '09:00', zone: CHICAGO },
      '2026-10-31T15:00:00Z',
      '2026-11-01T15:00:00Z',
    ],
    [
      'into the gap, to behind it',
      { to: '02:30', zone: CHICAGO },
      '2026-03-08T06:00:00Z',
      '2026-03-08T08:30:00Z',
    ],
    ['to the first of two', { to: '01:30', zone: CHICAGO }, '2026-11-01T05:00:00Z', '2026-11-01T06:30:00Z'],
    ['to the second of two', { to: '01:30', zone: CHICAGO }, '2026-11-01T06:30:00Z', '2026-11-01T07:30:00Z'],
    ['to an instant', { to: '2026-11-27T09:00:00-06:00' }, '2026-11-26T00:00:00Z', '2026-11-27T15:00:00Z'],
    ['by a duration', { by: 'PT10M' }, '2026-11-26T00:00:00Z', '2026-11-26T00:10:00Z'],
    ['by days, of 24 hours', { by: 'P2DT1H' }, '2026-11-26T00:00:00Z', '2026-11-28T01:00:00Z'],
  ];
  for (const [what, request, now, target] of leads) {
    it(`leads ${what}`, () => {
      assert.deepEqual(readTarget(request, at(now)), { kind: 'target', at: at(target) });
    });
  }

  const refuses: [what: string, request: unknown, problem: RegExp][] = [
    ['nothing', null, /a skip is/],
    ['an unknown field', { to: '09:00', zone: CHICAGO, at: 1 }, /a skip is/],
    ['both ways at once', { to: '2026-11-27T09:00:00Z', by: 'PT1M' }, /a skip is/],
    ['a time of day without a zone', { to: '09:00' }, /needs a zone/],
    ['a zone that is none', { to: '09:00', zone: 'America/Springfield' }, /Springfield/i],
    ['an offset for a zone', { to: '09:00', zone: '-06:00' }, /no zone/],
    ['a time that is none', { to: '25:00', zone: CHICAGO }, /an instant needs no zone/],
    ['a local time without offset', { to: '2026-11-27T09:00:00' }, /a skip is/],
    ['the past', { to: '2026-11-25T00:00:00Z' }, /only goes forward/],
    ['no time', { by: 'PT0S' }, /only goes forward/],
    ['time backwards', { by: '-PT1M' }, /only goes forward/],
    ['words', { by: 'ten minutes' }, /a skip is/],
    ['a thousand years', { by: 'P1000Y' }, /more than 366 days/],
  ];
  for (const [what, request, problem] of refuses) {
    it(`refuses ${what}, and says why`, () => {
      const target = readTarget(request, at('2026-11-26T00:00:00Z'));
      assert.equal(target.kind, 'refused');
      assert.match(target.kind === 'refused' ? target.problem : '', problem);
    });
  }

  it('leads to the first later instant that shows the time, for any time, zone and now', () => {
    const zones = [
      CHICAGO,
      'UTC',
      'Asia/Kolkata',
      'Australia/Lord_Howe',
      'America/St_Johns',
      'Europe/Berlin',
    ];
    fc.assert(
      fc.property(
        fc.constantFrom(...zones),
        fc.integer({ min: 0, max: 1_439 }),
        fc.integer({ min: at('2026-01-01T00:00:00Z'), max: at('2027-01-01T00:00:00Z') }),
        (zone, minute, now) => {
          const time = new Temporal.PlainTime(Math.floor(minute / 60), minute % 60);
          const target = readTarget({ to: time.toString().slice(0, 5), zone }, now);
          assert.ok(target.kind === 'target');
          const shows = (ms: number): boolean =>
            Temporal.Instant.fromEpochMilliseconds(ms).toZonedDateTimeISO(zone).toPlainTime().equals(time);
          // Looked for minute by minute; only a day without that time has none.
          let first = Math.floor(now / 60_000) * 60_000 + 60_000;
          while (first < target.at && !shows(first)) first += 60_000;
          assert.equal(first, target.at);
          const isGap = !shows(target.at);
          assert.ok(!isGap || ['02', '03'].includes(time.toString().slice(0, 2)), `${time} in ${zone}`);
        },
      ),
      { numRuns: runs(60) },
    );
  });
});
