import assert from 'node:assert/strict';
import { tellCampaign } from '#shared/campaigns/tell.ts';
import { linkMaker } from '#shared/links/token.ts';
import { inTransaction, type Pool } from '#shared/postgres/pool.ts';
import { ManualClock } from '#test/manual-clock.ts';
import { testPseudonyms } from '#test/pseudonyms.ts';
import { emptyTables } from '#test/stack/empty-tables.ts';
import { createDatabase, type TestDatabase } from '#test/stack/stack.ts';
import { takeTurn } from './orchestrate.ts';
import { insertCampaign, insertContacts, MORNING, testParts } from './test-campaigns.ts';

const BASE = 'https://go.example.org';
const BODY = 'Hi {{first_name}}: https://example.org/flu?n={{name}} or https://example.org/all. {{name}}';

describe('Links in the texts of a campaign', () => {
  let database: TestDatabase;
  let pool: Pool;
  let clock: ManualClock;
  before(async () => {
    database = await createDatabase();
    pool = database.adminPool;
  });
  after(() => database.drop());
  beforeEach(async () => {
    clock = new ManualClock(MORNING);
    await emptyTables(
      pool,
      `campaign, campaign_contact, campaign_count, contact, contact_list, list_member, phone, message, outbox,
       consent_standing, suppression, decision, decision_inputs, short_link`,
    );
  });

  const dispatch = async (parts: ReturnType<typeof testParts>): Promise<void> => {
    while ((await takeTurn(pool, parts)) !== null);
    await clock.advance(10_000);
    while ((await takeTurn(pool, parts)) !== null);
  };
  const start = async (contacts: number): Promise<string> =>
    insertCampaign(pool, clock.now(), {
      include: [await insertContacts(pool, contacts)],
      definition: { variants: [{ name: 'A', bodies: { en: BODY } }] },
    });
  const shortened = () => testParts(clock, { links: linkMaker(BASE, testPseudonyms) });

  it('are short ones of each recipient, written with the message, that lead where its author said', async () => {
    const campaignId = await start(20);
    await dispatch(shortened());
    const { rows } = await pool.query<{ body: string; name: string; urls: Record<string, string> }>(
      `SELECT message.body, contact.name, (SELECT json_object_agg(token, url) FROM short_link
                                            WHERE short_link.message_id = message.message_id
                                              AND short_link.campaign_id = $1
                                              AND short_link.contact_id = contact.contact_id
                                              AND short_link.phone_number = message.phone_number) AS urls
         FROM message JOIN contact USING (phone_number)`,
      [campaignId],
    );
    assert.equal(rows.length, 20);
    const tokens = new Set<string>();
    for (const { body, name, urls } of rows) {
      const [, first = '', second = ''] =
        /^Hi Ana: https:\/\/go\.example\.org\/l\/(\w{12}) or https:\/\/go\.example\.org\/l\/(\w{12})\. Ana \d+$/.exec(
          body,
        ) ?? [];
      assert.deepEqual(urls, {
        [first]: `https://example.org/flu?n=${encodeURIComponent(name)}`,
        [second]: 'https://example.org/all',
      });
      tokens.add(first).add(second);
    }
    assert.equal(tokens.size, 40);
  });

  it('stay the same when a text is taken back and written again, and belong to the newer message', async () => {
    const campaignId = await start(5);
    await dispatch(shortened());
    const links = async (): Promise<unknown[]> =>
      (await pool.query('SELECT token, url FROM short_link ORDER BY token')).rows;
    const before = await links();
    const tell = (command: 'pause' | 'resume') =>
      inTransaction(pool, (tx) => tellCampaign(tx, campaignId, command, { now: clock.now() }));
    await tell('pause');
    await tell('resume');
    await dispatch(shortened());
    assert.deepEqual(await links(), before);
    const { rows } = await pool.query<{ n: number }>(
      `SELECT count(*)::int AS n FROM short_link JOIN campaign_contact USING (campaign_id, contact_id, message_id)`,
    );
    assert.deepEqual(rows, [{ n: 10 }]);
  });

  it('count for the variant that people got in the end, when a winner is decided before they are written to again', async () => {
    const campaignId = await insertCampaign(pool, clock.now(), {
      include: [await insertContacts(pool, 6)],
      definition: {
        variants: [
          { name: 'A', bodies: { en: BODY } },
          { name: 'B', bodies: { en: BODY } },
        ],
        experiment: { metric: 'delivered', sample: 10, automatic: true },
      },
    });
    await dispatch(shortened());
    const tell = (command: 'pause' | 'resume') =>
      inTransaction(pool, (tx) => tellCampaign(tx, campaignId, command, { now: clock.now() }));
    await tell('pause');
    await pool.query('UPDATE campaign SET decided_at = $2, winner = 1 WHERE campaign_id = $1', [
      campaignId,
      clock.now(),
    ]);
    await tell('resume');
    await dispatch(shortened());
    const { rows } = await pool.query<{ link: number; message: number; n: number }>(
      `SELECT short_link.variant AS link, message.variant AS message, count(*)::int AS n
         FROM campaign_contact JOIN short_link USING (campaign_id, contact_id)
         JOIN message ON message.message_id = campaign_contact.message_id
        GROUP BY 1, 2`,
    );
    assert.deepEqual(rows, [{ link: 1, message: 1, n: 12 }]);
  });

  it('stay as they were written where there is no base', async () => {
    await start(1);
    await dispatch(testParts(clock));
    const { rows } = await pool.query('SELECT body FROM message');
    assert.deepEqual(rows, [
      { body: 'Hi Ana: https://example.org/flu?n=Ana 0 or https://example.org/all. Ana 0' },
    ]);
    assert.equal((await pool.query('SELECT FROM short_link')).rowCount, 0);
  });
});
