import assert from 'node:assert/strict';
import fc from 'fast-check';
import { awakeShare, restsBetween, weeklyTimes } from './weekly-schedule.ts';

describe('The hours of a schedule', () => {
  it('run from a start to the next stop, over the weekend too', () => {
    assert.equal(awakeShare('cron(0 7 ? * MON-FRI *)', 'cron(0 19 ? * MON-FRI *)'), 60 / 168);
    assert.equal(awakeShare('cron(30 7 * * * *)', 'cron(30 19 * * * *)'), 0.5);
    assert.equal(awakeShare('cron(0 7 ? * MON *)', 'cron(0 19 ? * FRI *)'), (4 * 24 + 12) / 168);
    assert.equal(awakeShare('cron(0 22 ? * FRI-SUN *)', 'cron(0 4 ? * SAT,SUN,MON *)'), 18 / 168);
  });

  it('are refused when they cannot be read, rather than priced wrongly', () => {
    for (const schedule of [
      'rate(5 minutes)',
      'cron(0 7 1 * ? *)',
      'cron(0/5 7 ? * MON *)',
      'cron(0 7 ? * MOON *)',
    ])
      assert.throws(() => weeklyTimes(schedule), /not a schedule of days/, schedule);
  });

  it('rest from each stop to the next start, the end of the week included', () => {
    assert.deepEqual(restsBetween('cron(0 7 ? * MON-FRI *)', 'cron(30 20 ? * MON-FRI *)'), [
      { days: ['MON', 'TUE', 'WED', 'THU'], hour: 20, minute: 30, minutes: 630 },
      { days: ['FRI'], hour: 20, minute: 30, minutes: 3_510 },
    ]);
    assert.deepEqual(restsBetween('cron(0 7 * * ? *)', 'cron(0 19 * * ? *)'), [
      { days: ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'], hour: 19, minute: 0, minutes: 720 },
    ]);
  });

  it('rest once, though a stop is repeated while they do', () => {
    assert.deepEqual(restsBetween('cron(0 7 ? * MON *)', 'cron(0 19 ? * FRI,SAT *)'), [
      { days: ['FRI'], hour: 19, minute: 0, minutes: 60 * 60 },
    ]);
  });

  it('and rests make up the whole week', () => {
    const days = fc.uniqueArray(fc.constantFrom('SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'), {
      minLength: 1,
    });
    fc.assert(
      fc.property(
        days,
        fc.integer({ min: 1, max: 11 }),
        fc.integer({ min: 12, max: 23 }),
        (on, start, stop) => {
          const [from, to] = [
            `cron(0 ${start} ? * ${on.join(',')} *)`,
            `cron(0 ${stop} ? * ${on.join(',')} *)`,
          ];
          const rested = restsBetween(from, to).reduce(
            (sum, rest) => sum + rest.days.length * rest.minutes,
            0,
          );
          assert.ok(Math.abs(rested / (7 * 24 * 60) + awakeShare(from, to) - 1) < 1e-9);
        },
      ),
    );
  });
});
