import assert from 'node:assert/strict';
import { systemClock } from '#shared/clock.ts';
import type { DialogCommand } from '#shared/contracts/dialog-commands.ts';
import type { DialogEventBatch } from '#shared/contracts/dialog-events.ts';
import { executeBatch } from '#shared/dialog/execute-batch.ts';
import { fileDrills, sampleContentDirectory } from '#shared/drills/drills.ts';
import { validateCode } from '#shared/drills/programme.ts';
import type { StreamRecord } from '#shared/kinesis/definition.ts';
import { processBatch } from '#shared/kinesis/process-batch.ts';
import { registerShards, renewLeases, takeLeases } from '#shared/leases/store.ts';
import { phoneNumber } from '#shared/phone/phone-number.ts';
import { createPool } from '#shared/postgres/pool.ts';
import { testPseudonyms } from '#test/pseudonyms.ts';
import { createDatabase } from '#test/stack/stack.ts';
import { progressConsumer } from '../apps/progress/follow-events.ts';
import { publish } from './figures.ts';
import {
  aimsOf,
  benchmarkArguments,
  type Contender,
  compare,
  POSTGRES,
  startBenchStack,
  tableOf,
} from './harness.ts';

/**
 * The consumer of dialog events that keeps people's progress, against one transaction per batch of events.
 *
 *   node bench/progress.bench.ts [--quick] [--json FILE]
 *
 * Work: people of the sample programme register, are given the first drill and answer it to its end, all at the same time. All
 * contenders run the same consumer, fenced by leases and with their checkpoints; only how many batches share a transaction
 * differs, and on how many shards.
 * Gate: everybody has completed the drill, and was given exactly one.
 */
const { quick, json } = benchmarkArguments();
const PEOPLE = quick ? 400 : 1_500;
const REPETITIONS = quick ? 3 : 5;
const BATCH = 500;

const clock = systemClock();
const ourNumber = phoneNumber('+14155550199');
const drills = await fileDrills(sampleContentDirectory, ourNumber);
const content = await drills.current();
const programme = content.programmeOwning(ourNumber) ?? assert.fail('the sample programme owns its number');
const drill = (await content.drill(programme.drills[0] ?? '')) ?? assert.fail('it has a first drill');
const code = programme.codes[0]?.code ?? assert.fail('it has a code');

const phoneOf = (index: number) => phoneNumber(`+1415${String(5_550_000 + index).padStart(7, '0')}`);
const uuid = (kind: number, n: number): string =>
  `${String(kind).padStart(8, '0')}-0000-4000-8000-${String(n).padStart(12, '0')}`;
const AT = '2026-03-02T15:00:00.000Z';
const SAID = [code, null, 'Ana', '20 seconds', 'both', 'on the bus'] as const;

/** What a person texts, or the start of the drill. */
const commandOf = (index: number, n: number): DialogCommand => {
  const phone = phoneOf(index);
  const envelope = { commandId: uuid(n, index), phoneNumber: phone, occurredAt: AT };
  const body = SAID[n] ?? null;
  if (body === null) {
    const origin = { kind: 'reply', senderNumber: ourNumber, receivedAt: AT } as const;
    return {
      ...envelope,
      type: 'START_DRILL',
      payload: { drillSlug: drill.slug, drillInstanceId: uuid(9, index), origin },
    };
  }
  const text = {
    from: phone,
    to: ourNumber,
    body,
    media: [],
    carrier: 'twilio',
    carrierMessageId: `SM${n}-${index}`,
  } as const;
  return { ...envelope, type: 'INBOUND_SMS', payload: { ...text, media: [], receivedAt: AT, consent: null } };
};

const batches: readonly DialogEventBatch[] = executeBatch({
  ...{ states: new Map(), versions: new Map(), processed: new Set<string>(), now: new Date(AT) },
  commands: SAID.flatMap((_, n) => Array.from({ length: PEOPLE }, (_person, index) => commandOf(index, n))),
  factsOf: (command) => ({
    drill: command.type === 'START_DRILL' ? drill : null,
    programme,
    codeVerdict:
      command.type === 'INBOUND_SMS' ? validateCode(command.payload.body, programme, new Date(AT)) : null,
    suppressed: false,
    overtaken: false,
    isCampaignActive: true,
    defaultLanguage: 'en',
  }),
}).batches;
const records = batches.map(
  (batch, n): StreamRecord => ({
    sequenceNumber: String(n),
    partitionKey: batch.phoneNumber,
    body: JSON.stringify(batch),
    arrivedAt: clock.now(),
  }),
);

const stack = await startBenchStack();
const database = await createDatabase();
const { password, port } = stack.facts.postgres;
const pool = createPool(
  {
    host: '127.0.0.1',
    port,
    database: database.name,
    user: 'postgres',
    password,
    max: 8,
    applicationName: 'bench',
  },
  () => undefined,
);
const definition = progressConsumer(drills, testPseudonyms);

async function prepare(): Promise<void> {
  await pool.query(
    'TRUNCATE drill_progress, participant, drill_instance, drill_report, drill_wrong_answer, event_position, outbox, lease, lease_worker',
  );
}

async function check(): Promise<void> {
  const { rows } = await pool.query(
    `SELECT (SELECT count(*)::int FROM drill_progress WHERE completed_at IS NOT NULL) AS completed,
            (SELECT count(*)::int FROM outbox WHERE body::jsonb ->> 'type' = 'START_DRILL') AS started`,
  );
  assert.deepEqual(rows, [{ completed: PEOPLE, started: PEOPLE }]);
}

/** `shards` of which each is followed on a connection of its own, `size` batches in a transaction. */
const contender = (name: string, shards: number, size: number): Contender => ({
  name,
  run: async () => {
    await prepare();
    const scope = { consumer: 'progress', source: 'dialog-events' };
    const names = Array.from({ length: shards }, (_, index) => `s${index}`);
    await registerShards(
      pool,
      scope,
      names.map((shard) => ({ shard, parents: [] })),
    );
    await renewLeases(pool, scope, 'bench');
    const leases = await takeLeases(pool, scope, 'bench', 600_000);
    assert.equal(leases.length, shards);
    const began = performance.now();
    await Promise.all(
      leases.map(async (lease, lane) => {
        const its = records.filter(({ partitionKey }) => Number(partitionKey.slice(-4)) % shards === lane);
        for (let i = 0; i < its.length; i += size) {
          const batch = its.slice(i, i + size);
          await processBatch({ pool, definition, scope, worker: 'bench', lease }, batch, [], () => undefined);
        }
      }),
    );
    const seconds = (performance.now() - began) / 1_000;
    await check();
    return records.length / seconds;
  },
});

try {
  const result = await compare({
    unit: 'batches',
    ours: contender(`set-wise, ${BATCH} a transaction, 1 connection`, 1, BATCH),
    others: [
      { ...contender('one transaction per batch of events, 1 connection', 1, 1), atLeast: null },
      { ...contender('one transaction per batch of events, 8 connections', 8, 1), atLeast: null },
    ],
    repetitions: REPETITIONS,
  });
  await publish(
    {
      benchmark: 'progress',
      config: { people: PEOPLE, batches: records.length, postgres: POSTGRES },
      tables: [tableOf(result)],
      aims: aimsOf(result),
    },
    json,
  );
} finally {
  await pool.end();
  await database.drop();
  await stack.stop();
}
