import assert from 'node:assert/strict';
import { systemClock } from '#shared/clock.ts';
import { inTransaction, type Pool } from '#shared/postgres/pool.ts';
import { lockGroups, writeTaken } from '#shared/throttle/store.ts';
import { emptyTables } from '#test/stack/empty-tables.ts';
import { createDatabase, type TestDatabase } from '#test/stack/stack.ts';
import { insertCampaign, insertContacts } from '../../campaigns/test-campaigns.ts';
import { startTestApi, type TestApi } from '../test-api.ts';

const PATH = '/v1/throttle-groups';
const NONE = '018f0000-0000-7000-8000-000000000009';

describe('Throttle groups in the API', () => {
  let database: TestDatabase;
  let admin: Pool;
  let api: TestApi;
  before(async () => {
    database = await createDatabase();
    admin = database.adminPool;
    api = await startTestApi(database);
  });
  after(async () => {
    await api.stop();
    await database.drop();
  });
  beforeEach(() =>
    emptyTables(
      admin,
      `throttle_group, throttle_state, throttle_use, campaign_throttle, campaign, campaign_contact, campaign_count, contact,
       contact_list, list_member, consent_standing, audit_entry`,
    ),
  );

  const make = async (more: object = {}): Promise<{ id: string; etag: string }> => {
    const { body, headers, status } = await api.send('POST', PATH, {
      body: { name: 'Front desk', most: 40, per: 'hour', ...more },
    });
    assert.equal(status, 201);
    return { id: body.id, etag: headers.get('etag') ?? '' };
  };
  const change = (id: string, body: object, etag: string) =>
    api.send('PATCH', `${PATH}/${id}`, { body, headers: { 'if-match': etag } });
  /** As the service does it: a campaign has taken so many, and so many people of it wait. */
  const take = (id: string, campaignId: string, { taken, unmet }: { taken: number; unmet: number }) =>
    inTransaction(admin, async (tx) => {
      const [group] = await lockGroups(tx, [id], systemClock());
      assert.ok(group);
      await writeTaken(tx, campaignId, [
        {
          ...{ group, taken, unmet, usedTo: null, turn: 0, ownTurn: taken },
          ...{ held: 0, waits: unmet > 0, firstFrom: null, firstBefore: null },
        },
      ]);
    });

  it('are made, listed by name, and come evenly where nothing else is said, but of a day', async () => {
    await make();
    await make({ name: 'Booking site', most: 500, per: 'day' });
    const { body } = await api.send('GET', PATH);
    assert.deepEqual(
      body.items.map(({ evenly, says, used }: { says: string; evenly: boolean; used: number }) => [
        says,
        evenly,
        used,
      ]),
      [
        ['Booking site: 500 a day', false, 0],
        ['Front desk: 40 an hour', true, 0],
      ],
    );
    const next = await api.send('GET', `${PATH}?limit=1`);
    const second = await api.send('GET', `${PATH}?limit=1&cursor=${next.body.nextCursor}`);
    assert.deepEqual([next.body.items[0].name, second.body.items[0].name], ['Booking site', 'Front desk']);
  });

  it('are refused with everything that is wrong of them at once', async () => {
    const { body, status } = await api.send('POST', PATH, {
      body: { name: ' ', most: 0, per: 'week', often: true },
    });
    assert.equal(status, 400);
    assert.deepEqual(body.faults.map(({ pointer }: { pointer: string }) => pointer).sort(), [
      '/most',
      '/name',
      '/often',
      '/per',
    ]);
  });

  it('have names of their own, also when they are changed', async () => {
    await make();
    const taken = await api.send('POST', PATH, { body: { name: 'Front desk', most: 1, per: 'day' } });
    assert.deepEqual([taken.body.code, taken.body.faults[0].pointer], ['conflict', '/name']);
    const { etag, id } = await make({ name: 'Clinic' });
    assert.equal((await change(id, { name: 'Front desk' }, etag)).body.code, 'conflict');
  });

  it('are changed by one person at a time, as operators may, and it is written down', async () => {
    const { etag, id } = await make();
    const { body, headers } = await change(id, { most: 25 }, etag);
    assert.deepEqual([body.most, body.per, body.says], [25, 'hour', 'Front desk: 25 an hour']);
    assert.equal((await change(id, { most: 30 }, etag)).body.code, 'changed_meanwhile');
    const seen = await api.send('GET', `${PATH}/${id}`);
    const again = await change(id, { evenly: false }, seen.headers.get('etag') ?? '');
    assert.deepEqual([again.status, again.body.evenly], [200, false]);
    assert.notEqual(headers.get('etag'), again.headers.get('etag'));
    const key = await api.key('viewer');
    assert.equal(
      (await api.send('POST', PATH, { key, body: { name: 'A', most: 1, per: 'day' } })).status,
      403,
    );
    assert.equal((await api.send('GET', PATH, { key })).status, 200);
    const { rows } = await admin.query(
      `SELECT action FROM audit_entry WHERE subject = 'throttle-group' ORDER BY position`,
    );
    assert.deepEqual(
      rows.map(({ action }) => action),
      ['created', 'updated', 'updated'],
    );
  });

  it('say how far they are used, who waits, and what a contact that is pending waits for', async () => {
    const { id } = await make();
    const list = await insertContacts(admin, 2);
    const definition = { throttleGroups: [id] };
    const now = new Date();
    const campaignId = await insertCampaign(admin, now, { include: [list], definition, status: 'active' });
    const other = await insertCampaign(admin, now, { include: [list], definition, status: 'paused' });
    await admin.query(
      `INSERT INTO campaign_contact (campaign_id, contact_id, phone_number, variant, state, due_at)
       SELECT $1, contact_id, phone_number, 0, 'pending', now() FROM contact`,
      [campaignId],
    );
    await admin.query(
      `INSERT INTO campaign_count (campaign_id, variant, measure, value) VALUES ($1, 0, 'pending', 2)`,
      [campaignId],
    );
    await take(id, campaignId, { taken: 30, unmet: 2 });
    await take(id, other, { taken: 5, unmet: 9 });
    const { body } = await api.send('GET', `${PATH}/${id}`);
    assert.equal(body.used, 35);
    const shown = new Map(body.campaigns.map((each: { id: string }) => [each.id, each]));
    const named = { name: 'A campaign' };
    assert.deepEqual(shown.get(campaignId), {
      ...named,
      id: campaignId,
      status: 'active',
      used: 30,
      waits: true,
      contacts: 2,
    });
    assert.deepEqual(shown.get(other), {
      ...named,
      id: other,
      status: 'paused',
      used: 5,
      waits: false,
      contacts: 0,
    });
    const contacts = await api.send('GET', `/v1/campaigns/${campaignId}/contacts`);
    const says = contacts.body.items.map((each: { says: string }) => each.says);
    assert.deepEqual(says, Array(2).fill('Waits for throttle group Front desk: 40 an hour.'));
    const csv = await api.send('GET', `/v1/campaigns/${campaignId}/contacts/export`);
    assert.match(String(csv.body), /pending,,Waits for throttle group Front desk: 40 an hour\./);
  });

  it('are not deleted while a campaign that has not ended names them, and then are with all that is known of their use', async () => {
    const { id } = await make();
    const campaignId = await insertCampaign(admin, new Date(), {
      definition: { throttleGroups: [id] },
      status: 'paused',
    });
    await take(id, campaignId, { taken: 3, unmet: 1 });
    const refused = await api.send('DELETE', `${PATH}/${id}`);
    assert.deepEqual(
      [refused.status, refused.body.detail],
      [409, 'Campaigns that have not ended name it: A campaign (paused).'],
    );
    await admin.query(`UPDATE campaign SET status = 'stopped', paused_from = NULL`);
    assert.equal((await api.send('DELETE', `${PATH}/${id}`)).status, 204);
    assert.equal((await api.send('GET', `${PATH}/${id}`)).status, 404);
    const { rows } = await admin.query('SELECT FROM throttle_use UNION ALL SELECT FROM campaign_throttle');
    assert.equal(rows.length, 0);
  });

  it('are named by campaigns, which do not start with one that there is not, and keep them when they are cloned', async () => {
    const { id } = await make();
    const list = await insertContacts(admin, 1);
    const { body } = await api.send('POST', '/v1/campaigns', {
      body: {
        name: 'Flu',
        type: 'sms',
        intent: 'transactional',
        definition: {
          audience: { include: [list] },
          variants: [{ name: 'A', bodies: { en: 'The clinic is open.' } }],
          windows: [],
          timeZone: 'America/New_York',
          throttleGroups: [id, NONE, id],
        },
      },
    });
    assert.deepEqual(body.definition.throttleGroups, [id, NONE, id]);
    const check = await api.send('GET', `/v1/campaigns/${body.id}/check`);
    const wrong = check.body.faults.map(({ detail, pointer }: { pointer: string; detail: string }) => [
      pointer,
      detail,
    ]);
    assert.deepEqual(
      wrong.filter(([pointer]: string[]) => pointer?.includes('throttleGroups')),
      [
        ['/definition/throttleGroups/1', 'there is no such throttle group'],
        ['/definition/throttleGroups/2', 'is named twice'],
      ],
    );
    // With what else is wrong.
    assert.ok(wrong.some(([pointer]: string[]) => pointer === '/definition/windows'));
    assert.equal((await api.send('POST', `/v1/campaigns/${body.id}/start`)).status, 409);
    const clone = await api.send('POST', `/v1/campaigns/${body.id}/clone`, { body: {} });
    assert.deepEqual(clone.body.definition.throttleGroups, [id, NONE, id]);
  });
});
