import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { defaultGateConfig } from '#shared/compliance/gate-config.ts';
import { createPool, type Pool } from '#shared/postgres/pool.ts';
import { claim } from '#shared/sending/claim.ts';
import type { Settlement } from '#shared/sending/outcome.ts';
import { recordOutcomes } from '#shared/sending/record-outcomes.ts';
import { testPseudonyms } from '#test/pseudonyms.ts';
import { texts } from '../apps/sender/texts.ts';
import { createDatabase } from '../test/stack/stack.ts';
import { type Figures, publish } from './figures.ts';
import { benchmarkArguments, median, POSTGRES, startBenchStack } from './harness.ts';

/**
 * What the sender costs PostgreSQL per message: claim and record, with a carrier that answers at once or after 20 ms.
 * One phone per transaction on 12 connections against 100 phones per transaction, in the same run, interleaved.
 * Fails when a message was sent twice or not at all.
 *
 *   node bench/sender-claim.bench.ts [--quick] [--json FILE]
 */
const { quick, json } = benchmarkArguments();
const repetitions = quick ? 2 : 5;

interface Side {
  name: string;
  phonesPerClaim: number;
  loops: number;
  messages: number;
  carrierMs: number;
}

const sides: Side[] = [0, 20].flatMap((carrierMs) => [
  {
    name: `1 phone per claim, carrier ${carrierMs} ms`,
    phonesPerClaim: 1,
    loops: 12,
    messages: 1_500,
    carrierMs,
  },
  {
    name: `100 phones per claim, carrier ${carrierMs} ms`,
    phonesPerClaim: 100,
    loops: 8,
    messages: 20_000,
    carrierMs,
  },
]);

const CONNECTIONS = 12;
/** Noon in San Francisco: within everybody's hours. */
const NOON = new Date('2026-03-04T20:00:00.000Z');

const stack = await startBenchStack();
const database = await createDatabase();
const pool = createPool({ ...database.configFor('sender'), max: CONNECTIONS }, () => undefined);
const rates = new Map<string, number[]>(sides.map(({ name }) => [name, []]));
try {
  for (let round = 0; round <= repetitions; round += 1) {
    for (const side of sides) {
      const rate = await measure(side, pool, database.adminPool);
      // Round 0 warms up.
      if (round > 0) rates.get(side.name)?.push(rate);
    }
  }
} finally {
  await pool.end();
  await database.drop();
  await stack.stop();
}
await publish(figures(), json);

/** Messages per second. */
async function measure(side: Side, db: Pool, admin: Pool): Promise<number> {
  const phones = Array.from({ length: side.messages }, (_, i) => `+1415${5_550_000 + i}`);
  await seed(admin, phones);
  const begunAt = performance.now();
  let next = 0;
  const loop = async (): Promise<void> => {
    while (next < phones.length) {
      const mine = phones.slice(next, next + side.phonesPerClaim);
      next += side.phonesPerClaim;
      await sendTo(db, mine, side.carrierMs);
    }
  };
  await Promise.all(Array.from({ length: side.loops }, loop));
  const seconds = (performance.now() - begunAt) / 1_000;
  await gate(admin, side);
  return side.messages / seconds;
}

async function sendTo(db: Pool, phones: readonly string[], carrierMs: number): Promise<void> {
  const result = await claim(db, {
    phones,
    carrier: 'twilio',
    heard: ['twilio'],
    channel: 'sms',
    gate: defaultGateConfig,
    clock: { now: () => NOON },
    inboundDoubtMs: 60_000,
    pacing: null,
    pseudonyms: testPseudonyms,
    newId: randomUUID,
  });
  if (result.kind === 'in_doubt') throw new Error('the gateway is not heard');
  if (carrierMs > 0) await delay(carrierMs);
  await recordOutcomes(
    db,
    result.claimed.map((claimed) => ({ ...claimed, settlement: accepted(claimed.attemptId) })),
    { via: texts, firstLookMs: 5_000, now: NOON, pseudonyms: testPseudonyms },
  );
}

function accepted(attemptId: string): Settlement {
  return {
    attempt: { state: 'accepted', carrierMessageId: `SM${attemptId}`, errorCode: null },
    message: { state: 'sent', rule: null, heldMs: null, counts: true, deferrals: 0 },
    pauseMs: 3_000,
    suppress: false,
    refusal: null,
    halt: null,
    log: { status: 'queued', segments: 1 },
  };
}

async function seed(admin: Pool, phones: readonly string[]): Promise<void> {
  await admin.query(
    'TRUNCATE phone, message, attempt, outbox, inbound_watch, consent_standing, decision, decision_inputs',
  );
  await admin.query(
    `INSERT INTO inbound_watch (carrier, alive_at) VALUES ('twilio', now() + interval '1 hour')`,
  );
  await admin.query('INSERT INTO phone (phone_number, last_ordinal) SELECT unnest($1::text[]), 1', [phones]);
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
     SELECT gen_random_uuid(), phone, 1, 'bulk', 'transactional', '+14155550100',
            'Good morning! Today''s lesson takes two minutes. Reply A, B or C.', gen_random_uuid(), gen_random_uuid(),
            now()
       FROM unnest($1::text[]) AS phone`,
    [phones],
  );
  await admin.query('ANALYZE phone, message, attempt');
}

async function gate(admin: Pool, side: Side): Promise<void> {
  const { rows } = await admin.query<{ sent: number; accepted: number; logged: number }>(
    `SELECT (SELECT count(*)::int FROM message WHERE state = 'sent') AS sent,
            (SELECT count(DISTINCT message_id)::int FROM attempt WHERE state = 'accepted') AS accepted,
            (SELECT count(*)::int FROM outbox) AS logged`,
  );
  const [row] = rows;
  if (row?.sent !== side.messages || row.accepted !== side.messages || row.logged !== side.messages) {
    throw new Error(`${side.name}: ${JSON.stringify(row)} of ${side.messages}`);
  }
}

function figures(): Figures {
  const ratios = [0, 20].map((carrierMs) => {
    const [one, hundred] = sides
      .filter((side) => side.carrierMs === carrierMs)
      .map(({ name }) => median(rates.get(name) ?? []));
    return { carrierMs, ratio: (hundred ?? Number.NaN) / (one ?? Number.NaN) };
  });
  return {
    benchmark: 'sender-claim',
    config: { connections: CONNECTIONS, repetitions, postgres: POSTGRES },
    tables: [
      {
        rows: sides.map(({ loops, messages, name }) => {
          const each = rates.get(name) ?? [];
          return {
            '': name,
            'claims at once': loops,
            messages,
            'messages/s, median': Math.round(median(each)),
            least: Math.round(Math.min(...each)),
            most: Math.round(Math.max(...each)),
          };
        }),
      },
    ],
    aims: ratios.map(({ carrierMs, ratio }) => ({
      against: `one phone per claim, carrier ${carrierMs} ms`,
      aim: '15 times',
      measured: ratio.toFixed(1),
      reached: ratio >= 15,
    })),
  };
}
