import assert from 'node:assert/strict';
import type { CampaignType } from '#shared/campaigns/definition.ts';
import { createPool, type Pool } from '#shared/postgres/pool.ts';
import { ManualClock } from '#test/manual-clock.ts';
import { createDatabase, type TestDatabase } from '#test/stack/stack.ts';
import { takeTurn } from '../orchestrate.ts';
import { insertCampaign, insertContacts, MORNING, testParts } from '../test-campaigns.ts';

describe('Campaigns that fail', () => {
  let database: TestDatabase;
  let admin: Pool;
  let pool: Pool;
  before(async () => {
    database = await createDatabase();
    admin = database.adminPool;
    pool = createPool(database.configFor('campaigns'), () => undefined);
  });
  after(async () => {
    await pool.end();
    await database.drop();
  });

  it('before anything of them went are counted by their reason, and told once; those under way are not among them', async () => {
    const clock = new ManualClock(MORNING);
    const told: string[] = [];
    const work = async (sent?: readonly CampaignType[]): Promise<void> => {
      const parts = testParts(clock, sent === undefined ? {} : { sent });
      for (let turn = await takeTurn(pool, parts); turn !== null; turn = await takeTurn(pool, parts))
        if (turn.startFailure !== null) told.push(turn.startFailure);
    };
    const include = [await insertContacts(admin, 2)];
    const late = await insertCampaign(admin, MORNING, { include, endAt: MORNING });
    const unsent = await insertCampaign(admin, MORNING, { include, type: 'voice' });
    const filtered = { audience: { include, filter: { field: 'gone', is: 'x' } } };
    const audience = await insertCampaign(admin, MORNING, { definition: filtered });
    const broken = await insertCampaign(admin, MORNING, { include });
    await admin.query(`UPDATE campaign SET definition = '{}' WHERE campaign_id = $1`, [broken]);
    const underWay = await insertCampaign(admin, MORNING, { include });
    await work(['sms']);
    // One that has begun fails as well, and was no failure to start.
    await admin.query(`UPDATE campaign SET definition = '{}', due_at = $2 WHERE campaign_id = $1`, [
      underWay,
      MORNING,
    ]);
    await work(['sms']);
    const { rows } = await admin.query(
      `SELECT day::text, campaign_id AS id, measure, value FROM operating_count ORDER BY measure`,
    );
    assert.deepEqual(rows, [
      { day: '2026-03-05', id: audience, measure: 'start_failed:audience', value: 1 },
      { day: '2026-03-05', id: unsent, measure: 'start_failed:cannot_be_sent', value: 1 },
      { day: '2026-03-05', id: broken, measure: 'start_failed:fault', value: 1 },
      { day: '2026-03-05', id: late, measure: 'start_failed:too_late', value: 1 },
    ]);
    assert.deepEqual(told.sort(), ['audience', 'cannot_be_sent', 'fault', 'too_late']);
    const { rows: failed } = await admin.query(
      `SELECT count(*)::int AS failed, count(*) FILTER (WHERE started_at IS NULL)::int AS "neverBegan" FROM campaign WHERE status = 'failed'`,
    );
    assert.deepEqual(failed, [{ failed: 5, neverBegan: 4 }]);
  });
});
