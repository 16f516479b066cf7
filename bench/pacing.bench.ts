import assert from 'node:assert/strict';
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { systemClock } from '#shared/clock.ts';
import { silentLogger } from '#shared/logger.ts';
import { bucketOf, type PacedRequest } from '#shared/pacing/buckets.ts';
import { SharingPacer } from '#shared/pacing/pacer.ts';
import { takeFromRedis } from '#shared/pacing/redis-buckets.ts';
import { createRedis } from '#shared/redis/client.ts';
import { OwnRedis } from '../test/own-redis.ts';
import { publish, type Row } from './figures.ts';
import { benchmarkArguments } from './harness.ts';

/**
 * Two processes that send from one number, as two sender tasks do: each holds 200 phones that come back when they are told
 * to. How fast they go together against the rate of the number, and how many calls of the script one connection makes.
 *
 *   node bench/pacing.bench.ts [--quick] [--json FILE]
 *
 * Gate: in no second more goes than the rate and one bucket; over the whole time not less than 95 of 100 of the rate.
 */
/** A task is given what it is to do, and no options. */
const { json, quick } = process.send ? { json: undefined, quick: false } : benchmarkArguments();
const RATES = [1, 12, 100, 225];
const SECONDS = quick ? 6 : 20;
const PHONES = 200;
/** Messages of a batch, as a claim asks for them. */
const BATCH = 50;
/** What is left out at the beginning: two processes start, and the bucket begins nearly empty. In ms. */
const SETTLED_MS = 4_000;

const now = (): number => performance.timeOrigin + performance.now();
const requestOf = (rate: number): PacedRequest => ({
  cost: 1,
  lane: 'bulk',
  limits: [bucketOf(`pace:{bench}:${rate}`, rate), bucketOf('pace:{bench}:account', 2_000)],
});

if (process.send) await beTask(JSON.parse(String(process.argv[2])));
else await measure();

interface Task {
  config: Parameters<typeof createRedis>[0];
  rate: number;
  until: number;
}

async function beTask({ config, rate, until }: Task): Promise<void> {
  const redis = createRedis(config, silentLogger);
  while (redis.status !== 'ready') await delay(5);
  const clock = systemClock();
  const pacer = new SharingPacer({
    shared: (requests, back) => takeFromRedis(redis, requests, back),
    clock,
    logger: silentLogger,
  });
  const beat = (): void => pacer.seen({ tasks: 2, someAlone: false }, false, clock.monotonic());
  beat();
  const beats = setInterval(beat, 1_000);
  const went: number[] = [];
  let calls = 0;
  let messages = 0;
  const next = (at: number) => {
    messages += 1;
    return { id: String(messages), at };
  };
  let due = Array.from({ length: PHONES }, () => next(0));
  while (now() < until) {
    const at = now();
    due = due.sort((a, b) => a.at - b.at);
    const first = due[0]?.at ?? 0;
    if (first > at) {
      await delay(Math.max(1, first - at));
      continue;
    }
    const asked = due.splice(0, Math.min(BATCH, due.filter((each) => each.at <= at).length));
    calls += 1;
    const waits = await pacer.take(asked.map(({ id }) => ({ ...requestOf(rate), id })));
    const then = now();
    for (const [index, wait] of waits.entries()) {
      if (wait === 0) went.push(then);
      // Whoever went makes room for the next message.
      due.push(wait === 0 ? next(then) : { id: asked[index]?.id ?? '', at: then + wait });
    }
  }
  clearInterval(beats);
  redis.disconnect();
  process.send?.({ went, calls });
}

interface Found extends Row {
  'segments/s of the number': number;
  'per second': string;
  'of the rate': string;
  'most in a second': number;
  'may be': number;
  'calls/s': number;
}

async function measure(): Promise<void> {
  const own = await OwnRedis.start();
  const found: Found[] = [];
  for (const rate of RATES) found.push(await oneRate(own, rate));
  const callsPerSecond = await callsOf(own);
  await own.remove();
  const config = { tasks: 2, phones: PHONES, 'messages a call': BATCH, seconds: SECONDS };
  const calls = { 'calls/s of one connection': Math.round(callsPerSecond) };
  await publish(
    { benchmark: 'pacing', config, tables: [{ rows: found }, { rows: [calls] }], aims: [] },
    json,
  );
}

async function oneRate(own: OwnRedis, rate: number): Promise<Found> {
  const until = now() + SECONDS * 1_000 + SETTLED_MS;
  const task: Task = { config: own.config, rate, until };
  const tasks = [0, 1].map(() => fork(import.meta.filename, [JSON.stringify(task)]));
  const said = await Promise.all(tasks.map(heard));
  const went = said.flatMap((each) => each.went).sort((a, b) => a - b);
  const settled = went.filter((at) => at >= until - SECONDS * 1_000);
  const perSecond = settled.length / SECONDS;
  const most = Math.max(
    ...went.map((from, first) => went.slice(first).filter((at) => at < from + 1_000).length),
  );
  const { capacity } = bucketOf('', rate);
  const may = Math.ceil(rate + capacity);
  assert.ok(most <= may, `${most} went in a second of a number of ${rate}/s`);
  assert.ok(perSecond >= 0.95 * rate - 1 / SECONDS, `${perSecond}/s of ${rate}/s`);
  return {
    'segments/s of the number': rate,
    'per second': perSecond.toFixed(2),
    'of the rate': `${((perSecond / rate) * 100).toFixed(1)} %`,
    'most in a second': most,
    'may be': may,
    'calls/s': Math.round(said.reduce((sum, each) => sum + each.calls, 0) / SECONDS),
  };
}

async function heard(task: ChildProcess): Promise<{ went: number[]; calls: number }> {
  const [message] = await once(task, 'message');
  return message;
}

/** Calls of the script, one after the other. */
async function callsOf(own: OwnRedis): Promise<number> {
  const redis = createRedis(own.config, silentLogger);
  while (redis.status !== 'ready') await delay(5);
  const batch = Array.from({ length: BATCH }, () => requestOf(100));
  const count = quick ? 500 : 5_000;
  for (let n = 0; n < 100; n += 1) await takeFromRedis(redis, batch, []);
  const begunAt = performance.now();
  for (let n = 0; n < count; n += 1) await takeFromRedis(redis, batch, []);
  const seconds = (performance.now() - begunAt) / 1_000;
  redis.disconnect();
  return count / seconds;
}
