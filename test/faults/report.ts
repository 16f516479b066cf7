import { simulatedFigures } from '../simulation/figures.ts';
import type { Kill } from './aims.ts';
import type { Outcome } from './trial.ts';

/** What became of a scenario in one run, as it is kept. */
export interface Reported extends Omit<Outcome, 'says'> {
  /** Of the product, as `git describe --always --dirty` has it; empty where nobody can tell; null: a run from before versions were kept. */
  version: string | null;
  /** As 2026-11-27. */
  day: string;
  /** When it was over, as 2026-11-28T09:30:00Z; null: a run from before that was kept. */
  at: string | null;
  cores: number;
  node: string;
  /** What the faults turned out to be, by hand. Left out: nobody has written it yet. */
  cause?: string;
}

/** A scenario, as the page tells of it. */
type Told = Pick<Outcome, 'name' | 'says'>;

/** The last run of each scenario, in the order of scenarios, whatever it found. Runs stand in the order in which they were kept. */
export function lastOf(runs: readonly Reported[], told: readonly Told[]): Reported[] {
  return told.flatMap(({ name }) => runs.findLast((run) => run.name === name) ?? []);
}

/** What is kept of an outcome: of each fault the line that says what it is, and not the story of its phone. */
export function keptOf(
  { says: _, ...outcome }: Outcome,
  run: Pick<Reported, 'version' | 'day' | 'at' | 'cores' | 'node'>,
): Reported {
  return { ...outcome, ...run, faults: outcome.faults.map((fault) => fault.split('\n')[0] ?? '') };
}

/** The tables of the page docs/faults.md, as text. */
export function tablesOf(runs: readonly Reported[]): string {
  const kills = runs.flatMap((run) => run.kills);
  return [tableOf(runs), ...(kills.length > 0 ? [killsTable(kills)] : []), totalsOf(runs)].join('\n');
}

const counted = (counts: Readonly<Record<string, number>>): string =>
  Object.entries(counts)
    .map(([name, count]) => `${name}: ${count}`)
    .join('; ');

function inflictedOf({ inflicted, kills }: Reported): string {
  const byService = Object.entries(inflicted).filter(([name]) => name.startsWith('kills of '));
  // One each, of ten services: the sum says as much.
  if (byService.length > 1 && kills.length === 0)
    return `kills: ${byService.reduce((sum, [, count]) => sum + count, 0)}`;
  return counted(inflicted);
}

const tableOf = (outcomes: readonly Reported[]): string =>
  [
    '| scenario | inflicted | texts | messages | s in all | s until at rest | faults | seed | version | when |',
    '|---|---|---|---|---|---|---|---|---|---|',
    ...outcomes.map(
      (outcome) =>
        `| ${outcome.name} | ${inflictedOf(outcome)} | ${outcome.counts.texts ?? 0} | ${outcome.counts['messages sent'] ?? 0} | ` +
        `${outcome.seconds} | ${outcome.restSeconds} | ${outcome.faults.length} | ${outcome.seed} | ${versionOf(outcome)} | ${whenOf(outcome)} |`,
    ),
    '',
  ].join('\n');

const versionOf = ({ version }: Reported): string =>
  version === null ? 'before versions were kept' : version || 'nobody could tell';

const whenOf = ({ at, day }: Reported): string => at ?? day;

/** Runs that found something, the last first. */
function foundTable(runs: readonly Reported[]): string {
  const found = runs.filter(({ faults }) => faults.length > 0).reverse();
  if (found.length === 0) return `None of the ${runs.length} runs that are kept found anything.\n`;
  return [
    `${found.length} of the ${runs.length} runs that are kept found something.`,
    '',
    '| scenario | seed | version | when | faults | the first of them | what it was |',
    '|---|---|---|---|---|---|---|',
    ...found.map(
      (run) =>
        `| ${run.name} | ${run.seed} | ${versionOf(run)} | ${whenOf(run)} | ${run.faults.length} | ${cellOf(run.faults[0] ?? '')} | ${run.cause ?? 'not known yet'} |`,
    ),
    '',
  ].join('\n');
}

