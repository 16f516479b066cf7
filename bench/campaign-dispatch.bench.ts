import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { idsInOrder } from '#shared/ids-in-order.ts';
import { createPool, inTransaction, type Transaction } from '#shared/postgres/pool.ts';
import { ManualClock } from '#test/manual-clock.ts';
import { takeTurn } from '../apps/campaigns/orchestrate.ts';
import { insertCampaign, testParts, wrongCounts } from '../apps/campaigns/test-campaigns.ts';
import { createDatabase } from '../test/stack/stack.ts';
import { type Aim, publish, type Row, shown } from './figures.ts';
import { benchmarkArguments, POSTGRES, startBenchStack } from './harness.ts';

/**
 * What a campaign costs for each person of its audience, from loading it to taking over what became of the messages: people
 * in four time zones, of whom 3 in 100 are suppressed. The sender is not part of it: what is queued is marked as sent, and
 * what is in the outbox as published, outside of the time that counts; so is vacuuming, every 200,000 contacts. The baseline asks for each person by itself, on the same database, right
 * after each size: is the number suppressed, is there consent, has it been reached, then writes the message, the contact and
 * the counts in a transaction, and when the message has gone takes that over in another, as a status of one message does.
 * Gate: everybody who is not suppressed has one message, everybody else has none; what is counted is what the rows say. It
 * holds for both.
 *
 *   node bench/campaign-dispatch.bench.ts [--quick] [--json FILE]
 */
const { quick, json } = benchmarkArguments();
const SIZES = quick ? [10_000, 50_000] : [10_000, 100_000, 200_000, 1_000_000];
const BASELINE = 2_000;
/** Sizes of which the ratio is to be reached. */
const COUNTED_FROM = 200_000;
/** Contacts between two times that the database is vacuumed, which is off in a test's. */
const VACUUMED_EACH = 200_000;
const BATCH = 1_000;
/** Of New York, Chicago, Denver and Los Angeles. */
const AREAS = [212, 312, 303, 213];
const SUPPRESSED_EACH = 33;
/** Daytime in all of them. */
const NOON = new Date('2026-03-05T18:00:00Z');

const stack = await startBenchStack();
const database = await createDatabase();
const pool = database.adminPool;
/** As the service has it. */
const turnPool = createPool({ ...database.configFor('campaigns'), max: 1, pipeline: true }, () => undefined);

/** What is not measured may take as long as it takes. */
const patientPool = new pg.Pool({ connectionString: database.url, max: 1 });
const unhurried = <T>(work: (tx: Transaction) => Promise<T>): Promise<T> => inTransaction(patientPool, work);

/** A list of that many people, as an import leaves them: ids in the order of their numbers. Every thirty-third has texted STOP. */
const seed = (people: number): Promise<string> => unhurried((tx) => seedIn(tx, people));

