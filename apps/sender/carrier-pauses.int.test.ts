import assert from 'node:assert/strict';
import { silentLogger } from '#shared/logger.ts';
import { createPool, type Pool } from '#shared/postgres/pool.ts';
import { createDatabase, type TestDatabase } from '#test/stack/stack.ts';
import { CarrierPauses } from './carrier-pauses.ts';

describe('what senders note of carriers that pause', () => {
  let database: TestDatabase;
  let pool: Pool;

  before(async () => {
    database = await createDatabase();
    pool = createPool({ ...database.configFor('sender'), max: 4 }, () => undefined);
    await database.adminPool.query(
      `INSERT INTO sender (sender_number, carrier, type, registration, segments_per_second, created_at, updated_at)
       SELECT number, 'twilio', 'long_code', 'registered', 1, now(), now()
         FROM unnest(ARRAY['+14155550100', '+14155550108']) AS ours(number)`,
    );
  });
  after(async () => {
    await pool.end();
    await database.drop();
  });
  beforeEach(async () => {
    await database.adminPool.query('UPDATE sender SET carrier_paused_until = NULL');
  });

  /** How long each number is passed over from now on, in whole ten seconds. */
  const passedOver = async (): Promise<(number | null)[]> => {
    const { rows } = await database.adminPool.query<{ tens: number | null }>(
      `SELECT round(extract(epoch FROM carrier_paused_until - clock_timestamp()) / 10)::int AS tens
         FROM sender ORDER BY sender_number`,
    );
    return rows.map(({ tens }) => tens);
  };
  const task = (): CarrierPauses => new CarrierPauses(pool, { monotonic: () => 0 }, silentLogger);
  /** `pauses`: in order; null: the carrier takes messages again. */
  const note = async (of: CarrierPauses, ...pauses: (number | null)[]): Promise<void> => {
    for (const ms of pauses) of.note('twilio', ms);
    await of.written;
  };

  it('is taken back when the carrier takes messages again', async () => {
    const one = task();
    await note(one, 50_000);
    assert.deepEqual(await passedOver(), [6, 6]);
    await note(one, null);
    assert.deepEqual(await passedOver(), [null, null]);
  });

  it('is taken back by the task that noted it, not by one that noted a shorter pause', async () => {
    const [one, other] = [task(), task()];
    await note(one, 50_000);
    await note(other, 290_000);
    await note(one, null);
    assert.deepEqual(await passedOver(), [30, 30]);
    await note(other, null);
    assert.deepEqual(await passedOver(), [null, null]);
  });

  it('is not cut short by a shorter one', async () => {
    const [one, other] = [task(), task()];
    await note(one, 290_000);
    await note(other, 50_000);
    assert.deepEqual(await passedOver(), [30, 30]);
  });

  it('ends as it was noted last, however quickly', async () => {
    const one = task();
    await note(one, 50_000, null, 50_000, null, 110_000, null);
    assert.deepEqual(await passedOver(), [null, null]);
  });
});
