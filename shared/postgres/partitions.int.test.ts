import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { createDatabase, type TestDatabase } from '#test/stack/stack.ts';
import { makePartitions } from './partitions.ts';

describe('Monthly partitions', () => {
  let database: TestDatabase;
  beforeEach(async () => {
    database = await createDatabase();
  });
  afterEach(() => database.drop());

  const decide = (at: Date) =>
    database.adminPool.query(
      `INSERT INTO decision (decision_id, decided_at, message_id, phone_number, channel, verdict, rule,
                             rules_version, inputs_hash)
       VALUES ($1, $2, $1, '+14155550101', 'sms', 'send', 'r', 'v', 'h')`,
      [randomUUID(), at],
    );
  const placeOf = async (at: Date): Promise<string | undefined> => {
    const { rows } = await database.adminPool.query<{ place: string }>(
      'SELECT tableoid::regclass::text AS place FROM decision WHERE decided_at = $1',
      [at],
    );
    return rows[0]?.place;
  };

  it('are there from this month to two years ahead, and not made twice', async () => {
    const now = new Date();
    await makePartitions(database.url, now);
    assert.deepEqual(await makePartitions(database.url, now), []);
    await decide(now);
    assert.equal(await placeOf(now), `decision_${now.toISOString().slice(0, 7).replace('-', '_')}`);
  });

  it('are made month by month as time goes on', async () => {
    const next = new Date(Date.UTC(2060, 10, 30, 23, 59));
    const made = await makePartitions(database.url, next);
    assert.equal(made.length, 25);
    assert.deepEqual(
      [made[0], made[2], made.at(-1)],
      ['decision_2060_11', 'decision_2061_01', 'decision_2062_11'],
    );
    const last = new Date('2060-11-30T23:59:59.999Z');
    const first = new Date('2060-12-01T00:00:00.000Z');
    await decide(last);
    await decide(first);
    assert.deepEqual([await placeOf(last), await placeOf(first)], ['decision_2060_11', 'decision_2060_12']);
  });

  it('leave a month where it is that was written before its partition existed', async () => {
    const late = new Date('2061-02-03T10:00:00.000Z');
    await decide(late);
    assert.equal(await placeOf(late), 'decision_default');
    const made = await makePartitions(database.url, new Date('2061-01-15T00:00:00.000Z'));
    assert.equal(made.length, 24);
    assert.ok(!made.includes('decision_2061_02'));
    assert.equal(await placeOf(late), 'decision_default');
  });

  it('are all made or none when two make them at the same time', async () => {
    const far = new Date('2070-01-01T00:00:00.000Z');
    const made = await Promise.all([makePartitions(database.url, far), makePartitions(database.url, far)]);
    assert.deepEqual(
      made.map(({ length }) => length).sort((a, b) => a - b),
      [0, 25],
    );
  });
});
