import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { OutboundListing } from '#shared/carriers/carrier.ts';
import { systemClock } from '#shared/clock.ts';
import { defaultGateConfig } from '#shared/compliance/gate-config.ts';
import { turnDeduplicationId } from '#shared/contracts/turn.ts';
import { silentLogger } from '#shared/logger.ts';
import { noMetrics } from '#shared/metrics.ts';
import { createPublisher } from '#shared/outbox/publisher.ts';
import { createSlotRelay } from '#shared/outbox/slot-relay.ts';
import { unpaced } from '#shared/pacing/pacer.ts';
import { phoneNumber } from '#shared/phone/phone-number.ts';
import { createPool } from '#shared/postgres/pool.ts';
import { fifoQueue } from '#shared/sqs/fifo-queue.ts';
import { createQueueSender } from '#shared/sqs/queue-sender.ts';
import { testPseudonyms } from '#test/pseudonyms.ts';
import { startSender } from '../apps/sender/sender.ts';
import { lostAnswer, TestCarrier, throttled } from '../apps/sender/test-carrier.ts';
import { seededRandom } from '../test/driver/random.ts';
import { createDatabase } from '../test/stack/stack.ts';
import { publish } from './figures.ts';
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
import { type QueuedText, SENT_TEXT, startSqsConsumerSender } from './sender/sqs-consumer-sender.ts';
import { SqsInMemory } from './sender/sqs-in-memory.ts';

/**
 * Texts from a FIFO queue to a carrier that behaves as carriers do: an answer takes 100 ms by half of the requests and up to a
 * few hundred (log-normal, sigma 0.5); 5 % are told 429; of 1 % the carrier has the text and its answer never comes.
 *
 *   node bench/fifo-sender.bench.ts [--quick] [--consumers 64,128] [--repetitions 5] [--json FILE]
 *
 * Ours is the sender of production, rules, attempts, message log and all. Against it: the best correct sender that one writes
 * with sqs-consumer (sender/sqs-consumer-sender.ts), with 8, 32, 64 and 128 consumers, or those that are said. Both speak with the same queue in memory
 * through the AWS SDK, whose calls take 8 ms and are counted: what is compared is throughput at no more calls a text. Texts
 * come three to a phone. The rate is that of the first 95 % of all texts, because the last wait for the carrier's list.
 * Beside it: calls and processor time a text, of this process, in which carrier and queue work as well for either.
 * Gate: the carrier has every text once, those of a phone in order; nothing is left in the queue or unsent in a table.
 */
const { quick, json, consumers, repetitions } = benchmarkArguments('consumers', 'repetitions');
const config = { phones: quick ? 1_500 : 5_000, textsEach: 3, connections: 12, postgres: POSTGRES };
const TEXTS = config.phones * config.textsEach;
/** Fewer for who is slow: the same rate. */
const phonesFor = (consumers: number): number => Math.min(quick ? 700 : 4_000, 64 * consumers);
const REPETITIONS = quick ? 2 : Number(repetitions ?? 5);
const SENDER = '+14155550100';
/** How long after a lost answer the carrier is asked: of both. The product's default is 5 s. */
const LOOK_MS = 500;
const NOON = Date.parse('2026-03-04T20:00:00.000Z');

const random = seededRandom(3);
const ahead = NOON - Date.now();
const clock = systemClock({ offsetMs: () => ahead, onJump: () => () => undefined });
const phoneOf = (n: number): string => `+1415${5_550_000 + n}`;

/** Log-normal around 100 ms (Box and Muller). */
const latencyMs = (): number =>
  100 * Math.exp(0.5 * Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random()));

/** Lists what it has to a phone without looking through all that it has: the longer run would pay for it. */
class CarrierWithLists extends TestCarrier {
  readonly #listed = new Map<string, OutboundListing[]>();
  #known = 0;

