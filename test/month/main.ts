import { numbersGiven, tellOutcome } from '../driver/trial.ts';
import { victims } from './kills.ts';
import { everyHour, runMonth } from './month.ts';

/**
 * `npm run month`: 2,000 people in six time zones take part in a programme of fifteen drills for thirty days, over a change of
 * clocks, hour by hour, while services are killed in the middle of what is due. Ends with 1 and every fault when somebody did
 * not get each drill once and in order, something came too early, too late, at night, twice or after a STOP, or what is counted
 * or kept is not what the events say.
 */
// There is nothing to choose.
numbersGiven({});
const { byConduct } = await tellOutcome(() =>
  runMonth({
    people: 2_000,
    days: 30,
    lessons: 14,
    lateOn: 9,
    clocksChangeOn: 12,
    stopsOf: () => everyHour,
    kills: { of: victims, every: 12 },
    say: (line) => console.log(line),
  }),
);
console.table(byConduct);
