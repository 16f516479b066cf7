import { services } from '#shared/topology.ts';
import { untilAtRest } from '../test/driver/rest.ts';
import { loadSample } from '../test/driver/sample.ts';
import { System } from '../test/driver/system.ts';
import { type Answered, Chat, type Replied, SystemChat, stageNames, type Text } from './chat.ts';
import { type Cell, publish, type Row, shown } from './figures.ts';
import { benchmarkArguments, POSTGRES, startBenchStack } from './harness.ts';
import { NaiveSystem } from './naive/system.ts';
import { type Usage, usageOf } from './processes.ts';

/**
 * From a person's text to the reply: how long after a phone wrote does the simulated carrier accept the answer, with
 * the whole system on this machine and the read and write limits of real shards in force; and what a text with its reply
 * costs of a processor.
 *
 *   node bench/end-to-end.bench.ts [--quick] [--rate N [--seconds S]] [--json FILE]
 *
 * Without --rate: at a light load (one phone at a time, each a different registered person who answers a question, or asks for
 * help, with random gaps), and at saturation (200 phones, each of which asks for help again as soon as the reply has come);
 * then the same with what one puts together from libraries (naive/system.ts). With --rate: N texts per second from many
 * phones, in an open loop (what is late is counted as late), each asking for help. Fails unless every text got exactly one reply.
 *
 * Processor seconds are those of the processes of all services, and beside them, of ours, those of the stores, emulators among
 * them, over the texts and until the system has come to rest.
 */
const { quick, json, ...given } = benchmarkArguments('rate', 'seconds');
const rate = given.rate === undefined ? undefined : Number(given.rate);
const seconds = Number(given.seconds ?? (quick ? 10 : 30));
const LIGHT_PHONES = quick ? 60 : 200;
const SATURATING_PHONES = 200;
const LIGHT = 'one phone at a time';
const SATURATED = `${SATURATING_PHONES} phones, without a pause, ${seconds} s`;
/** Before anything is counted: whoever compiles and connects at its first text has done so. */
const WARM_UP_PHONES = 50;

const quantile = (sorted: readonly number[], share: number): number =>
  sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN;

const isService = (name: string): boolean => Object.keys(services).includes(name);

/** Of one load, by whoever carried it. */
interface Load {
  figures: { mode: string; texts: number; 'p95 ms': number } & Record<string, Cell>;
  stages?: readonly Row[];
}

const results = [...(await oursUnderLoad()), ...(rate === undefined ? await naiveUnderLoad() : [])];
await publish(
  {
    benchmark: 'end-to-end',
    config: {
      'phones one at a time': LIGHT_PHONES,
      'phones without a pause': SATURATING_PHONES,
      postgres: POSTGRES,
    },
    tables: [
      { rows: results.map(({ figures }) => figures) },
      ...results.flatMap(({ figures, stages }) =>
        stages === undefined ? [] : [{ caption: `On the way, ${figures.mode}`, rows: stages }],
      ),
    ],
    aims: results
      .filter(({ figures }) => figures.mode.startsWith(`ours: ${LIGHT}`))
      .map(({ figures }) => ({
        against: `${figures.mode}, p95`,
        aim: 'below 500 ms',
        measured: `${shown(figures['p95 ms'])} ms`,
        reached: figures['p95 ms'] < 500,
      })),
  },
  json,
);

async function oursUnderLoad(): Promise<Load[]> {
  const loads: Load[] = [];
  const system = await System.start({});
  try {
    const sample = await loadSample();
    const chat = new SystemChat(system);
    const measure = async (mode: string, write: () => Promise<Text[]>): Promise<void> => {
      const pids = await system.pids();
      const before = await usageOf(pids);
      const texts = await write();
      await untilAtRest(system, 120_000);
      const used = cpuBetween(before, await usageOf(pids));
      const replied = await chat.stagesOf(texts);
      console.log(`processor seconds: ${JSON.stringify(Object.fromEntries(used))}`);
      loads.push({ figures: figuresOf(`ours: ${mode}`, replied, used), stages: stagesOf(replied) });
    };
    if (rate === undefined) {
      const light = await chat.register(LIGHT_PHONES, sample.code);
      const many = await chat.register(SATURATING_PHONES, sample.code);
      await measure(`${LIGHT}, answers`, () => chat.oneAtATime(light, 'Ana'));
      await measure(`${LIGHT}, help`, () => chat.oneAtATime(light, 'HELP'));
      await measure(SATURATED, () => chat.closedLoop(many, seconds));
    } else {
      const phones = await chat.register(Math.min(1_900, Math.max(100, rate * 5)), sample.code);
      await measure(`${rate} texts/s for ${seconds} s`, () => chat.openLoop(phones, rate, seconds));
    }
  } finally {
    await system.end();
  }
  return loads;
}

