import assert from 'node:assert/strict';
import { courseSeries, reachedAt } from './course-series.ts';

const at = (time: string): string => `2026-11-27T${time}Z`;
const none = { contacts: 0, reached: 0, unreached: 0, startsAt: null, finishesAt: null };

describe('The chart of a campaign', () => {
  it('says of every step what happened in a minute, also where nothing did', () => {
    const points = [
      { at: at('10:00:00'), sent: 20, delivered: 10, missed: 0, replied: 0 },
      { at: at('10:00:30'), sent: 5, delivered: 5, missed: 1, replied: 1 },
    ];
    assert.deepEqual(courseSeries({ stepSeconds: 10, share: 1, points }, null, 0), [
      { at: Date.parse(at('10:00:00')), sent: 120, delivered: 60, replied: 0 },
      { at: Date.parse(at('10:00:10')), sent: 0, delivered: 0, replied: 0 },
      { at: Date.parse(at('10:00:20')), sent: 0, delivered: 0, replied: 0 },
      { at: Date.parse(at('10:00:30')), sent: 30, delivered: 30, replied: 6 },
    ]);
  });

  it('counts whole minutes where hours are shown, so that a moment is no peak above what is planned', () => {
    const points = [
      { at: at('10:00:00'), sent: 16, delivered: 0, missed: 0, replied: 0 },
      { at: at('10:00:01'), sent: 0, delivered: 16, missed: 0, replied: 0 },
      { at: at('10:01:30'), sent: 1, delivered: 1, missed: 0, replied: 1 },
    ];
    const curve = [
      { at: at('12:00:00'), reached: 0 },
      { at: at('12:10:00'), reached: 600 },
    ];
    const series = courseSeries(
      { stepSeconds: 1, share: 1, points },
      [{ ...none, zone: 'A', curve }],
      Date.parse(at('10:02:00')),
    );
    assert.deepEqual(series.slice(0, 2), [
      { at: Date.parse(at('10:00:00')), sent: 16, delivered: 16, replied: 0 },
      { at: Date.parse(at('10:01:00')), sent: 1, delivered: 1, replied: 1 },
    ]);
    assert.equal(series[2]?.plan, 60);
  });

  it('goes on with what is planned, of all zones together', () => {
    const curve = [
      { at: at('10:00:00'), reached: 0 },
      { at: at('11:00:00'), reached: 600 },
    ];
    const zones = ['A', 'B'].map((zone) => ({ ...none, zone, curve }));
    const course = { stepSeconds: 60, share: 1, points: [] };
    const plan = courseSeries(course, zones, Date.parse(at('10:30:00')));
    assert.equal(plan[0]?.at, Date.parse(at('10:30:00')));
    assert.deepEqual(new Set(plan.map((point) => point.plan)), new Set([20]));
    assert.deepEqual(courseSeries(course, zones, Date.parse(at('12:00:00'))), []);
  });

  it('knows how many are reached between two points of a curve', () => {
    const curve = [
      { at: at('10:00:00'), reached: 100 },
      { at: at('11:00:00'), reached: 200 },
      { at: at('20:00:00'), reached: 200 },
    ];
    assert.equal(reachedAt(curve, Date.parse(at('10:15:00'))), 125);
    assert.equal(reachedAt(curve, Date.parse(at('09:00:00'))), 0);
    assert.equal(reachedAt(curve, Date.parse(at('23:00:00'))), 200);
    assert.equal(reachedAt([], 0), 0);
  });
});
