import { writeFile } from 'node:fs/promises';
import { services } from '#shared/topology.ts';
import { untilAtRest } from '../test/driver/rest.ts';
import { loadSample } from '../test/driver/sample.ts';
import { System } from '../test/driver/system.ts';
import { Chat, type Replied, stageNames, type Text } from './chat.ts';
import { benchmarkArguments, machineNow } from './harness.ts';
import { type Usage, usageOf } from './processes.ts';

/**
 * From a person's text to the reply: how long after a phone wrote does the simulated carrier accept the answer, with
 * the whole system on this machine and the read and write limits of real shards in force; and what a text with its reply
 * costs of a processor.
 *
 *   node bench/end-to-end.bench.ts [--quick] [--rate N [--seconds S]] [--json FILE]
 *
 * Without --rate: at a light load (one phone at a time, each a different registered person who answers a question, with
 * random gaps), and at saturation (200 phones, each of which asks for help again as soon as the reply has come).
 * With --rate: N texts per second from many phones, in an open loop (what is late is counted as late), each asking for
 * help. Fails unless every text got exactly one reply.
 *
 * Processor seconds are those of the processes of all services, and beside them those of the stores, emulators among
 * them, over the texts and until the system has come to rest.
 */
const { quick, json } = benchmarkArguments(process.argv);
const argument = (name: string): number | undefined => {
  const at = process.argv.indexOf(name);
  return at < 0 ? undefined : Number(process.argv[at + 1]);
};
const rate = argument('--rate');
const seconds = argument('--seconds') ?? (quick ? 10 : 30);
const LIGHT_PHONES = quick ? 60 : 200;
const SATURATING_PHONES = 200;

const quantile = (sorted: readonly number[], share: number): number =>
  sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN;

const isService = (name: string): boolean => Object.keys(services).includes(name);

const system = await System.start({});
const results: object[] = [];
try {
  const sample = await loadSample();
  const chat = new Chat(system);
  const measure = async (mode: string, write: () => Promise<Text[]>): Promise<void> => {
    const pids = await system.pids();
    const before = await usageOf(pids);
    const texts = await write();
    await untilAtRest(system, 120_000);
    const used = cpuBetween(before, await usageOf(pids));
    results.push(print(mode, await chat.stagesOf(texts), used));
  };
  if (rate === undefined) {
    const light = await chat.register(LIGHT_PHONES, sample.code);
    const many = await chat.register(SATURATING_PHONES, sample.code);
    await measure('one phone at a time', () => chat.oneAtATime(light));
    await measure(`${SATURATING_PHONES} phones, without a pause, ${seconds} s`, () =>
      chat.closedLoop(many, seconds),
    );
  } else {
    const phones = await chat.register(Math.min(1_900, Math.max(100, rate * 5)), sample.code);
    await measure(`${rate} texts/s for ${seconds} s`, () => chat.openLoop(phones, rate, seconds));
  }
} finally {
  await system.end();
}
if (json !== undefined) {
  const result = { benchmark: 'end to end', loads: results, ...machineNow() };
  await writeFile(json, `${JSON.stringify(result, null, 2)}\n`);
}

/** Processor seconds by process. */
function cpuBetween(
  before: ReadonlyMap<string, Usage>,
  after: ReadonlyMap<string, Usage>,
): Map<string, number> {
  return new Map(
    [...after].map(([name, { cpuSeconds }]) => [name, cpuSeconds - (before.get(name)?.cpuSeconds ?? 0)]),
  );
}

function print(mode: string, replied: readonly Replied[], cpu: ReadonlyMap<string, number>): object {
  const stages = stageNames.map((name) => {
    const sorted = replied.map((each) => each.stages[name]).sort((a, b) => a - b);
    return {
      stage: name,
      'p50 ms': quantile(sorted, 0.5),
      'p95 ms': quantile(sorted, 0.95),
      'p99 ms': quantile(sorted, 0.99),
      'max ms': sorted.at(-1) ?? Number.NaN,
    };
  });
  const first = Math.min(...replied.map(({ writtenAt }) => writtenAt));
  const last = Math.max(...replied.map(({ repliedAt }) => repliedAt));
  const sum = (of: (name: string) => boolean): number =>
    [...cpu].filter(([name]) => of(name)).reduce((total, [, used]) => total + used, 0);
  const inServices = sum(isService);
  const inStores = sum((name) => !isService(name));
  const figures = {
    mode,
    texts: replied.length,
    'replies/s': Number(((replied.length / (last - first)) * 1_000).toFixed(1)),
    'processor seconds of services': Number(inServices.toFixed(2)),
    'of stores and emulators': Number(inStores.toFixed(2)),
    'texts with replies per processor second of services': Number((replied.length / inServices).toFixed(1)),
    'of everything': Number((replied.length / (inServices + inStores)).toFixed(1)),
  };
  console.log(`\nend to end: from a text to the carrier's acceptance of the reply, ${mode}`);
  console.table([figures]);
  console.table(stages);
  const shares = Object.fromEntries([...cpu].map(([name, used]) => [name, Number(used.toFixed(2))]));
  console.log(`processor seconds: ${JSON.stringify(shares)}`);
  return { figures, stages, cpuSeconds: shares };
}
