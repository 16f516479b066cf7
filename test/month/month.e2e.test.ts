import assert from 'node:assert/strict';
import { runMonth } from './month.ts';

const at = (hour: number, minute = 0): number => hour * 60 + minute;

/** When lessons have come in New York, when they have come in California, and when whoever got one there is reminded. */
const STOPS = [at(10, 31), at(13, 31), at(17, 45)];

/** The short form of `npm run month`: from a Thursday to the Tuesday behind the Sunday on which clocks are changed. */
describe('While people take part in a programme for six days', () => {
  it('each gets every lesson once, in order, at their time, with one reminder; what is kept follows from events', async () => {
    const { counts, faults } = await runMonth({
      people: 60,
      days: 6,
      lessons: 5,
      lateOn: 1,
      clocksChangeOn: 3,
      zones: ['America/New_York', 'America/Los_Angeles'],
      times: [],
      stopsOf: (day, weekday) => (day === 0 || weekday > 5 ? STOPS.slice(1, 2) : STOPS),
      // One: whoever comes back waits until the lease of the one that was killed is over.
      kills: { of: ['progress'], every: 2, most: 1 },
      say: (line) => console.log(`      ${line}`),
    });
    assert.deepEqual(faults, []);
    assert.ok((counts['of these by themselves'] ?? 0) > 100, JSON.stringify(counts));
    assert.ok((counts.reminders ?? 0) > 50, JSON.stringify(counts));
    assert.equal(counts['kills of progress'], 1);
  });
});
