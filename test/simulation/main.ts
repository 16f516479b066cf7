import { parseArgs } from 'node:util';
import { standIn } from './hooks.ts';
import { ALL_BUGS, isPlantedBug, plantedBugs, seedsFor } from './planted-bugs.ts';

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '200' },
    seed: { type: 'string', multiple: true },
    first: { type: 'string' },
    plant: { type: 'string', multiple: true },
    'ask-again': { type: 'boolean', default: false },
    trace: { type: 'boolean', default: false },
  },
});
const count = Number(values.seeds);
const seedsFrom = (first: number): number[] =>
  values.seed?.map(Number) ?? Array.from({ length: count }, (_, index) => first + index);
const bugs = (values.plant ?? []).flatMap((name) => {
  if (name === 'all') return ALL_BUGS;
  if (!isPlantedBug(name)) throw new Error(`there is no bug ${name}`);
  return [name];
});
// So that what is to be done at the end is done.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));
standIn({ bugs });
const { lookFor, simulate } = await import('./simulate.ts');
const options = { trace: values.trace, asksAgain: values['ask-again'] };
process.exitCode =
  bugs.length === 0
    ? await simulate(seedsFrom(Number(values.first ?? 1)), options)
    : await lookFor(
        bugs.map((bug) => ({
          bug,
          seeds:
            values.seed?.map(Number) ??
            seedsFor(bug, Number(values.first ?? plantedBugs[bug].seed ?? 1), count),
        })),
        options,
      );
