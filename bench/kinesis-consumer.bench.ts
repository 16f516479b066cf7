import assert from 'node:assert/strict';
import { GetRecordsCommand, GetShardIteratorCommand, ListShardsCommand } from '@aws-sdk/client-kinesis';
import { kinesisClient } from '../test/stack/stack.ts';
import { type Aim, publish, type Row, shown } from './figures.ts';
import {
  aimsOf,
  benchmarkArguments,
  type Ceiling,
  type Contender,
  compare,
  median,
  POSTGRES,
  startBenchStack,
  tableOf,
} from './harness.ts';
import type { Side } from './kinesis/sides.ts';
import { TooLong, Trial, type Verdict } from './kinesis/trial.ts';

/**
 * Our consumer of streams against lifion-kinesis, worker processes of both writing the same rows to PostgreSQL:
 *
 * - drain: records a second of what lies on four shards, one worker, from its start on;
 * - fail-over: of two workers one is killed; seconds until all shards move again;
 * - rolling restart: each of two workers is replaced, the new one started before the old one is asked to end; records that
 *   were processed again;
 * - resharding: every shard is split while records come; records out of order.
 *
 *   node bench/kinesis-consumer.bench.ts [--quick] [--json FILE]
 *
 * Both read a shard five times a second, as it lets them; ours also keeps to its 2 MiB a second, lifion-kinesis does not. It is
 * used as its manual has it for at least once (kinesis/worker.ts). Its state is in dynalite, a DynamoDB in memory.
 * Gate, of ours: nothing lost, nothing processed twice, in order per key. Of lifion-kinesis that is counted.
 * With --quick only ours is killed and restarted: lifion-kinesis notices after 40 s at the earliest.
 */
const { quick, json } = benchmarkArguments();
const SHARDS = 4;
/** The emulator takes two to three thousand a second: they are put once, and all drain the same. */
const RECORDS = quick ? 10_000 : 60_000;
const REPETITIONS = quick ? 2 : 5;
/** Of ours; of lifion-kinesis once, a minute each. */
const FAIL_OVERS = quick ? 1 : 5;

const SIDES: readonly Side[] = ['ours', 'lifion-kinesis'];
const stack = await startBenchStack();

type Place = Parameters<typeof Trial.create>[1];

async function onTrial<R>(side: Side, place: Place, work: (trial: Trial) => Promise<R>): Promise<R> {
  const trial = await Trial.create(side, place);
  try {
    return await work(trial);
  } finally {
    await trial.close();
  }
}

function gate(side: Side, verdict: Verdict): Verdict {
  if (side === 'ours')
    assert.deepEqual({ ...verdict, records: 0 }, { records: 0, lost: 0, reprocessed: 0, outOfOrder: 0 });
  return verdict;
}

/** Microseconds of a processor that a record took in the worker, by side, for each run. */
const processorUs: Record<Side, number[]> = { ours: [], 'lifion-kinesis': [] };

const drain = (side: Side, place: Place): Contender => ({
  name: side,
  run: () =>
    onTrial(side, place, async (trial) => {
      const drained = await trial.drain();
      processorUs[side].push(drained.processorUs);
      gate(side, await trial.settle());
      return drained.rate;
    }),
});

/** Of all rounds but the first, which warms up. */
const processorOf = (side: Side): Row => ({
  'us of a processor a record, of the worker': Math.round(median(processorUs[side].slice(1))),
});

/** All shards read at the same time, as fast as they can be: no pace, nothing done with what is read. */
async function measureCeiling(StreamName: string): Promise<Ceiling> {
  const kinesis = kinesisClient();
  const { Shards = [] } = await kinesis.send(new ListShardsCommand({ StreamName }));
  const begunAt = performance.now();
  const counts = await Promise.all(
    Shards.map(async ({ ShardId }) => {
      const from = { StreamName, ShardId, ShardIteratorType: 'TRIM_HORIZON' } as const;
      let { ShardIterator } = await kinesis.send(new GetShardIteratorCommand(from));
      for (let count = 0; ; ) {
        const read = await kinesis.send(new GetRecordsCommand({ ShardIterator, Limit: 5_000 }));
        const records = read.Records?.length ?? 0;
        if (records === 0) return count;
        count += records;
        ShardIterator = read.NextShardIterator;
      }
    }),
  );
  const seconds = (performance.now() - begunAt) / 1_000;
  kinesis.destroy();
  return {
    what: 'the emulator by itself, records read of all shards',
    perSecond: counts.reduce((sum, count) => sum + count, 0) / seconds,
  };
}

/**
 * Until work goes on as it does in the end: ours when it is shared out among these workers. lifion-kinesis gives no shard away
 * before its lease ends after five minutes: when all shards move, whoever has them.
 */
const untilSettled = (side: Side, trial: Trial, workers: readonly string[]): Promise<unknown> =>
  side === 'ours' ? trial.shared(...workers) : trial.untilAllKeysMove();

/** Infinity: not for as long as a trial waits, which is a result where it is not ours. */
const unlessTooLong = (side: Side, seconds: Promise<number>): Promise<number> =>
  seconds.catch((error: unknown) => {
    if (side !== 'ours' && error instanceof TooLong) return Number.POSITIVE_INFINITY;
    throw error;
  });

