import assert from 'node:assert/strict';
import type pg from 'pg';
import { KnownAnswers } from './known-answers.ts';

const TABLES = new Map([
  ['message', { cascades: [], isTimed: true }],
  ['outbox', { cascades: [], isTimed: false }],
  ['phone', { cascades: [], isTimed: false }],
  ['list', { cascades: ['member'], isTimed: false }],
  ['member', { cascades: [], isTimed: false }],
]);
const answer = (rowCount: number): pg.QueryResult => ({
  command: 'SELECT',
  rowCount,
  oid: 0,
  fields: [],
  rows: Array.from({ length: rowCount }, (_, n) => ({ n, inside: { n } })),
});

describe('Answers that PostgreSQL would give again', () => {
  const LOOK = { text: 'SELECT n FROM message WHERE phone = $1', values: ['a'] };
  let known: KnownAnswers;
  beforeEach(() => {
    known = new KnownAnswers(TABLES, false);
    known.keep('sender', LOOK, answer(2));
  });
  const isKnown = (statement: pg.QueryConfig = LOOK): boolean => known.recall('sender', statement) !== null;

  it('are known to whoever asked, for the same values', () => {
    assert.deepEqual(known.recall('sender', LOOK)?.rows, answer(2).rows);
    assert.equal(known.recall('log', LOOK), null);
    assert.equal(isKnown({ ...LOOK, values: ['b'] }), false);
  });

  it('are nobody else’s to change', () => {
    const [row] = known.recall('sender', LOOK)?.rows ?? [];
    row.inside.n = 7;
    assert.deepEqual(known.recall('sender', LOOK)?.rows, answer(2).rows);
  });

  it('are unknown once something was written to a table that is named, and are not kept before that is settled', () => {
    const who = {};
    assert.equal(known.ended(who, 'sender', 'UPDATE phone SET n = 1', answer(1), false), true);
    assert.equal(isKnown(), false, 'a column is called like a table');
    known.keep('sender', LOOK, answer(2));
    assert.equal(isKnown(), false);
    known.settled(who);
    known.keep('sender', LOOK, answer(2));
    assert.equal(isKnown(), true);
  });

  it('stay known when a statement found nothing to write, or wrote elsewhere', () => {
    assert.equal(known.ended({}, 'sender', 'UPDATE message SET n = 1', answer(0), true), false);
    known.ended({}, 'sender', 'INSERT INTO list VALUES (1)', answer(1), true);
    assert.equal(isKnown(), true);
  });

  it('are unknown to the sender once staff has written to its part of the outbox', () => {
    const looks = { text: 'SELECT n FROM outbox WHERE producer = $1', values: ['sender'] };
    known.keep('sender', looks, answer(0));
    known.ended({}, 'api', 'INSERT INTO outbox VALUES (1)', answer(1), true);
    assert.equal(isKnown(looks), false);
  });

  it('stay known where another service wrote to its part of the outbox, and not where this one did', () => {
    const looks = { text: 'SELECT n FROM outbox WHERE producer = $1', values: ['sender'] };
    known.keep('sender', looks, answer(1));
    known.ended({}, 'log', 'INSERT INTO outbox VALUES (1)', answer(1), true);
    assert.equal(isKnown(looks), true);
    known.ended({}, 'sender', 'INSERT INTO outbox VALUES (1)', answer(1), true);
    assert.equal(isKnown(looks), false);
    assert.deepEqual(known.reset(), ['outbox']);
  });

  it('are unknown when rows went with those of another table', () => {
    const members = { text: 'SELECT n FROM member', values: [] };
    known.keep('sender', members, answer(1));
    known.ended({}, 'sender', 'DELETE FROM list', answer(1), true);
    assert.equal(isKnown(members), false);
    assert.deepEqual(known.reset(), ['list', 'member']);
  });

  for (const text of [
    'SELECT n FROM message WHERE due_at < clock_timestamp()',
    'SELECT n FROM message WHERE due_at < now()',
    'SELECT gen_random_uuid() FROM message',
    "SELECT nextval('ids')",
    'SELECT n FROM message FOR UPDATE SKIP LOCKED',
    'WITH gone AS (DELETE FROM message RETURNING n) SELECT n FROM gone',
    'SELECT n FROM pg_stat_activity',
  ])
    it(`are never those to ${text}`, () => {
      known.keep('sender', { text }, answer(1));
      assert.equal(isKnown({ text }), false);
    });

  it('are those to a statement that locks nothing but what all may share', () => {
    const text = 'SELECT pg_advisory_xact_lock_shared(hashtext($1))';
    known.keep('sender', { text }, answer(1));
    assert.equal(isKnown({ text }), true);
    assert.throws(() => known.recall('sender', { text: 'SELECT pg_advisory_xact_lock(1)' }), /does not know/);
  });

  it('depend on the time by a function, or by the default of a column', () => {
    const time = (text: string) => known.timeOf(text);
    assert.deepEqual(time('SELECT n FROM message'), { now: false, began: false });
    assert.deepEqual(time('UPDATE phone SET n = clock_timestamp()'), { now: true, began: false });
    assert.deepEqual(time('UPDATE phone SET n = now()'), { now: true, began: true });
    assert.deepEqual(time('INSERT INTO message VALUES (1)'), { now: true, began: true });
    assert.deepEqual(time('INSERT INTO phone VALUES (1)'), { now: false, began: false });
  });

  it('leave nothing to be undone or waited for, where they only looked or found nothing', () => {
    const done = (text: string, rows: number): boolean =>
      known.ended({}, 'sender', text, answer(rows), false);
    assert.equal(done('SELECT n FROM message', 3), false);
    assert.equal(done('SELECT n FROM message LIMIT 1 FOR NO KEY UPDATE SKIP LOCKED', 0), false);
    assert.equal(done('SELECT n FROM message LIMIT 1 FOR NO KEY UPDATE SKIP LOCKED', 1), true);
    assert.equal(done('SELECT n FROM message FOR UPDATE', 0), true);
    assert.equal(
      done('SELECT n FROM (SELECT n FROM message FOR UPDATE SKIP LOCKED) AS m WHERE n > 1', 0),
      true,
    );
    assert.equal(done('UPDATE message SET n = 1 WHERE n IN (SELECT n FROM message FOR UPDATE)', 0), true);
    assert.equal(
      done('INSERT INTO phone VALUES (1) ON CONFLICT (n) DO UPDATE SET n = excluded.n WHERE false', 0),
      true,
    );
    assert.equal(done('WITH one AS (INSERT INTO message VALUES (1)) SELECT n FROM phone', 0), true);
  });
});
