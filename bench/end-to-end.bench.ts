import { services } from '#shared/topology.ts';
import { untilAtRest } from '../test/driver/rest.ts';
import { loadSample } from '../test/driver/sample.ts';
import { System } from '../test/driver/system.ts';
import {
  type Answered,
  Chat,
  type Replied,
  type StageName,
  SystemChat,
  stageNames,
  type Text,
} from './chat.ts';
import { type Aim, type Cell, publish, type Row, shown } from './figures.ts';
import { benchmarkArguments, median, POSTGRES, startBenchStack } from './harness.ts';
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
 * and the same with what one puts together from libraries (naive/system.ts), five times each in turn, each time a system of its own
 * that has answered everybody once before anything is counted. With --rate: N texts per second from many
 * phones, in an open loop (what is late is counted as late), each asking for help. Fails unless every text got exactly one reply.
 *
 * Processor seconds are those of the processes of all services, and beside them, of ours, those of the stores, emulators among
 * them, over the texts and until the system has come to rest.
 */
const { quick, json, ...given } = benchmarkArguments('rate', 'seconds');
const rate = given.rate === undefined ? undefined : Number(given.rate);
const seconds = Number(given.seconds ?? (quick ? 10 : 20));
const REPETITIONS = quick || rate !== undefined ? 1 : 5;
const LIGHT_PHONES = quick ? 60 : 100;
const SATURATING_PHONES = 200;
const LIGHT = 'one phone at a time';
const SATURATED = `${SATURATING_PHONES} phones, without a pause, ${seconds} s`;
/** Before anything is counted: whoever compiles and connects at its first text has done so. */
const WARM_UP_PHONES = 50;

const quantile = (sorted: readonly number[], share: number): number =>
  sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN;

const isService = (name: string): boolean => Object.keys(services).includes(name);

interface Figures {
  texts: number;
  'p50 ms': number;
  'p95 ms': number;
  'p99 ms': number;
  'replies/s': number;
  'texts per processor second of services': number;
  /** Of ours alone: with those of stores and emulators. */
  'with stores and emulators'?: number;
  /** Of ours alone: what the database's processes took, which is what sizes of it go by. */
  'us of PostgreSQL a text'?: number;
}

/** One load, as it was carried once. */
interface Load {
  mode: string;
  figures: Figures;
  stages?: Readonly<Record<StageName, number>>;
}

const rounds: Load[][] = [];
for (let round = 0; round < REPETITIONS; round += 1) {
  rounds.push([...(await oursUnderLoad()), ...(rate === undefined ? await naiveUnderLoad() : [])]);
}
const byMode = [...Map.groupBy(rounds.flat(), ({ mode }) => mode)];
const of = (loads: readonly Load[], figure: keyof Figures): number[] =>
  loads.map(({ figures }) => figures[figure] ?? Number.NaN);
await publish(
  {
    benchmark: 'end-to-end',
    config: {
      'phones one at a time': LIGHT_PHONES,
      'phones without a pause': SATURATING_PHONES,
      repetitions: REPETITIONS,
      postgres: POSTGRES,
    },
    tables: [
      {
        caption: 'Medians of all rounds (least..most)',
        rows: byMode.map(([mode, loads]) => rowOf(mode, loads)),
      },
      ...byMode.flatMap(([mode, loads]) => {
        const rows = stageRows(loads);
        return rows.length === 0 ? [] : [{ caption: `On the way, ${mode}: medians of all rounds`, rows }];
      }),
    ],
    aims: [...aimsOfWaits(), ...aimOfCost()],
  },
  json,
);

function rowOf(mode: string, loads: readonly Load[]): Row {
  const spread = (figure: keyof Figures): Cell => {
    const values = of(loads, figure);
    if (values.some(Number.isNaN)) return '';
    return `${shown(median(values))} (${shown(Math.min(...values))}..${shown(Math.max(...values))})`;
  };
  return {
    '': mode,
    texts: of(loads, 'texts').reduce((sum, texts) => sum + texts, 0),
    'p50 ms': spread('p50 ms'),
    'p95 ms': spread('p95 ms'),
    'p99 ms': spread('p99 ms'),
    'replies/s': spread('replies/s'),
    'texts per processor second of services': spread('texts per processor second of services'),
    'with stores and emulators': spread('with stores and emulators'),
    'us of PostgreSQL a text': spread('us of PostgreSQL a text'),
  };
}

