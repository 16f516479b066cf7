import { numbersGiven, tellOutcome } from '../driver/trial.ts';
import { runStorm } from './storm.ts';

/**
 * `npm run storm`: 10,000 texts to 1,000 phones, a third of which text STOP meanwhile, with Redis killed half-way and
 * calls that claim the same people. Ends with 1 and every fault when anything reached somebody who had stopped, a cap
 * was passed, or something was lost or sent twice.
 */
// There is nothing to choose.
numbersGiven({});
await tellOutcome(() =>
  runStorm({
    phones: 1_000,
    messagesEach: 10,
    say: (line) => console.log(line),
  }),
);