async function seedIn(tx: Transaction, people: number): Promise<string> {
  await tx.query(
    `TRUNCATE contact, list_member, contact_list, consent_standing, suppression, phone, message, attempt, decision,
              decision_inputs, campaign, campaign_contact, campaign_count, outbox CASCADE`,
  );
  const listId = randomUUID();
  await tx.query(
    `INSERT INTO contact_list (list_id, name, created_at, updated_at) VALUES ($1, 'bench', now(), now())`,
    [listId],
  );
  const { first, prefix } = idsInOrder();
  await tx.query(
    `INSERT INTO contact (contact_id, phone_number, name, language, created_at, updated_at)
     SELECT ($3 || lpad(to_hex($4::bigint + row_number() OVER (ORDER BY phone_number)), 12, '0'))::uuid, phone_number,
            'Ana ' || n, 'en', now(), now()
       FROM generate_series(0, $1::int - 1) AS n
      CROSS JOIN LATERAL (SELECT '+1' || ($2::int[])[1 + n % 4] || (2000000 + n / 4)::text AS phone_number) AS number
      ORDER BY phone_number`,
    [people, AREAS, prefix, first],
  );
  await tx.query('INSERT INTO list_member SELECT $1, contact_id, now() FROM contact ORDER BY contact_id', [
    listId,
  ]);
  await tx.query(
    `INSERT INTO consent_standing (phone_number, scope, status, consents, change_id, requested_at)
     SELECT phone_number, 'sender', 'opted_in',
            '[{"changeId":"018f0000-0000-7000-8000-000000000001","granted":["informational"],"givenAt":"2026-01-05T12:00:00.000Z"}]',
            gen_random_uuid(), '2026-01-05T12:00:00Z' FROM contact ORDER BY phone_number`,
  );
  await tx.query(
    `INSERT INTO suppression (phone_number, scope, change_id, source, reason, added_at)
     SELECT phone_number, 'sender', gen_random_uuid(), 'user_opt_out', 'opted out', '2026-02-01' FROM contact
      WHERE right(phone_number, 7)::int % $1 = 0`,
    [SUPPRESSED_EACH],
  );
  await tx.query('ANALYZE contact, list_member, consent_standing, suppression');
  return listId;
}

/** As the sender and the relay do it. */
async function send(): Promise<void> {
  await pool.query(
    `UPDATE message SET state = 'sent', attempts = 1, settled_at = clock_timestamp()
      WHERE state = 'queued' AND message_id IN (SELECT message_id FROM campaign_contact WHERE state = 'queued')`,
  );
  await pool.query('DELETE FROM outbox');
}

/** As autovacuum does it. */
const vacuum = (): Promise<unknown> => patientPool.query('VACUUM campaign_contact, message, phone, outbox');

async function campaignOf(people: number) {
  const clock = new ManualClock(NOON);
  const include = [await seed(people)];
  const definition = { messagesPerSecond: 10_000 };
  await insertCampaign(pool, NOON, { include, definition });
  const parts = testParts(clock, { batchSize: BATCH, failed: (_, error) => assert.fail(String(error)) });
  const spent = { load: 0, dispatch: 0 };
  let peak = 0;
  let planned = 0;
  let status: string | null = null;
  while (status !== 'completed') {
    clock.advance(1_000);
    const isLoading = status === null || status === 'loading';
    const begunAt = performance.now();
    const turn = await takeTurn(turnPool, parts);
    spent[isLoading ? 'load' : 'dispatch'] += performance.now() - begunAt;
    peak = Math.max(peak, process.memoryUsage.rss());
    assert.ok(turn, 'nothing is due');
    status = turn.became ?? status;
    if (isLoading) continue;
    await send();
    planned += turn.dispatched?.due ?? 0;
    if (planned >= VACUUMED_EACH) {
      planned = 0;
      await vacuum();
    }
  }
  await unhurried((tx) => checkRows(tx, people));
  return { ...spent, peak };
}

async function checkRows(tx: Transaction, people: number): Promise<void> {
  const { rows } = await tx.query(
    `SELECT each.state, count(*)::int AS people, count(message.message_id)::int AS messages
       FROM campaign_contact AS each LEFT JOIN message USING (message_id) GROUP BY 1 ORDER BY 1`,
  );
  const { rows: stopped } = await tx.query<{ people: number }>(
    'SELECT count(*)::int AS people FROM suppression',
  );
  const blocked = stopped[0]?.people ?? 0;
  assert.deepEqual(rows, [
    { state: 'blocked', people: blocked, messages: 0 },
    { state: 'sent', people: people - blocked, messages: people - blocked },
  ]);
  const { rows: written } = await tx.query('SELECT count(*)::int AS messages FROM message');
  assert.deepEqual(written, [{ messages: people - blocked }]);
  assert.deepEqual(await wrongCounts(tx), []);
}

/**
 * Microseconds for each of some people, asked for and written one by one, on a connection with prepared statements. Phones
 * are locked as everybody does who writes for them, and counts are kept as campaigns show them.
 */
