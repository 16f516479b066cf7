import { parseArgs } from 'node:util';
import { startTestStack, type TestStack } from '../test/stack/test-stack.ts';
import { type Aim, type Cell, type Row, shown, type Table } from './figures.ts';

/** What benchmarks say of the database that they measure with. */
export const POSTGRES = '18, durable';

/**
 * Stores to measure with, as production has them: on disk, with commits that survive the loss of power, buffers that hold
 * what is worked on, and autovacuum. A transaction for each record looks much better where a commit costs nothing. Few
 * checkpoints: Aurora has none, and each writes whole pages again.
 */
export async function startBenchStack(): Promise<TestStack> {
  const stack = await startTestStack({ durable: true, sharedBuffers: '1GB', maxWalSize: '16GB' });
  process.env.CARILLON_TEST_STACK = JSON.stringify(stack.facts);
  return stack;
}

/** One way of doing the work that is compared. */
export interface Contender {
  name: string;
  /** Does one repetition from a state that it makes itself; returns operations per second. Throws when a result is wrong. */
  run(): Promise<number>;
}

export interface Comparison {
  /** What is counted: records. */
  unit: string;
  /** Operations per second of every repetition, by contender, ours first. */
  rates: Readonly<Record<string, readonly number[]>>;
  /** Ours divided by the other, per repetition, as median, least and most. */
  ratios: Readonly<Record<string, { median: number; min: number; max: number; atLeast: number | null }>>;
  /** What the emulator gives by itself; left out: nothing here waits for one. */
  ceiling?: Ceiling;
}

/** What an emulator gives when nothing else is in the way: who is near it is measured by it. */
export interface Ceiling {
  what: string;
  perSecond: number;
}

/** Above this part of its ceiling a result says more of the emulator than of us. */
const BOUND_SHARE = 0.7;

/** A rate as a part of the emulator's ceiling, marked where it is bound by it. */
export function ofCeiling(rate: number, { perSecond }: Ceiling): string {
  const share = rate / perSecond;
  return `${Math.round(share * 100)} %${share > BOUND_SHARE ? ', emulator-bound' : ''}`;
}

export const median = (values: readonly number[]): number => {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const [low, high] = [sorted[Math.ceil(sorted.length / 2) - 1], sorted[middle]];
  return ((low ?? Number.NaN) + (high ?? Number.NaN)) / 2;
};

/**
 * Compares `ours` with others in one run: after one warm-up of each, `repetitions` rounds in which every contender
 * runs once, one after another, so that a slow minute of the machine hits all alike. Ratios are what counts.
 * `atLeast`: the ratio to reach, by contender; only reported.
 */
export async function compare(options: {
  unit: string;
  ours: Contender;
  others: (Contender & { atLeast: number | null })[];
  repetitions: number;
  ceiling?: Ceiling;
}): Promise<Comparison> {
  const { ceiling, ours, others } = options;
  const all = [ours, ...others];
  for (const contender of all) await contender.run();
  const rates: Record<string, number[]> = Object.fromEntries(all.map(({ name }) => [name, []]));
  for (let round = 0; round < options.repetitions; round += 1) {
    for (const contender of all) rates[contender.name]?.push(await contender.run());
  }
  const ratios = Object.fromEntries(
    others.map(({ name, atLeast }) => {
      const each = (rates[ours.name] ?? []).map((rate, index) => rate / (rates[name]?.[index] ?? Number.NaN));
      return [name, { median: median(each), min: Math.min(...each), max: Math.max(...each), atLeast }];
    }),
  );
  return { unit: options.unit, rates, ratios, ...(ceiling === undefined ? {} : { ceiling }) };
}

/** A comparison as a table; `more`: further columns, by contender. */
export function tableOf(
  { ceiling, rates, ratios, unit }: Comparison,
  { caption, more = {} }: { caption?: string; more?: Readonly<Record<string, Row>> } = {},
): Table {
  const rate = `${unit}/s, median`;
  const rows = Object.entries(rates).map(([name, each]): Record<string, Cell> => {
    const ratio = ratios[name];
    return {
      '': name,
      [rate]: Math.round(median(each)),
      'ours is x times (min..max)': ratio
        ? `${factor(ratio.median)} (${factor(ratio.min)}..${factor(ratio.max)})`
        : '',
      ...(ceiling ? { 'of the ceiling': ofCeiling(median(each), ceiling) } : {}),
      ...more[name],
    };
  });
  if (ceiling) rows.push({ '': `the ceiling: ${ceiling.what}`, [rate]: Math.round(ceiling.perSecond) });
  return { ...(caption === undefined ? {} : { caption }), rows };
}

/** What a comparison was to reach; `of`: what of the benchmark it is, where there are several. */
export const aimsOf = ({ ratios }: Comparison, of = ''): Aim[] =>
  Object.entries(ratios).flatMap(([name, { atLeast, median: reached }]) =>
    atLeast === null
      ? []
      : [
          {
            against: of === '' ? name : `${name}, ${of}`,
            aim: `${atLeast} times`,
            measured: factor(reached),
            reached: reached >= atLeast,
          },
        ],
  );

/** What ours was to reach by itself, in operations per second. */
export function paceAim({ rates, unit }: Comparison, atLeast: number): Aim {
  const [name = '', ours = []] = Object.entries(rates)[0] ?? [];
  const pace = median(ours);
  return {
    against: `${name}, by itself`,
    aim: `${shown(atLeast)} ${unit}/s`,
    measured: shown(Math.round(pace)),
    reached: pace >= atLeast,
  };
}

/** Three digits at most: 0.45, 9.1, 28.6, 361. */
const factor = (ratio: number): string => ratio.toFixed(ratio < 1 ? 2 : ratio < 100 ? 1 : 0);

/**
 * `--quick` and `--json FILE`, as every benchmark takes them, and what it takes besides, by `names`: `--rate N`. Ends the process
 * with 2 when there is anything else.
 */
export function benchmarkArguments<Name extends string = never>(
  ...names: Name[]
): { quick: boolean; json: string | undefined } & Partial<Record<Name, string>> {
  try {
    const { values } = parseArgs({
      options: {
        quick: { type: 'boolean', default: false },
        json: { type: 'string' },
        ...Object.fromEntries(names.map((name) => [name, { type: 'string' as const }])),
      },
    });
    return values as ReturnType<typeof benchmarkArguments<Name>>;
  } catch (error) {
    const known = ['[--quick]', '[--json FILE]', ...names.map((name) => `[--${name} N]`)].join(' ');
    console.error(`${error instanceof Error ? error.message : error}\nIt takes ${known}`);
    return process.exit(2);
  }
}
