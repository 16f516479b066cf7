import { type SimulationArguments, simulationArguments, WrongArguments } from './arguments.ts';
import { standIn } from './hooks.ts';
import { plantedBugs, seedsFor } from './planted-bugs.ts';

const told = read();
const seedsFrom = (first: number): readonly number[] =>
  told.seeds ?? Array.from({ length: told.count }, (_, index) => first + index);
// So that what is to be done at the end is done.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));
standIn({ bugs: told.bugs });
const { lookFor, simulate } = await import('./simulate.ts');
const options = { trace: told.trace, asksAgain: told.asksAgain };
process.exitCode =
  told.bugs.length === 0
    ? await simulate(seedsFrom(told.first ?? 1), options)
    : await lookFor(
        told.bugs.map((bug) => ({
          bug,
          noted: told.seeds === null && told.first === null ? plantedBugs[bug].seed : null,
          seeds: told.seeds ?? seedsFor(bug, told.first, told.count),
        })),
        options,
      );

/** Ends the process with 2 where the words say nothing that can be run. */
function read(): SimulationArguments {
  try {
    return simulationArguments(process.argv.slice(2));
  } catch (error) {
    if (!(error instanceof WrongArguments)) throw error;
    console.error(error.message);
    process.exit(2);
  }
}
