import { writeFile } from 'node:fs/promises';
import { cpus, totalmem } from 'node:os';
import { startTestStack, type TestStack } from '../test/stack/test-stack.ts';

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
  benchmark: string;
  config: Record<string, string | number>;
  /** Operations per second of every repetition, by contender. */
  rates: Record<string, number[]>;
  /** Ours divided by the other, per repetition, as median, least and most. */
  ratios: Record<string, { median: number; min: number; max: number; atLeast: number | null }>;
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
  benchmark: string;
  config: Record<string, string | number>;
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
  return {
    benchmark: options.benchmark,
    config: options.config,
    rates,
    ratios,
    ...(ceiling === undefined ? {} : { ceiling }),
  };
}

/** Prints a comparison as a table and, where a file is named, writes it as JSON with the machine it was taken on. */
export async function report(result: Comparison, jsonFile: string | undefined): Promise<void> {
  console.log(`\n${result.benchmark}  ${JSON.stringify(result.config)}`);
  const { ceiling } = result;
  if (ceiling) console.log(`${ceiling.what}: ${Math.round(ceiling.perSecond)}/s`);
  console.table(
    Object.entries(result.rates).map(([name, rates]) => {
      const ratio = result.ratios[name];
      return {
        contender: name,
        'median/s': Math.round(median(rates)),
        'ours is x times': ratio ? ratio.median.toFixed(2) : '',
        'min..max': ratio ? `${ratio.min.toFixed(2)}..${ratio.max.toFixed(2)}` : '',
        'at least': ratio?.atLeast ?? '',
        ...(ceiling ? { 'of the ceiling': ofCeiling(median(rates), ceiling) } : {}),
      };
    }),
  );
  if (jsonFile === undefined) return;
  await writeFile(jsonFile, `${JSON.stringify({ ...result, ...machineNow() }, null, 2)}\n`);
}

/** What a figure is worth nothing without: the machine it was taken on, and when. */
export const machineNow = () => ({
  machine: { cores: cpus().length, memoryGiB: Math.round(totalmem() / 2 ** 30), node: process.version },
  date: new Date().toISOString(),
});

/** `--quick` and `--json FILE`, as every benchmark takes them. */
export function benchmarkArguments(argv: readonly string[]): { quick: boolean; json: string | undefined } {
  const at = argv.indexOf('--json');
  return { quick: argv.includes('--quick'), json: at < 0 ? undefined : argv[at + 1] };
}