async function naiveUnderLoad(): Promise<Load[]> {
  const loads: Load[] = [];
  const stack = await startBenchStack();
  try {
    const system = await NaiveSystem.start();
    try {
      const chat = new Chat(system.simulator);
      const measure = async (mode: string, write: () => Promise<Text[]>): Promise<void> => {
        const before = await usageOf(system.pids());
        const texts = await system.during(write());
        await system.untilAtRest();
        const used = cpuBetween(before, await usageOf(system.pids()));
        console.log(`naive, ${mode}: processor seconds ${JSON.stringify(Object.fromEntries(used))}`);
        loads.push({ figures: figuresOf(`naive: ${mode}`, await chat.answersTo(texts), used) });
      };
      const [light, many] = [chat.people(LIGHT_PHONES), chat.people(SATURATING_PHONES)];
      await system.during(chat.closedLoop(many.slice(0, WARM_UP_PHONES), 1));
      await measure(`${LIGHT}, help`, () => chat.oneAtATime(light, 'HELP'));
      await measure(SATURATED, () => chat.closedLoop(many, seconds));
    } finally {
      await system.end();
    }
  } finally {
    await stack.stop();
  }
  return loads;
}

/** Processor seconds by process. */
function cpuBetween(
  before: ReadonlyMap<string, Usage>,
  after: ReadonlyMap<string, Usage>,
): Map<string, number> {
  return new Map(
    [...after].map(([name, { cpuSeconds }]) => [
      name,
      Number((cpuSeconds - (before.get(name)?.cpuSeconds ?? 0)).toFixed(2)),
    ]),
  );
}

/** `cpu`: with a process that is a service or a store of ours; of others, with services alone. */
function figuresOf(
  mode: string,
  answered: readonly Answered[],
  cpu: ReadonlyMap<string, number>,
): Load['figures'] {
  const waits = answered.map(({ repliedAt, writtenAt }) => repliedAt - writtenAt).sort((a, b) => a - b);
  const first = Math.min(...answered.map(({ writtenAt }) => writtenAt));
  const last = Math.max(...answered.map(({ repliedAt }) => repliedAt));
  const sum = (of: (name: string) => boolean): number =>
    [...cpu].filter(([name]) => of(name)).reduce((total, [, used]) => total + used, 0);
  const inServices = sum(isService);
  const inStores = sum((name) => !isService(name));
  return {
    mode,
    texts: answered.length,
    'p50 ms': quantile(waits, 0.5),
    'p95 ms': quantile(waits, 0.95),
    'p99 ms': quantile(waits, 0.99),
    'replies/s': Number(((answered.length / (last - first)) * 1_000).toFixed(1)),
    'processor seconds of services': Number(inServices.toFixed(2)),
    'texts per processor second of services': Number((answered.length / inServices).toFixed(1)),
    ...(inStores === 0
      ? {}
      : { 'of stores, too': Number((answered.length / (inServices + inStores)).toFixed(1)) }),
  };
}

function stagesOf(replied: readonly Replied[]): readonly Row[] {
  return stageNames.map((name) => {
    const sorted = replied.map((each) => each.stages[name]).sort((a, b) => a - b);
    return {
      stage: name,
      'p50 ms': quantile(sorted, 0.5),
      'p95 ms': quantile(sorted, 0.95),
      'p99 ms': quantile(sorted, 0.99),
      'max ms': sorted.at(-1) ?? Number.NaN,
    };
  });
}
