import { numbersGiven, tellOutcome } from '../driver/trial.ts';
import { runLadders } from './ladders.ts';

/**
 * `npm run ladders [-- --seed N] [--contacts N]`: 5,000 people on a ladder that texts first, 350 on one that calls first and 150 with texts
 * that have a call as their way out, what becomes of each text and call written down beforehand; processes are killed 20
 * times meanwhile. Ends with 1 and every fault when somebody got something else than the oracle says, outside of hours, or
 * beyond the budget of attempts, or when a count is not what its rows are.
 */
const { contacts, seed } = numbersGiven({ contacts: 5_000, seed: 20_261_127 });
await tellOutcome(() =>
  runLadders({
    seed,
    contacts: [contacts, Math.ceil(contacts * 0.07), Math.ceil(contacts * 0.03)],
    callsPerSecond: 40,
    messagesPerSecond: 60,
    kills: 20,
    say: (line) => console.log(line),
  }),
);