async function oneByOne(): Promise<number> {
  const { rows } = await pool.query<{ contact_id: string; phone_number: string; name: string }>(
    'SELECT contact_id, phone_number, name FROM contact ORDER BY contact_id LIMIT $1',
    [BASELINE],
  );
  const campaignId = randomUUID();
  const sent: { contactId: string; messageId: string }[] = [];
  let spent = 0;
  const timed = async (work: () => Promise<unknown>): Promise<void> => {
    const begunAt = performance.now();
    await work();
    spent += performance.now() - begunAt;
  };
  await timed(async () => {
    for (const contact of rows) {
      const messageId = randomUUID();
      const goes = await inTransaction(pool, (tx) => writeOne(tx, campaignId, contact, messageId));
      if (goes) sent.push({ contactId: contact.contact_id, messageId });
    }
  });
  await pool.query(
    `UPDATE message SET state = 'sent', attempts = 1, settled_at = clock_timestamp() WHERE message_id = ANY ($1)`,
    [sent.map(({ messageId }) => messageId)],
  );
  await timed(async () => {
    for (const one of sent) await inTransaction(pool, (tx) => settleOne(tx, campaignId, one));
  });
  await checkOneByOne(campaignId, rows.length, sent.length);
  return (spent * 1_000) / BASELINE;
}

/** Whether the person may be written to; the message and its turn when they may. */
async function writeOne(
  tx: Transaction,
  campaignId: string,
  {
    contact_id: contactId,
    name,
    phone_number: phone,
  }: { contact_id: string; phone_number: string; name: string },
  messageId: string,
): Promise<boolean> {
  const ask = (name: string, text: string, values: unknown[]) => tx.query({ name, text, values });
  await ask(
    'phone',
    `INSERT INTO phone (phone_number) VALUES ($1)
     ON CONFLICT (phone_number) DO UPDATE SET phone_number = excluded.phone_number WHERE false`,
    [phone],
  );
  const suppressed = await ask('suppressed', 'SELECT FROM suppression WHERE phone_number = $1', [phone]);
  const consent = await ask(
    'consent',
    `SELECT consents FROM consent_standing WHERE phone_number = $1 AND scope = 'sender' AND status = 'opted_in'`,
    [phone],
  );
  const touches = await ask(
    'touches',
    `SELECT FROM attempt WHERE phone_number = $1 AND touched_at > now() - interval '1 day'`,
    [phone],
  );
  const goes = suppressed.rowCount === 0 && consent.rowCount === 1 && (touches.rowCount ?? 0) < 3;
  await ask(
    'contact',
    `INSERT INTO campaign_contact (campaign_id, contact_id, phone_number, state, message_id) VALUES ($1, $2, $3, $4, $5)`,
    [campaignId, contactId, phone, goes ? 'queued' : 'blocked', goes ? messageId : null],
  );
  await count(tx, campaignId, goes ? 'queued' : 'blocked', 1);
  if (!goes) return false;
  await ask(
    'message',
    `INSERT INTO message (message_id, phone_number, ordinal, lane, intent, sender_number, body, batch_id, cause_id,
                          created_at)
     SELECT $1, $2, coalesce(max(ordinal), 0) + 1, 'bulk', 'transactional', '+14155550100', $3, $1, $4, now()
       FROM message WHERE phone_number = $2`,
    [messageId, phone, `Hi ${name}, the clinic is open.`, contactId],
  );
  await ask(
    'turn',
    `INSERT INTO outbox (producer, partition, kind, target, ordering_key, body)
     VALUES ('campaigns', '00', 'queue', 'sms-bulk.fifo', $1, '{}')`,
    [phone],
  );
  return true;
}

