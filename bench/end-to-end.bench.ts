import { writeFile } from 'node:fs/promises';
import { cpus, totalmem } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { inboundCommandId } from '#shared/identity.ts';
import { type PhoneNumber, phoneNumber } from '#shared/phone/phone-number.ts';
import { seededRandom } from '../test/driver/random.ts';
import { untilAtRest } from '../test/driver/rest.ts';
import { loadSample } from '../test/driver/sample.ts';
import { System } from '../test/driver/system.ts';
import { benchmarkArguments } from './harness.ts';

/**
 * From a person's text to the reply: how long after a phone wrote does the simulated carrier accept the answer, with
 * the whole system on this machine and the read and write limits of real shards in force.
 *
 *   node bench/end-to-end.bench.ts [--quick] [--rate N [--seconds S]] [--json FILE]
 *
 * Without --rate: one phone at a time, each a different registered person who answers a question, with random gaps.
 * With --rate: N texts per second from many phones, in an open loop (what is late is counted as late), each asking for
 * help. Fails unless every text got exactly one reply.
 */
const { quick, json } = benchmarkArguments(process.argv);
const argument = (name: string): number | undefined => {
  const at = process.argv.indexOf(name);
  return at < 0 ? undefined : Number(process.argv[at + 1]);
};
const rate = argument('--rate');
const seconds = argument('--seconds') ?? 20;
const SEED = 11;
const AREA_CODES = [
  201, 202, 203, 205, 206, 207, 208, 209, 210, 212, 213, 214, 215, 216, 217, 218, 219, 224, 225,
];

const phoneAt = (index: number): PhoneNumber => {
  const area = AREA_CODES[Math.floor(index / 100)];
  if (area === undefined) throw new Error('there are not so many numbers for tests');
  return phoneNumber(`+1${area}55501${String(index % 100).padStart(2, '0')}`);
};

interface Text {
  id: string;
  phone: PhoneNumber;
  /** ms since 1970, by the carrier. */
  writtenAt: number;
}

const stageNames = [
  'to the gateway',
  'to the dialog',
  'to a message',
  'to its claim',
  'to the carrier',
  'in all',
] as const;
/** Milliseconds of one text by stage, and in all. */
type Stages = Record<(typeof stageNames)[number], number>;
/** A text whose one reply was accepted at that instant, in ms since 1970. */
interface Replied {
  writtenAt: number;
  repliedAt: number;
  stages: Stages;
}

const quantile = (sorted: readonly number[], share: number): number =>
  sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN;

const system = await System.start({});
try {
  const sample = await loadSample();
  const phones = rate === undefined ? (quick ? 60 : 200) : Math.min(1_900, Math.max(100, rate * 5));
  await register(phones, sample.code);
  const texts = rate === undefined ? await oneAtATime(phones) : await openLoop(phones, rate);
  await untilAtRest(system, 120_000);
  await print(await stagesOf(texts));
} finally {
  await system.end();
}

async function register(count: number, code: string): Promise<void> {
  for (let from = 0; from < count; from += 50) {
    const some = Array.from({ length: Math.min(50, count - from) }, (_, index) => phoneAt(from + index));
    await Promise.all(some.map((phone) => system.simulator.text(phone, code)));
    await delay(200);
  }
  await untilAtRest(system, 120_000);
}

async function write(phone: PhoneNumber, body: string): Promise<Text> {
  const { at, id } = await system.simulator.text(phone, body);
  return { id, phone, writtenAt: Date.parse(at) };
}

/** Each phone answers the first question; the next writes a while after the reply has come. */
async function oneAtATime(count: number): Promise<Text[]> {
  const random = seededRandom(SEED);
  const texts: Text[] = [];
  for (let index = 0; index < count; index += 1) {
    const phone = phoneAt(index);
    const replied = Promise.withResolvers<void>();
    const heard = new Set((await system.simulator.conversation(phone)).map(({ id }) => id));
    await system.simulator.follow(phone, (message) => {
      if (message.direction === 'to_phone' && !heard.has(message.id)) replied.resolve();
    });
    texts.push(await write(phone, 'Ana'));
    await replied.promise;
    await delay(50 + random() * 250);
  }
  return texts;
}

async function openLoop(count: number, perSecond: number): Promise<Text[]> {
  const writing: Promise<Text>[] = [];
  const began = performance.now();
  for (let n = 0; n < perSecond * seconds; n += 1) {
    const wait = (n / perSecond) * 1_000 - (performance.now() - began);
    if (wait > 0) await delay(wait);
    writing.push(write(phoneAt(n % count), 'HELP'));
  }
  return Promise.all(writing);
}

/** Where the time went, from the instants that each stage wrote down. Throws when a text has not exactly one reply. */
async function stagesOf(texts: readonly Text[]): Promise<Replied[]> {
  const { rows } = await system.database.query<{
    command_id: string;
    received_at: string;
    executed_at: Date;
    created_at: Date;
    posted_at: Date;
    carrier_message_id: string;
  }>(
    `SELECT command_id, batch->'origin'->>'receivedAt' AS received_at,
            dialog_event_batch.occurred_at AS executed_at, created_at, posted_at, carrier_message_id
       FROM dialog_event_batch
       JOIN message ON message.batch_id = (batch->>'batchId')::uuid
       JOIN attempt USING (message_id)
      WHERE attempt.state = 'accepted'`,
  );
  const acceptedAt = new Map((await system.simulator.messages()).map(({ at, id }) => [id, Date.parse(at)]));
  return texts.map(({ id, phone, writtenAt }) => {
    const replies = rows.filter((row) => row.command_id === inboundCommandId('twilio', id));
    const [reply] = replies;
    const repliedAt = acceptedAt.get(reply?.carrier_message_id ?? '');
    if (replies.length !== 1 || !reply || repliedAt === undefined) {
      throw new Error(`the text ${id} of ${phone} has ${replies.length} replies`);
    }
    const received = Date.parse(reply.received_at);
    const stages = {
      'to the gateway': received - writtenAt,
      'to the dialog': reply.executed_at.getTime() - received,
      'to a message': reply.created_at.getTime() - reply.executed_at.getTime(),
      'to its claim': reply.posted_at.getTime() - reply.created_at.getTime(),
      'to the carrier': repliedAt - reply.posted_at.getTime(),
      'in all': repliedAt - writtenAt,
    };
    return { writtenAt, repliedAt, stages };
  });
}

async function print(replied: readonly Replied[]): Promise<void> {
  const table = stageNames.map((name) => {
    const sorted = replied.map(({ stages }) => stages[name]).sort((a, b) => a - b);
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
  const config = {
    texts: replied.length,
    'replies/s': Math.round((replied.length / (last - first)) * 10_000) / 10,
    mode: rate === undefined ? 'one phone at a time' : `${rate} texts/s for ${seconds} s`,
  };
  console.log(
    `\nend to end: from a text to the carrier's acceptance of the reply  ${JSON.stringify(config)}`,
  );
  console.table(table);
  if (json === undefined) return;
  const machine = {
    cores: cpus().length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    node: process.version,
  };
  await writeFile(
    json,
    `${JSON.stringify({ benchmark: 'end to end', config, stages: table, machine, date: new Date().toISOString() }, null, 2)}\n`,
  );
}
