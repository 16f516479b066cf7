import { runOutreach } from './outreach.ts';

/**
 * `npm run outreach [-- --seed N]`: three campaigns of texts to 1,800 people and one of lessons at once, one of them paused
 * under way, while processes of the campaigns and the sender are killed ten times; then people answer and stop, while those of
 * the inbox and the log are. Ends with 1 and every fault when somebody got something twice or not at all, something left
 * that was paused, or a count is not what its rows, or what people texted, come to.
 */
const at = process.argv.indexOf('--seed');
const began = performance.now();
const { counts, faults } = await runOutreach({
  seed: at < 0 ? 20_261_126 : Number(process.argv[at + 1]),
  contactsEach: 900,
  learners: 60,
  messagesPerSecond: 40,
  kills: 10,
  killsWhileAnswered: 6,
  say: (line) => console.log(line),
});
console.table(counts);
console.log(`${Math.round((performance.now() - began) / 1_000)} s, ${faults.length} faults`);
if (faults.length > 0) {
  console.error(faults.slice(0, 50).join('\n'));
  process.exitCode = 1;
}
