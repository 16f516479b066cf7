import { loadSample } from '../driver/sample.ts';
import { startTestStack } from '../stack/test-stack.ts';
import { Database } from './database.ts';
import { type PlantedBug, plantedBugs, turnOn } from './planted-bugs.ts';
import { type Result, run } from './run.ts';

export interface Options {
  /** Everything that happens is said. */
  trace: boolean;
  /** PostgreSQL is asked also what it would answer as before, to compare. */
  asksAgain: boolean;
}

/** `noted`: the seed that is kept for it, which is tried before those from 1 on; null: it is looked for in other seeds. */
export interface Wanted {
  bug: PlantedBug;
  noted: number | null;
  seeds: readonly number[];
}

type RunSeed = (seed: number) => Promise<Result>;

/** Runs seeds one after the other and says what came of them; resolves with the exit code: 1 where something was wrong. */
export function simulate(seeds: readonly number[], options: Options): Promise<number> {
  return withDatabase(options, async (runSeed) => {
    const failed: Result[] = [];
    const sums: Record<string, number> = {};
    for (const seed of seeds) {
      const result = await runSeed(seed);
      say(result);
      for (const [name, count] of Object.entries(result.counts)) sums[name] = (sums[name] ?? 0) + count;
      if (result.faults.length > 0) failed.push(result);
    }
    console.log(`${seeds.length} seeds, ${failed.length} with faults; in all ${JSON.stringify(sums)}`);
    return failed.length > 0 ? 1 : 0;
  });
}

/**
 * Runs each planted bug under its seeds until one shows it, and that one again. Resolves with 0 where each was found, and went the same
 * way the second time: if it did not, it is the simulation that has a fault, and not the looking.
 */
export function lookFor(wanted: readonly Wanted[], options: Options): Promise<number> {
  return withDatabase(options, async (runSeed) => {
    const missed: PlantedBug[] = [];
    const strayed: PlantedBug[] = [];
    for (const { bug, noted, seeds } of wanted) {
      turnOn(bug);
      const found = await firstThatShows(bug, seeds, runSeed);
      const again = found === null ? null : await runSeed(found.seed);
      turnOn(null);
      if (found !== null) say(found, { bug, after: seeds.indexOf(found.seed) + 1 });
      if (again !== null) say(again, { bug });
      if (found !== null && noted !== null && found.seed !== noted)
        console.log(moved(bug, noted, found.seed));
      if (found === null) {
        console.log(`${bug} was not found`);
        missed.push(bug);
      } else if (again?.digest !== found.digest) {
        console.log(`${bug} went another way the second time`);
        strayed.push(bug);
      }
    }
    console.log(`${wanted.length} bugs, ${missed.length} missed, ${strayed.length} went another way again`);
    return missed.length + strayed.length > 0 ? 1 : 0;
  });
}

/** Services have changed, and with them what a seed does: the bug is found all the same, after more of a search than it needs. */
const moved = (bug: PlantedBug, noted: number, seed: number): string =>
  `${bug} is not shown any more by seed ${noted}, which test/simulation/planted-bugs.ts notes; the first from 1 on that shows it is ${seed}`;

const shows = (bug: PlantedBug, { faults }: Result): boolean =>
  plantedBugs[bug].shows.test(faults.join('\n'));

async function firstThatShows(
  bug: PlantedBug,
  seeds: readonly number[],
  runSeed: RunSeed,
): Promise<Result | null> {
  for (const seed of seeds) {
    const result = await runSeed(seed);
    if (shows(bug, result)) return result;
    if (result.faults.length > 0) say(result, { bug });
  }
  return null;
}

function say({ counts, digest, faults, seed }: Result, more: object = {}): void {
  console.log(JSON.stringify({ seed, digest, faults: faults.length, ...more, ...counts }));
  if (faults.length > 0) console.log(faults.join('\n\n'));
}

async function withDatabase(
  { asksAgain, trace }: Options,
  work: (runSeed: RunSeed) => Promise<number>,
): Promise<number> {
  const stack = process.env.CARILLON_TEST_STACK === undefined ? await startTestStack() : null;
  if (stack !== null) process.env.CARILLON_TEST_STACK = JSON.stringify(stack.facts);
  for (const service of ['gateway', 'dialog', 'outbound', 'sender', 'progress', 'log', 'campaigns'])
    await import(`../../apps/${service}/main.ts`);
  const sample = await loadSample();
  const database = await Database.create({ asksAgain });
  const began = process.cpuUsage();
  const beganAt = performance.now();
  let code = 1;
  try {
    code = await work((seed) =>
      run(seed, database, sample, trace ? { told: (line) => console.log(line) } : {}),
    );
  } finally {
    if (database.wrong.length > 0)
      console.log(`PostgreSQL answered in another way: ${database.wrong.join('\n')}`);
    const { asked, known } = database.counts;
    console.log(`${asked} statements were asked, the answers to ${known} known`);
    const { system, user } = process.cpuUsage(began);
    console.log(
      `${Math.round(performance.now() - beganAt)} ms, ${(user + system) / 1_000_000} s of a processor here`,
    );
    await database.drop();
    await stack?.stop();
  }
  return database.wrong.length > 0 ? 1 : code;
}
