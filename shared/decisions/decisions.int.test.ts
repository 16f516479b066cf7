import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { inTransaction } from '#shared/postgres/pool.ts';
import { createDatabase, type TestDatabase } from '#test/stack/stack.ts';
import { appendDecisions, type Decision, inputsHash } from './append.ts';
import { type DecisionsOf, type KeptDecision, readDecisions } from './read.ts';

const PHONE = '+14155550101';
const AT = new Date('2026-11-26T17:00:00.000Z');

const decision = (over: Partial<Decision> = {}): Decision => ({
  decisionId: randomUUID(),
  messageId: randomUUID(),
  phoneNumber: PHONE,
  campaignId: null,
  channel: 'sms',
  verdict: 'send',
  rule: 'allowed',
  rulesVersion: '2026-11',
  until: null,
  inputs: '{"zones":["America/New_York"]}',
  ...over,
});

describe('Decisions', () => {
  let database: TestDatabase;
  before(async () => {
    database = await createDatabase();
  });
  after(() => database.drop());
  beforeEach(() => database.adminPool.query('TRUNCATE decision, decision_inputs RESTART IDENTITY'));

  const append = (decisions: readonly Decision[], at = AT) =>
    inTransaction(database.adminPool, (tx) => appendDecisions(tx, decisions, at));
  const readAll = (of: DecisionsOf): Promise<KeptDecision[]> =>
    readDecisions(database.adminPool, of, { after: null, limit: 100 });

  it('are read as they were made: by number, by message, by campaign', async () => {
    const until = new Date('2026-11-27T13:00:00.000Z');
    const campaignId = randomUUID();
    const one = decision({ verdict: 'hold', rule: 'quiet_hours', until, campaignId });
    const other = decision({ phoneNumber: '+14155550102', inputs: '{"a":1}' });
    await append([one, other]);
    const { inputs, ...kept } = one;
    const expected = [{ ...kept, decidedAt: AT, position: 1, inputs: JSON.parse(inputs) }];
    assert.deepEqual(await readAll({ phoneNumber: PHONE }), expected);
    assert.deepEqual(await readAll({ messageId: one.messageId }), expected);
    assert.deepEqual(await readAll({ campaignId }), expected);
    assert.deepEqual(await readAll({ campaignId: randomUUID() }), []);
  });

  it('keep their inputs once per content, as they were hashed', async () => {
    const inputs = '{ "b": 1,  "a": [2] }';
    await append([decision({ inputs }), decision({ inputs })]);
    await append([decision({ inputs })]);
    const { rows } = await database.adminPool.query<{ hash: string; inputs: string }>(
      'SELECT hash, inputs::text AS inputs FROM decision_inputs',
    );
    assert.deepEqual(rows, [{ hash: inputsHash(inputs), inputs }]);
  });

  it('are appended once, however often they are repeated', async () => {
    const made = decision();
    await append([made]);
    await append([made]);
    assert.equal((await readAll({ phoneNumber: PHONE })).length, 1);
  });

  it('of one instant are read in the order in which they were made, whatever their ids', async () => {
    const made = Array.from({ length: 12 }, (_, n) => decision({ rule: `rule ${n}` }));
    await inTransaction(database.adminPool, async (tx) => {
      await appendDecisions(tx, made.slice(0, 7), AT);
      await appendDecisions(tx, made.slice(7), AT);
    });
    const read = await readAll({ phoneNumber: PHONE });
    assert.deepEqual(
      read.map(({ rule }) => rule),
      made.map(({ rule }) => rule),
    );
  });

  it('come in pages that neither overlap nor leave any out, those of one instant included', async () => {
    const later = new Date(AT.getTime() + 1);
    await append(Array.from({ length: 7 }, () => decision()));
    await append(
      Array.from({ length: 4 }, () => decision()),
      later,
    );
    const seen: string[] = [];
    let after: KeptDecision | null = null;
    for (;;) {
      const page: KeptDecision[] = await readDecisions(
        database.adminPool,
        { phoneNumber: PHONE },
        { after, limit: 3 },
      );
      seen.push(...page.map(({ decisionId }) => decisionId));
      after = page.at(-1) ?? null;
      if (after === null) break;
    }
    assert.equal(seen.length, 11);
    assert.equal(new Set(seen).size, 11);
  });

  it('of transactions with the same new inputs in another order do not block each other for good', async () => {
    const inputs = Array.from({ length: 40 }, (_, n) => `{"n":${n}}`);
    const of = (texts: readonly string[]) => texts.map((text) => decision({ inputs: text }));
    await Promise.all(
      Array.from({ length: 8 }, (_, n) => append(of(n % 2 === 0 ? inputs : inputs.toReversed()))),
    );
    const { rows } = await database.adminPool.query('SELECT count(*)::int AS count FROM decision_inputs');
    assert.deepEqual(rows, [{ count: 40 }]);
  });

  it('can be changed by no service', async () => {
    const { rows } = await database.adminPool.query<{ allowed: boolean }>(
      `SELECT bool_or(has_table_privilege(rolname, format('public.%I', relname), 'UPDATE, DELETE, TRUNCATE')) AS allowed
         FROM pg_roles, unnest(ARRAY['decision', 'decision_inputs']) AS relname WHERE rolname LIKE 'carillon\\_%'`,
    );
    assert.deepEqual(rows, [{ allowed: false }]);
  });
});
