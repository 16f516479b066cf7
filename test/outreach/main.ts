import { numbersGiven, tellOutcome } from '../driver/trial.ts';
import { runOutreach } from './outreach.ts';

/**
 * `npm run outreach [-- --seed N]`: three campaigns of texts to 1,800 people and one of lessons at once, one of them paused
 * under way, while processes of the campaigns and the sender are killed ten times; then people answer and stop, while those of
 * the inbox and the log are. Ends with 1 and every fault when somebody got something twice or not at all, something left
 * that was paused, or a count is not what its rows, or what people texted, come to.
 */
const { seed } = numbersGiven({ seed: 20_261_126 });
await tellOutcome(() =>
  runOutreach({
    seed,
    contactsEach: 900,
    learners: 60,
    messagesPerSecond: 40,
    kills: 10,
    killsWhileAnswered: 6,
    say: (line) => console.log(line),
  }),
);
