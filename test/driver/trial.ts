import { parseArgs } from 'node:util';

/** Trials that somebody asks for: `npm run storm`, `key-nine`, `outreach`, `ladders`, `month`. */

/** The numbers that were given, as in `--seed 7`, or the usual ones. Throws for what is none of them, or no integer of at least 1. */
export function numbersGiven<Name extends string>(
  usual: Readonly<Record<Name, number>>,
  given: readonly string[] = process.argv.slice(2),
): Record<Name, number> {
  const options = Object.fromEntries(Object.keys(usual).map((name) => [name, { type: 'string' as const }]));
  const numbers = Object.entries(parseArgs({ args: [...given], options }).values).map(([name, text]) => {
    const number = Number(text);
    if (!/^\d+$/.test(String(text)) || !Number.isSafeInteger(number))
      throw new Error(`--${name} ${text} is no number`);
    if (number === 0) throw new Error(`--${name} 0 asks for nothing: it is an integer of at least 1`);
    return [name, number];
  });
  return { ...usual, ...Object.fromEntries(numbers) };
}

interface Outcome {
  counts: Record<string, number>;
  /** Empty when everything held. */
  faults: readonly string[];
}

const MOST_TOLD = 50;

/** Runs a trial, and says what came of it. The process ends with 1 when something did not hold. */
export async function tellOutcome<Of extends Outcome>(trial: () => Promise<Of>): Promise<Of> {
  const began = performance.now();
  const outcome = await trial();
  const { counts, faults } = outcome;
  console.table(counts);
  console.log(`${Math.round((performance.now() - began) / 1_000)} s, ${faults.length} faults`);
  if (faults.length > 0) {
    console.error(faults.slice(0, MOST_TOLD).join('\n'));
    process.exitCode = 1;
  }
  return outcome;
}
