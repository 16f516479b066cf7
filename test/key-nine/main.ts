import { numbersGiven, tellOutcome } from '../driver/trial.ts';
import { runKeyNine } from './key-nine.ts';

/**
 * `npm run key-nine`: texts and calls to 1,000 phones at once, a third of which press key 9 in their first call and another
 * third of which text STOP, while Redis, the caller, the gateway and the sender are killed. Ends with 1 and every fault when
 * anything reached somebody afterwards, somebody was called twice, or the way out came too late.
 */
// There is nothing to choose.
numbersGiven({});
await tellOutcome(() =>
  runKeyNine({
    phones: 1_000,
    textsEach: 4,
    callsEach: 2,
    textsPerSecond: 30,
    callsPerSecond: 15,
    settledMs: 300_000,
    say: (line) => console.log(line),
  }),
);