  override async listOutbound({
    since,
    to,
  }: {
    to: string;
    since: Date;
  }): Promise<readonly OutboundListing[]> {
    for (const message of this.messages.slice(this.#known)) {
      this.#listed.set(message.to, [...(this.#listed.get(message.to) ?? []), message]);
    }
    this.#known = this.messages.length;
    return (this.#listed.get(to) ?? []).filter(({ createdAt }) => createdAt >= since);
  }
}

function newCarrier(): TestCarrier {
  const carrier = new CarrierWithLists();
  carrier.behave = async () => {
    const luck = random();
    if (luck < 0.05) {
      await delay(20);
      return throttled;
    }
    await delay(latencyMs());
    return luck < 0.06 ? lostAnswer : undefined;
  };
  return carrier;
}

const stack = await startBenchStack();
const database = await createDatabase();
const admin = database.adminPool;
const pool = createPool({ ...database.configFor('sender'), max: config.connections }, () => undefined);
const theirPool = createPool({ ...database.configFor('sender'), max: config.connections }, () => undefined);
/** Of every repetition, by contender: what a text costs in calls of SQS, by name, and of the processor, in ms. */
const costs = new Map<string, { calls: Map<string, number>; cpuMs: number }[]>();

interface Text extends QueuedText {
  ordinal: number;
}

const textsOf = (phones: number): Text[] =>
  Array.from({ length: config.textsEach }, (_, round) =>
    Array.from({ length: phones }, (_, n) => ({
      messageId: randomUUID(),
      phone: phoneOf(n),
      sender: SENDER,
      ordinal: round + 1,
      body: `${round + 1}: Good morning! Today's lesson takes two minutes. Reply A, B or C.`,
    })),
  ).flat();

/** Resolves when the carrier has so many texts; rejects with the first error of a contender. */
async function reaches(carrier: TestCarrier, amount: number, errors: readonly unknown[]): Promise<void> {
  while (carrier.messages.length < amount) {
    if (errors.length > 0) throw errors[0];
    await delay(5);
  }
}

/** Rate of the first 95 %, after all has ended and was right. */
async function measure(
  name: string,
  texts: readonly Text[],
  queue: SqsInMemory,
  carrier: TestCarrier,
  errors: readonly unknown[],
  unsent: string,
): Promise<number> {
  const begunAt = performance.now();
  const cpuBefore = process.cpuUsage();
  await reaches(carrier, Math.ceil(texts.length * 0.95), errors);
  const seconds = (performance.now() - begunAt) / 1_000;
  const rate = carrier.messages.length / seconds;
  await reaches(carrier, texts.length, errors);
  for (;;) {
    const { rows } = await admin.query<{ unsent: number }>(unsent);
    if (rows[0]?.unsent === 0 && queue.left === 0) break;
    if (errors.length > 0) throw errors[0];
    await delay(20);
  }
  const byPhone = Map.groupBy(carrier.messages, ({ to }) => to);
  assert.equal(carrier.messages.length, texts.length, 'texts were sent twice, or lost');
  for (const sent of byPhone.values()) {
    assert.deepEqual(
      sent.map(({ body }) => Number.parseInt(body, 10)),
      Array.from({ length: config.textsEach }, (_, round) => round + 1),
    );
  }
  const { system, user } = process.cpuUsage(cpuBefore);
  const calls = new Map([...queue.calls].map(([call, count]) => [call, count / texts.length]));
  costs.set(name, [...(costs.get(name) ?? []), { calls, cpuMs: (system + user) / 1_000 / texts.length }]);
  return rate;
}

async function seed(texts: readonly Text[]): Promise<void> {
  const phones = [...new Set(texts.map(({ phone }) => phone))];
  await admin.query(
    'TRUNCATE phone, message, attempt, outbox, lease, lease_worker, inbound_watch, consent_standing, decision, decision_inputs, sender_day',
  );
  await admin.query(
    `INSERT INTO inbound_watch (carrier, alive_at) VALUES ('twilio', clock_timestamp() + interval '1 day')`,
  );
  await admin.query('INSERT INTO phone (phone_number, last_ordinal) SELECT unnest($1::text[]), $2', [
    phones,
    config.textsEach,
  ]);
  await admin.query(
    `INSERT INTO consent_standing (phone_number, scope, status, consents, change_id, requested_at)
     SELECT unnest($1::text[]), 'sender', 'opted_in',
            '[{"changeId": "", "granted": ["informational"], "givenAt": "2026-01-01T00:00:00.000Z"}]',
            gen_random_uuid(), '2026-01-01'`,
    [phones],
  );
  await admin.query(
    `INSERT INTO message (message_id, phone_number, ordinal, lane, intent, sender_number, body, batch_id, cause_id,
                          created_at)
     SELECT message_id, phone, ordinal, 'bulk', 'transactional', $5, body, gen_random_uuid(), gen_random_uuid(), now()
       FROM unnest($1::uuid[], $2::text[], $3::int[], $4::text[]) AS text(message_id, phone, ordinal, body)`,
    [
      texts.map(({ messageId }) => messageId),
      texts.map(({ phone }) => phone),
      texts.map(({ ordinal }) => ordinal),
      texts.map(({ body }) => body),
      SENDER,
    ],
  );
  await admin.query('ANALYZE phone, message, attempt, consent_standing');
}

const ours = (name: string, maxRequests: number): Contender => ({
  name,
  run: async () => {
    const texts = textsOf(config.phones);
    await seed(texts);
    const queue = new SqsInMemory();
    queue.fill(
      texts.map(({ messageId, phone }) => {
        const turn = { phoneNumber: phoneNumber(phone), messageId, generation: 0 };
        return { group: phone, deduplicationId: turnDeduplicationId(turn), body: JSON.stringify(turn) };
      }),
    );
    const carrier = newCarrier();
    const errors: unknown[] = [];
    const onFailure = (error: unknown): void => void errors.push(error);
    const common = { clock, logger: silentLogger, metrics: noMetrics, onFailure };
    const urls = new Map([['sms-bulk.fifo', queue.url] as const]);
    const queues = createQueueSender({ sqs: queue.client, urls, clock, logger: silentLogger });
    const relay = createSlotRelay({
      ...common,
      pool,
      producer: 'sender',
      instance: randomUUID(),
      // What the message log gets is another benchmark's; turns go back to the queue.
      publisher: createPublisher({
        queues,
        producer: { put: async () => undefined, close: async () => undefined },
      }),
    });
    while (relay.slots().length < 64) await delay(5);
    const sender = startSender({
      ...common,
      pool,
      carriers: [carrier],
      queues: [
        {
          lane: 'bulk',
          name: 'sms-bulk.fifo',
          queue: fifoQueue(queue.client, queue.url),
          visibilitySeconds: 30,
        },
      ],
      wakeRelay: () => relay.wake(),
      gate: defaultGateConfig,
      pseudonyms: testPseudonyms,
      pacer: unpaced,
      firstLookMs: LOOK_MS,
      dueIdleMs: LOOK_MS,
      config: {
        PUBLIC_URL: 'https://sms.example.org',
        MESSAGE_PAUSE_MS: 0,
        MEDIA_PAUSE_MS: 0,
        INBOUND_DOUBT_MS: 60_000,
        RECONCILE_INTERVAL_MS: 60_000,
        STALE_TURN_MS: 900_000,
        HALT_HOLD_MS: 300_000,
        MAX_REQUESTS: maxRequests,
        CLAIM_PHONES: 200,
        TURNS_IN_HAND: 4_000,
        ACCOUNT_SEGMENTS_PER_SECOND: 2_000,
        VONAGE_SEGMENTS_PER_SECOND: 2_000,
        AWS_SMS_SEGMENTS_PER_SECOND: 2_000,
      },
    });
    try {
      const unsent = `SELECT count(*)::int AS unsent FROM message WHERE state <> 'sent'`;
      return await measure(name, texts, queue, carrier, errors, unsent);
    } finally {
      await sender.stop(5_000);
      await relay.stop();
      await queues.close();
      queue.close();
    }
  },
});

const theirs = (consumers: number): Contender & { atLeast: number } => {
  const name = `sqs-consumer, ${consumers} consumers`;
  return {
    name,
    atLeast: 5,
    run: async () => {
      const texts = textsOf(phonesFor(consumers));
      await admin.query('TRUNCATE sent_text');
      const queue = new SqsInMemory();
      queue.fill(
        texts.map((text) => ({
          group: text.phone,
          deduplicationId: text.messageId,
          body: JSON.stringify(text),
        })),
      );
      const carrier = newCarrier();
      const errors: unknown[] = [];
      const sender = startSqsConsumerSender({
        sqs: queue.client,
        queueUrl: queue.url,
        pool: theirPool,
        carrier,
        consumers,
        lookMs: LOOK_MS,
        statusCallbackUrl: null,
        onError: (error) => errors.push(error),
      });
      try {
        const unsent = `SELECT ${texts.length} - count(*)::int AS unsent FROM sent_text WHERE state = 'ended'`;
        return await measure(name, texts, queue, carrier, errors, unsent);
      } finally {
        await sender.stop();
        queue.close();
      }
    },
  };
};

/** How many consumers the other side has, each time; left out: from where it is slow to where it is fastest. */
const consumersOf = (given: string | undefined): number[] =>
  given?.split(',').map(Number) ?? (quick ? [8, 32] : [8, 32, 64, 128]);

/** Received and deleted by 32 loops that do nothing else. */
async function measureCeiling(): Promise<Ceiling> {
  const queue = new SqsInMemory();
  queue.fill(
    textsOf(2_000).map(({ body, messageId, phone }) => ({ group: phone, deduplicationId: messageId, body })),
  );
  const fifo = fifoQueue(queue.client, queue.url);
  const { signal } = new AbortController();
  const amount = queue.left;
  const begunAt = performance.now();
  const loop = async (): Promise<void> => {
    while (queue.left > 0) {
      const got = await fifo.receive({ max: 10, waitSeconds: 0, visibilitySeconds: 30, signal });
      if (got.length > 0) await fifo.delete(got.map(({ receipt }) => receipt));
    }
  };
  await Promise.all(Array.from({ length: 32 }, loop));
  const seconds = (performance.now() - begunAt) / 1_000;
  queue.close();
  return {
    what: 'the queue in memory by itself, received and deleted by 32 loops',
    perSecond: amount / seconds,
  };
}

try {
  await admin.query(SENT_TEXT);
  await admin.query('GRANT ALL ON sent_text TO PUBLIC');
  const settings = {
    ...config,
    texts: TEXTS,
    'ms of the carrier, median': 100,
    'share throttled': 0.05,
    'share of answers lost': 0.01,
    'ms of a call to SQS': 8,
    repetitions: REPETITIONS,
  };
  const result = await compare({
    unit: 'texts',
    ours: ours('ours, up to 1,000 requests at once', 1_000),
    others: [
      ...consumersOf(consumers).map(theirs),
      { ...ours('ours, up to 200 requests at once (the default)', 200), atLeast: null },
    ],
    repetitions: REPETITIONS,
    ceiling: await measureCeiling(),
  });
  const more = Object.fromEntries(
    [...costs].map(([contender, runs]) => {
      const all = runs.map(({ calls }) => [...calls.values()].reduce((sum, each) => sum + each, 0));
      return [
        contender,
        {
          'SQS calls a text': median(all).toFixed(2),
          'ms of the processor a text': median(runs.map(({ cpuMs }) => cpuMs)).toFixed(2),
        },
      ];
    }),
  );
  await publish(
    {
      benchmark: 'fifo-sender',
      config: settings,
      tables: [tableOf(result, { more })],
      aims: aimsOf(result),
    },
    json,
  );
} finally {
  await pool.end();
  await theirPool.end();
  await database.drop();
  await stack.stop();
}