/** A message has gone: so has its contact. */
async function settleOne(
  tx: Transaction,
  campaignId: string,
  { contactId, messageId }: { contactId: string; messageId: string },
): Promise<void> {
  const { rows } = await tx.query<{ state: string }>({
    name: 'state',
    text: 'SELECT state FROM message WHERE message_id = $1',
    values: [messageId],
  });
  // By its key alone: with the state in it PostgreSQL looks for the one among all that are queued, at most sizes.
  const { rowCount } = await tx.query({
    name: 'settle',
    text: `UPDATE campaign_contact SET state = $3, attempts = 1, settled_at = clock_timestamp()
            WHERE campaign_id = $1 AND contact_id = $2`,
    values: [campaignId, contactId, rows[0]?.state],
  });
  assert.equal(rowCount, 1);
  await count(tx, campaignId, 'queued', -1);
  await count(tx, campaignId, 'sent', 1);
}

const count = (tx: Transaction, campaignId: string, measure: string, change: number) =>
  tx.query({
    name: 'count',
    text: `INSERT INTO campaign_count AS known (campaign_id, variant, measure, value) VALUES ($1, 0, $2, $3)
           ON CONFLICT (campaign_id, variant, measure) DO UPDATE SET value = known.value + excluded.value`,
    values: [campaignId, measure, change],
  });

async function checkOneByOne(campaignId: string, people: number, sent: number): Promise<void> {
  const { rows } = await pool.query(
    `SELECT measure, value::int AS value,
            (SELECT count(*)::int FROM campaign_contact AS each WHERE each.campaign_id = $1 AND each.state = measure) AS rows
       FROM campaign_count WHERE campaign_id = $1 AND value <> 0 ORDER BY measure`,
    [campaignId],
  );
  assert.deepEqual(rows, [
    { measure: 'blocked', value: people - sent, rows: people - sent },
    { measure: 'sent', value: sent, rows: sent },
  ]);
}

interface Measured extends Row {
  people: number;
  'load, us each': number;
  'dispatch, us each': number;
  'people/s': number;
  'one by one, us each': number;
  'ours is x times': number;
  'peak RSS, MiB': number;
}

/** As much for each of the most people as of the fewest, which have their start to pay for; a fifth is the machine's. */
function flatAim(measured: readonly Measured[]): Aim {
  const costs = measured.map((size) => size['load, us each'] + size['dispatch, us each']);
  const [first = Number.NaN, last = Number.NaN] = [costs[0], costs.at(-1)];
  return {
    against: `the fewest people, for each of the most`,
    aim: 'no more (1.2 times)',
    measured: `${shown(last)} us after ${shown(first)}`,
    reached: last <= 1.2 * first,
  };
}

try {
  await campaignOf(2_000);
  const measured: Measured[] = [];
  for (const people of SIZES) {
    const { dispatch, load, peak } = await campaignOf(people);
    const ours = ((load + dispatch) * 1_000) / people;
    const theirs = await oneByOne();
    measured.push({
      people,
      'load, us each': Number(((load * 1_000) / people).toFixed(1)),
      'dispatch, us each': Number(((dispatch * 1_000) / people).toFixed(1)),
      'people/s': Math.round(1_000_000 / ours),
      'one by one, us each': Number(theirs.toFixed(1)),
      'ours is x times': Number((theirs / ours).toFixed(1)),
      'peak RSS, MiB': Math.round(peak / 2 ** 20),
    });
  }
  await publish(
    {
      benchmark: 'campaign-dispatch',
      config: { 'people a batch': BATCH, 'people of the baseline': BASELINE, postgres: POSTGRES },
      tables: [{ rows: measured }],
      aims: [
        ...measured
          .filter(({ people }) => people >= COUNTED_FROM)
          .map(
            (size): Aim => ({
              against: `one by one, ${shown(size.people)} people`,
              aim: '8 times',
              measured: shown(size['ours is x times']),
              reached: size['ours is x times'] >= 8,
            }),
          ),
        flatAim(measured),
      ],
    },
    json,
  );
} finally {
  await turnPool.end();
  await patientPool.end();
  await database.drop();
  await stack.stop();
}
