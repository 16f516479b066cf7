import { parseArgs } from 'node:util';
import { standIn } from './hooks.ts';
import { type PlantedBug, plantedBugs } from './planted-bugs.ts';

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '200' },
    seed: { type: 'string', multiple: true },
    first: { type: 'string', default: '1' },
    plant: { type: 'string' },
    'ask-again': { type: 'boolean', default: false },
    trace: { type: 'boolean', default: false },
  },
});
const isPlanted = (name: string): name is PlantedBug => name in plantedBugs;
const { plant } = values;
if (plant !== undefined && !isPlanted(plant)) throw new Error(`there is no bug ${plant}`);
const bug = plant ?? null;
standIn({ bug });
const { simulate } = await import('./simulate.ts');
process.exitCode = await simulate({
  seeds:
    values.seed === undefined
      ? Array.from({ length: Number(values.seeds) }, (_, index) => Number(values.first) + index)
      : values.seed.map(Number),
  trace: values.trace,
  bug,
  asksAgain: values['ask-again'],
});