/** The one that is killed is the first, which holds its share, or all there is. */
const failOver = (side: Side) =>
  onTrial(side, { shards: SHARDS }, async (trial) => {
    trial.trickle();
    const first = await trial.workers.start();
    const second = await trial.workers.start();
    await untilSettled(side, trial, [first, second]);
    await trial.workers.end(first, 'SIGKILL');
    const seconds = await unlessTooLong(side, trial.untilAllKeysMove());
    return { seconds, verdict: gate(side, await trial.settle()) };
  });

const rollingRestart = (side: Side) =>
  onTrial(side, { shards: SHARDS }, async (trial) => {
    trial.trickle();
    const olds = [await trial.workers.start(), await trial.workers.start()];
    await untilSettled(side, trial, olds);
    const replaceBoth = async (): Promise<number> => {
      const begunAt = performance.now();
      let now = olds;
      for (const old of olds) {
        const fresh = await trial.workers.start();
        await trial.workers.end(old, 'SIGTERM');
        now = [...now.filter((worker) => worker !== old), fresh];
        await untilSettled(side, trial, now);
      }
      return (performance.now() - begunAt) / 1_000;
    };
    const seconds = await unlessTooLong(side, replaceBoth());
    return { seconds, verdict: gate(side, await trial.settle()) };
  });

const resharding = (side: Side) =>
  onTrial(side, { shards: 2 }, async (trial) => {
    trial.trickle();
    const worker = await trial.workers.start();
    await untilSettled(side, trial, [worker]);
    await trial.splitAll();
    const seconds = await unlessTooLong(side, trial.untilAllKeysMove());
    return { seconds, verdict: gate(side, await trial.settle()) };
  });

interface Happened extends Row {
  what: string;
  side: Side;
  times: number;
  'seconds until all shards move, median': number;
  most: number;
  records: number;
  lost: number;
  'processed again': number;
  'out of order': number;
}

const KILLED = 'one of two workers killed';
const REPLACED = 'both workers replaced, one after the other';

/** Of ours: below 15 s after a kill, and nothing processed again when workers are replaced. */
const aimsOfHappenings = (happenings: readonly Happened[]): Aim[] =>
  happenings
    .filter(({ side }) => side === 'ours')
    .flatMap((happened): Aim[] => {
      const again = happened['processed again'];
      if (happened.what === KILLED)
        return [
          {
            against: KILLED,
            aim: 'below 15 s',
            measured: `at most ${happened.most} s`,
            reached: happened.most < 15,
          },
        ];
      if (happened.what === REPLACED)
        return [
          { against: REPLACED, aim: '0 processed again', measured: shown(again), reached: again === 0 },
        ];
      return [];
    });

type Happening = (side: Side) => Promise<{ seconds: number; verdict: Verdict }>;

async function watch(
  what: string,
  happening: Happening,
  sides: readonly Side[],
  times: number,
): Promise<Happened[]> {
  const rows: Happened[] = [];
  for (const side of sides) {
    const ends: Awaited<ReturnType<Happening>>[] = [];
    for (let n = 0; n < (side === 'ours' ? times : 1); n += 1) ends.push(await happening(side));
    const seconds = ends.map((end) => end.seconds);
    const sum = (key: keyof Verdict): number => ends.reduce((total, { verdict }) => total + verdict[key], 0);
    rows.push({
      what,
      side,
      times: ends.length,
      'seconds until all shards move, median': Number(median(seconds).toFixed(1)),
      most: Number(Math.max(...seconds).toFixed(1)),
      records: sum('records'),
      lost: sum('lost'),
      'processed again': sum('reprocessed'),
      'out of order': sum('outOfOrder'),
    });
  }
  return rows;
}

try {
  const filled = await Trial.create('ours', { shards: SHARDS });
  await filled.put(RECORDS);
  const place = { streamName: filled.streamName, records: RECORDS };
  const drained = await compare({
    unit: 'records',
    ours: drain('ours', place),
    others: [{ ...drain('lifion-kinesis', place), atLeast: 1 }],
    repetitions: REPETITIONS,
    ceiling: await measureCeiling(filled.streamName),
  });
  await filled.close();
  const patient = quick ? SIDES.slice(0, 1) : SIDES;
  const happenings = [
    ...(await watch(KILLED, failOver, patient, FAIL_OVERS)),
    ...(await watch(REPLACED, rollingRestart, patient, FAIL_OVERS)),
    ...(await watch('every shard split', resharding, SIDES, FAIL_OVERS)),
  ];
  await publish(
    {
      benchmark: 'kinesis-consumer',
      config: { shards: SHARDS, records: RECORDS, repetitions: REPETITIONS, postgres: POSTGRES },
      tables: [
        tableOf(drained, {
          caption: `${shown(RECORDS)} records drained by one worker, from its start on`,
          more: Object.fromEntries(SIDES.map((side) => [side, processorOf(side)])),
        }),
        { caption: 'What happens', rows: happenings },
      ],
      aims: [...aimsOf(drained), ...aimsOfHappenings(happenings)],
    },
    json,
  );
} finally {
  await stack.stop();
}
