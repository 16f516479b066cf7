import assert from 'node:assert/strict';
import { createDatabase, type TestDatabase } from '#test/stack/stack.ts';
import { startTestApi, type TestApi } from '../../test-api.ts';

describe('Who followed the links of a campaign', () => {
  let database: TestDatabase;
  let api: TestApi;
  before(async () => {
    database = await createDatabase();
    api = await startTestApi(database);
  });
  after(async () => {
    await api.stop();
    await database.drop();
  });

  it('is counted by variant, and every count opens its contacts, page by page', async () => {
    const made = await api.send('POST', '/v1/campaigns', {
      body: {
        ...{ name: 'Flu shots', type: 'sms', intent: 'transactional' },
        definition: { audience: {}, timeZone: 'America/New_York' },
      },
    });
    const { id } = made.body;
    await database.adminPool.query(
      `WITH link AS (
         INSERT INTO short_link (token, url, campaign_id, contact_id, variant, message_id, phone_number, created_at)
         SELECT 'token000000' || n, 'https://example.org/' || n, $1, gen_random_uuid(), n % 2, gen_random_uuid(),
                '+1415555010' || n, now() FROM generate_series(1, 5) AS n
         RETURNING token, campaign_id, contact_id, variant),
       clicked AS (
         INSERT INTO campaign_click (campaign_id, contact_id, variant, token, clicked_at)
         SELECT campaign_id, contact_id, variant, token, '2026-11-26T15:00:00Z' FROM link RETURNING variant)
       INSERT INTO campaign_count (campaign_id, variant, measure, value)
       SELECT $1, variant, 'clicked', count(*) FROM clicked GROUP BY variant`,
      [id],
    );
    const get = async (query: string) => {
      const { body, status } = await api.send('GET', `/v1/campaigns/${id}/clicks?${query}`);
      assert.equal(status, 200, JSON.stringify(body));
      return body;
    };
    const first = await get('limit=3');
    const rest = await get(`limit=3&cursor=${first.nextCursor}`);
    assert.deepEqual(
      [first.contacts, first.variants, rest.nextCursor],
      [
        5,
        [
          { variant: 0, contacts: 2 },
          { variant: 1, contacts: 3 },
        ],
        null,
      ],
    );
    const urls = [...first.items, ...rest.items].map(({ url }: { url: string }) => url);
    assert.deepEqual(
      urls.toSorted(),
      [1, 2, 3, 4, 5].map((n) => `https://example.org/${n}`),
    );
    const { items } = await get('variant=0');
    assert.equal(items.length, 2);
    assert.deepEqual(
      items.map(({ clickedAt, variant }: { clickedAt: string; variant: number }) => [clickedAt, variant]),
      [
        ['2026-11-26T15:00:00.000Z', 0],
        ['2026-11-26T15:00:00.000Z', 0],
      ],
    );
  });

  it('is asked for among the contacts of the campaign, as are those who followed none, also as CSV', async () => {
    const { body } = await api.send('POST', '/v1/campaigns', {
      body: {
        ...{ name: 'Flu shots again', type: 'sms', intent: 'transactional' },
        definition: { audience: {}, timeZone: 'America/New_York' },
      },
    });
    await database.adminPool.query(
      `WITH each AS (
         INSERT INTO campaign_contact (campaign_id, contact_id, phone_number, variant, state)
         SELECT $1, gen_random_uuid(), '+1415555011' || n, 0, 'sent' FROM generate_series(1, 3) AS n
         RETURNING campaign_id, contact_id, phone_number)
       INSERT INTO campaign_click (campaign_id, contact_id, variant, token, clicked_at)
       SELECT campaign_id, contact_id, 0, 'token00000x1', now() FROM each WHERE phone_number = '+14155550111'`,
      [body.id],
    );
    const phones = async (query: string): Promise<string[]> => {
      const answer = await api.send('GET', `/v1/campaigns/${body.id}/contacts?${query}`);
      assert.equal(answer.status, 200, JSON.stringify(answer.body));
      return answer.body.items.map(({ phoneNumber }: { phoneNumber: string }) => phoneNumber).sort();
    };
    assert.deepEqual(await phones('clicked=true'), ['+14155550111']);
    assert.deepEqual(await phones('clicked=false'), ['+14155550112', '+14155550113']);
    assert.deepEqual(await phones('clicked=true&replied=true'), []);
    const csv = await api.send('GET', `/v1/campaigns/${body.id}/contacts/export?clicked=true`);
    assert.equal(csv.body.trimEnd().split('\r\n').length, 2);
  });
});
