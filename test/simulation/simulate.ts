import { loadSample } from '../driver/sample.ts';
import { startTestStack } from '../stack/test-stack.ts';
import { Database } from './database.ts';
import { type PlantedBug, plantedBugs } from './planted-bugs.ts';
import { type Result, run } from './run.ts';

/** Runs seeds one after the other and says what came of them; resolves with the exit code. */
export async function simulate({
  seeds,
  trace,
  bug,
  asksAgain,
}: {
  seeds: readonly number[];
  trace: boolean;
  /** Planted: runs are in its weather, and end with the first that shows it. */
  bug: PlantedBug | null;
  /** Whether PostgreSQL is asked also what it would answer as before, to compare. */
  asksAgain: boolean;
}): Promise<number> {
  const stack = process.env.CARILLON_TEST_STACK === undefined ? await startTestStack() : null;
  if (stack !== null) process.env.CARILLON_TEST_STACK = JSON.stringify(stack.facts);
  for (const service of ['gateway', 'dialog', 'outbound', 'sender', 'progress', 'log', 'campaigns'])
    await import(`../../apps/${service}/main.ts`);
  const sample = await loadSample();
  const database = await Database.create({ asksAgain });
  const failed: Result[] = [];
  const began = process.cpuUsage();
  const beganAt = performance.now();
  try {
    for (const seed of seeds) {
      const result = await run(seed, database, sample, {
        ...(trace ? { told: (line) => console.log(line) } : {}),
        ...(bug === null ? {} : { trouble: plantedBugs[bug].trouble }),
      });
      console.log(
        JSON.stringify({ seed, digest: result.digest, faults: result.faults.length, ...result.counts }),
      );
      if (result.faults.length > 0) {
        console.log(result.faults.join('\n\n'));
        failed.push(result);
        if (bug !== null) break;
      }
    }
  } finally {
    if (database.wrong.length > 0) {
      console.log(`PostgreSQL answered in another way: ${database.wrong.join('\n')}`);
    }
    const { asked, known } = database.counts;
    console.log(`${asked} statements were asked, the answers to ${known} known`);
    const { system, user } = process.cpuUsage(began);
    console.log(
      `${seeds.length} seeds, ${failed.length} with faults; ${Math.round(performance.now() - beganAt)} ms, ${(user + system) / 1_000_000} s of a processor here`,
    );
    await database.drop();
    await stack?.stop();
  }
  return failed.length > 0 || database.wrong.length > 0 ? 1 : 0;
}
