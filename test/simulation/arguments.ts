import { parseArgs } from 'node:util';
import { ALL_BUGS, isPlantedBug, type PlantedBug } from './planted-bugs.ts';

/** What `npm run simulate` was told. */
export interface SimulationArguments {
  /** These, and no others; null: so many, from `first`. */
  seeds: readonly number[] | null;
  count: number;
  /** Null: 1, or of a planted bug that which shows it, and then 1. */
  first: number | null;
  bugs: readonly PlantedBug[];
  asksAgain: boolean;
  trace: boolean;
}

/** Thrown when the words say nothing that can be run: the message is one line and says what is right. */
export class WrongArguments extends Error {}

/** Reads the words of the command. Throws `WrongArguments`. */
export function simulationArguments(args: readonly string[]): SimulationArguments {
  const values = valuesOf(args);
  return {
    seeds: values.seed?.map((text) => wholeNumber('seed', text)) ?? null,
    count: wholeNumber('seeds', values.seeds),
    first: values.first === undefined ? null : wholeNumber('first', values.first),
    bugs: (values.plant ?? []).flatMap((name) => {
      if (name === 'all') return ALL_BUGS;
      if (!isPlantedBug(name)) throw new WrongArguments(`there is no bug ${name}`);
      return [name];
    }),
    asksAgain: values['ask-again'],
    trace: values.trace,
  };
}

function valuesOf(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        seeds: { type: 'string', default: '200' },
        seed: { type: 'string', multiple: true },
        first: { type: 'string' },
        plant: { type: 'string', multiple: true },
        'ask-again': { type: 'boolean', default: false },
        trace: { type: 'boolean', default: false },
      },
    }).values;
  } catch (error) {
    // Modules of the product are loaded behind the stand-ins, so none of them is used here.
    if (!(error instanceof Error)) throw error;
    throw new WrongArguments(error.message.split('\n')[0], { cause: error });
  }
}

function wholeNumber(name: string, text: string): number {
  const number = Number(text);
  if (/^[1-9]\d*$/.test(text) && Number.isSafeInteger(number)) return number;
  throw new WrongArguments(
    `--${name} takes an integer of at least 1, as --${name} 200; it was given ${JSON.stringify(text)}`,
  );
}