const MOST_OF_A_CELL = 300;
const cellOf = (text: string): string => text.slice(0, MOST_OF_A_CELL).replaceAll('|', '/');

function killsTable(kills: readonly Kill[]): string {
  const gaps = Map.groupBy(kills, ({ gap, service }) => `| ${service} | ${gap} |`);
  return [
    '| killed | between | kills | in the gap | what stood open |',
    '|---|---|---|---|---|',
    ...[...gaps].map(
      ([row, its]) =>
        `${row} ${its.length} | ${its.filter(({ hit }) => hit).length} | ${its.map(({ open }) => open).join('; ')} |`,
    ),
    '',
  ].join('\n');
}

function totalsOf(outcomes: readonly Reported[]): string {
  const sums = new Map<string, number>();
  for (const { counts } of outcomes) {
    for (const [name, count] of Object.entries(counts)) sums.set(name, (sums.get(name) ?? 0) + count);
  }
  const faults = outcomes.reduce((sum, outcome) => sum + outcome.faults.length, 0);
  return [
    '| counted over all | |',
    '|---|---|',
    ...[...sums].map(([name, sum]) => `| ${name} | ${sum} |`),
    `| faults found | ${faults} |`,
    '',
  ].join('\n');
}

/** The page docs/faults.md, of all runs that are kept. */
export function pageOf(runs: readonly Reported[], told: readonly Told[]): string {
  const outcomes = lastOf(runs, told);
  return `# What was broken while it worked

    npm run faults                                 everything, as below
    npm run faults -- --only postgres-cut          one scenario; more of them with more --only
    npm run faults -- --seed N                     other people, other moments

starts the whole system on this machine and lets people chat with it: they register, answer right and wrong, ask for more, now and
then text STOP, also right behind an answer, when the next prompt is on its way, and come back with START. A campaign of texts is under way to
half of them and to others who only listen: some of those text STOP when a text is planned for them and has not come, some when it has;
for some of its people it is night. Two campaigns of calls call the same people once each: of six one listens, one presses key 9, one does not answer,
one leaves it to a machine, one texts STOP, one is busy; for one more it is night. A second campaign is so slow that its window closes when most of its people are not written to yet; every
fourth of them has texted STOP before. Meanwhile one thing after the other goes wrong. No service has a hook for
that. What breaks is outside of them: connections and calls go through proxies of the trial's own, transactions meet triggers in the
run's own database, processes get signals, PostgreSQL has a disk of its own that can be full.

Each scenario has people and a campaign of its own. When everything is mended and has come to rest, everything that went in is
compared with everything that came out, phone by phone:

- every text that a phone sent was executed once and stands in the message log, in the order in which it was written;
- the stored events are exactly what the pure dialog engine makes of the commands in stream order, the states are their
  fold, the messages are exactly what the events ask for, and progress asked for exactly what follows from them;
- every message that the carrier accepted belongs to one message of ours, and every message that counts as sent was
  accepted once; the carrier accepted them in their order;
- after the answer to a STOP the carrier accepted nothing but confirmations and answers to HELP, until START;
- everybody of the campaign got its text once, or stands as blocked and had opted out by then; for whom it was night got nothing;
- once the window of the second campaign had closed (a minute early, as windows do) nothing of it went, and whoever was not reached was carried
  over to the next day;
- every call at the carrier is that of one message of ours, which has no other, also where the answer to its request was lost; nobody was called
  after their STOP or their key 9 was answered, or at night; each call has the end in the log that it has at the carrier;
- what goes through a second carrier, which cannot be asked what it has (in second-carrier), went once at the most: a request whose answer was lost
  ends as accepted where a status says so, and else as unknown, and is not repeated;
- a text that the API was asked for under an idempotency key, again and again until it answered, went once;
- what the API counts of the campaigns, calls included, is what its rows, the message log and the carrier come to;
- the log has of every message the status that the carrier has, also where its last callback was lost;
- every text stands in the conversation with its phone, once, with what the dialog made of it, and conversations count what
  their texts add up to;
- nothing is left in an outbox, in quarantine, or unsettled.

A scenario whose fault did not take place fails as well: each count of what was inflicted is above zero. So are, in each, the phones that had something planned when they stopped, the people who were not reached when the window closed, the calls, and the key 9 that was answered. Every run is kept, in docs/faults.json,
whatever it found; one that finds a fault ends with 1 and tells the story of each phone. From before versions were kept (2026-11-28) there are
only runs in which everything held: of those, no faults says nothing by itself.

Of each scenario the last run, whatever it found, on ${machinesOf(outcomes)}. The seconds until at rest count from when everything
was mended, and are not only the system's: the campaign goes on at a text a second until everybody has been decided on.

${tableOf(outcomes)}
${told.map(({ name, says }) => `**${name}.** ${says}`).join('\n\n')}

## Runs that found something

${foundTable(runs)}

## Kills between two effects

- A transaction is stopped by a trigger, at COMMIT or in its middle, and its process killed there; at COMMIT the database
  commits, and the process never hears of it.
- An emulator is stopped with SIGSTOP while a request to it is on its way, the process that waits for the answer is
  killed, and the emulator goes on and does what it was asked.
- The sender is killed when a request to the carrier is under way. The caller is killed while the carrier stands still with its
  request; afterwards the carrier has made the call.
- The API is killed at the COMMIT of a change under an idempotency key; whoever asked asks again.

${killsTable(outcomes.flatMap((outcome) => outcome.kills))}
## How long somebody waits after a kill

Nothing is lost, and somebody waits. The system is started again in two seconds; what takes longer is to be sure that the dead do not work on:

- What a consumer of a stream had (dialog, outbound, progress, inbox, log) is its own until its **lease** has run out, 10 s after it was renewed last.
  The others look every 3 s. So 10 to 13 s, for each of them that lies on the way of an answer.
- An entry of a queue that was handed to the sender or the caller is hidden from everybody else for **30 s**. That holds for what a dead task had in
  hand, and for what comes up to 20 s after its death: a receive that waits for entries (\`WAIT_SECONDS\`) may be answered although nobody is there any
  more, as the local SQS does; SQS itself promises nothing else. So a text that is written when all serve again can still wait for 30 s.
- With several tasks of a service, as in production, that holds for the shards and entries of the dead one; those of the others go on.

These waits add up when several are killed one after the other: the dialog's lease, then outbound's, then the entry that the dead sender was handed;
MORE has progress on its way as well. A phone that waited for 45 s when ten services were killed within 13 s waited for those. What is shorter is bought with more writes (leases renewed more often) and more requests
to SQS (visibility extended more often), and with tasks that lose what they have because they stood still for a moment. By hand, \`npm start\` on two
cores that others kept busy, 2026-11-28, from the text to the phone's answer:

| killed | when | s |
|---|---|---|
| dialog | just before the text, just behind it | 13.0, 10.2 |
| outbound | just before the text, just behind it | 13.0, 10.2 |
| sender | just before the text, just behind it | 30.1, 30.4 |
| dialog, outbound, sender | behind the text, 4 s apart | 44.5 |
| all ten services | behind the text, 1.2 s apart | 12.2; the next text, written when all served again, 30.6 |

## In sum

${totalsOf(outcomes)}
A short form, with fewer phones and the scenarios that prove most for their time, is part of \`npm test\`.

## In simulated time

What needs one order of events of a thousand is looked for in simulated time, with \`npm run simulate\`: the services run in one process, a seed
decides who goes on when, what fails and who is killed, and the same seed gives the same run ([simulation](simulation.md)).

${simulatedFigures()}`;
}

const machinesOf = (outcomes: readonly Reported[]): string =>
  [...new Set(outcomes.map(({ cores, node }) => `${cores} cores with Node ${node}`))].join(' or ');