function stageRows(loads: readonly Load[]): Row[] {
  const known = loads.map(({ stages }) => stages).filter((stages) => stages !== undefined);
  if (known.length === 0) return [];
  return stageNames.map((name) => ({ '': name, 'p50 ms': median(known.map((stages) => stages[name])) }));
}

function aimsOfWaits(): Aim[] {
  return byMode
    .filter(([mode]) => mode.startsWith(`ours: ${LIGHT}`))
    .map(([mode, loads]) => {
      const p95 = median(of(loads, 'p95 ms'));
      return {
        against: `${mode}, p95`,
        aim: 'below 500 ms',
        measured: `${shown(p95)} ms, at most ${shown(Math.max(...of(loads, 'p95 ms')))}`,
        reached: p95 < 500,
      };
    });
}

/** Texts per processor second of services at saturation, round by round against the other. */
function aimOfCost(): Aim[] {
  const [ours, naive] = ['ours', 'naive'].map((side) =>
    of(
      byMode.find(([mode]) => mode === `${side}: ${SATURATED}`)?.[1] ?? [],
      'texts per processor second of services',
    ),
  );
  if (!ours?.length || !naive?.length) return [];
  const ratios = ours.map((each, round) => each / (naive[round] ?? Number.NaN));
  const ratio = median(ratios);
  return [
    {
      against: 'the composition of libraries, texts a processor second',
      aim: 'no fewer',
      measured: `${ratio.toFixed(2)} times (${Math.min(...ratios).toFixed(2)}..${Math.max(...ratios).toFixed(2)})`,
      reached: ratio >= 1,
    },
  ];
}

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
      loads.push({ mode: `ours: ${mode}`, figures: figuresOf(replied, used), stages: stagesOf(replied) });
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
        loads.push({ mode: `naive: ${mode}`, figures: figuresOf(await chat.answersTo(texts), used) });
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
function figuresOf(answered: readonly Answered[], cpu: ReadonlyMap<string, number>): Figures {
  const waits = answered.map(({ repliedAt, writtenAt }) => repliedAt - writtenAt).sort((a, b) => a - b);
  const first = Math.min(...answered.map(({ writtenAt }) => writtenAt));
  const last = Math.max(...answered.map(({ repliedAt }) => repliedAt));
  const sum = (of: (name: string) => boolean): number =>
    [...cpu].filter(([name]) => of(name)).reduce((total, [, used]) => total + used, 0);
  const inServices = sum(isService);
  const inStores = sum((name) => !isService(name));
  return {
    texts: answered.length,
    'p50 ms': quantile(waits, 0.5),
    'p95 ms': quantile(waits, 0.95),
    'p99 ms': quantile(waits, 0.99),
    'replies/s': Number(((answered.length / (last - first)) * 1_000).toFixed(1)),
    'texts per processor second of services': Number((answered.length / inServices).toFixed(1)),
    ...(inStores === 0
      ? {}
      : {
          'with stores and emulators': Number((answered.length / (inServices + inStores)).toFixed(1)),
          'us of PostgreSQL a text': Math.round((1e6 * ofPostgres(cpu)) / answered.length),
        }),
  };
}

/** The process `postgres` of the local stack only watches over the server. */
function ofPostgres(cpu: ReadonlyMap<string, number>): number {
  const used = cpu.get('postgres server');
  if (used === undefined) throw new Error('nobody measured the server of PostgreSQL');
  return used;
}

/** Medians of one round. */
function stagesOf(replied: readonly Replied[]): Record<StageName, number> {
  const medianOf = (name: StageName): number => median(replied.map((each) => each.stages[name]));
  return Object.fromEntries(stageNames.map((name) => [name, medianOf(name)])) as Record<StageName, number>;
}
