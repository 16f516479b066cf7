import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { NO_CAMPAIGN } from '#shared/operating/measures.ts';
import { createDatabase, type TestDatabase } from '#test/stack/stack.ts';
import { startTestApi, type TestApi } from '../test-api.ts';

describe('GET /v1/operating-figures', () => {
  let database: TestDatabase;
  let api: TestApi;
  let campaignId: string;
  before(async () => {
    database = await createDatabase();
    api = await startTestApi(database);
    const { body } = await api.send('POST', '/v1/campaigns', {
      body: {
        name: 'Flu shots',
        type: 'sms',
        intent: 'transactional',
        definition: { audience: {}, timeZone: 'America/New_York' },
      },
    });
    campaignId = body.id;
    // The clock of the test stands at noon of 26 November 2026.
    await database.adminPool.query(
      `INSERT INTO operating_count (day, campaign_id, measure, value)
       SELECT day::date, id::uuid, measure, value
         FROM (VALUES ('2026-11-26', $1, 'sent', 900), ('2026-11-26', $1, 'within', 880), ('2026-11-26', $1, 'outside_law', 20),
                      ('2026-11-25', $1, 'allowed', 95), ('2026-11-25', $1, 'suppressed', 5), ('2026-11-25', $1, 'left_out', 7),
                      ('2026-11-25', $1, 'heard_of_campaign', 30),
                      ('2026-11-26', $2, 'sent', 100), ('2026-11-26', $2, 'within', 100), ('2026-11-26', $2, 'heard_of_contact', 6),
                      ('2026-11-26', $2, 'heard_of_nobody', 4), ('2026-11-25', $2, 'opted_out', 10), ('2026-11-26', $2, 'unjudged', 3),
                      ('2026-11-26', $3, 'start_failed:too_late', 1), ('2026-11-25', $3, 'start_failed:audience', 1),
                      ('2026-11-24', $2, 'sent', 5000), ('2026-11-24', $2, 'outside_window', 5000)) AS made(day, id, measure, value)`,
      [campaignId, NO_CAMPAIGN, randomUUID()],
    );
    await database.adminPool.query(
      `INSERT INTO campaign_opt_out (campaign_id, contact_id, variant, log_id, opted_out_at)
       VALUES ($1, gen_random_uuid(), 0, gen_random_uuid(), '2026-11-26T08:00:00Z'),
              ($1, gen_random_uuid(), 0, gen_random_uuid(), '2026-11-24T23:59:59Z')`,
      [campaignId],
    );
    await database.adminPool.query(
      `INSERT INTO campaign (campaign_id, name, type, intent, definition, status, paused_from, waits_for, created_by, created_at, updated_at)
       SELECT gen_random_uuid(), 'x', type, 'transactional', '{}', status, CASE status WHEN 'paused' THEN 'active' END, waits, 'x', now(), now()
         FROM (VALUES ('sms', 'active', NULL), ('drill', 'loading', NULL), ('sms', 'paused', NULL), ('sms', 'paused', 'approval'),
                      ('sms', 'scheduled', NULL), ('hybrid', 'active', NULL), ('voice', 'completed', NULL)) AS made(type, status, waits)`,
    );
  });
  after(async () => {
    await api.stop();
    await database.drop();
  });

  it('adds up days, takes shares of them, and says what there is room for', async () => {
    const { body, status } = await api.send('GET', '/v1/operating-figures?days=2', {
      key: await api.key('viewer'),
    });
    assert.equal(status, 200);
    assert.deepEqual(
      body.days.map(({ day, sent, startFailures }: Record<string, unknown>) => [day, sent, startFailures]),
      [
        ['2026-11-26', 1_000, 1],
        ['2026-11-25', 0, 1],
      ],
    );
    assert.deepEqual(body.total, {
      sent: 1_000,
      refused: 0,
      withinHours: 980,
      outsideLaw: 20,
      outsideWindow: 0,
      notJudged: 3,
      allowed: 95,
      suppressed: 5,
      blocked: 0,
      textsOfCampaigns: 30,
      textsOfContacts: 6,
      textsOfNobody: 4,
      leftOut: 7,
      optedOut: 10,
      startFailures: 2,
    });
    assert.deepEqual(body.rates, {
      windowCompliance: 0.98,
      suppressionHits: 0.05,
      replyAssociation: 0.75,
      optOuts: 0.01,
    });
    assert.deepEqual(body.startFailures, [
      { reason: 'too_late', campaigns: 1 },
      { reason: 'audience', campaigns: 1 },
    ]);
    assert.deepEqual(body.pools, [
      { pool: 'sms', slots: 10, taken: 3, active: 2, waiting: 1 },
      { pool: 'voice', slots: 5, taken: 1, active: 1, waiting: 0 },
    ]);
    assert.ok(Number.isFinite(Date.parse(body.countedTo)));
  });

  it('says the same of one campaign, with those who opted out in answer to it', async () => {
    const { body } = await api.send('GET', `/v1/operating-figures?days=2&campaignId=${campaignId}`);
    assert.equal(body.total.sent, 900);
    assert.equal(body.total.optedOut, 1);
    assert.equal(body.rates.windowCompliance, 880 / 900);
    assert.equal(body.rates.replyAssociation, 1);
  });

  it('says nothing of shares of nothing, of campaigns that there are not, or of more than a quarter', async () => {
    const { body } = await api.send('GET', `/v1/operating-figures?days=1&campaignId=${campaignId}`);
    assert.equal(body.rates.suppressionHits, null);
    assert.equal((await api.send('GET', `/v1/operating-figures?campaignId=${randomUUID()}`)).status, 404);
    for (const days of [0, 93, 'x']) {
      assert.equal((await api.send('GET', `/v1/operating-figures?days=${days}`)).status, 400);
    }
  });
});
