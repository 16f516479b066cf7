import assert from 'node:assert/strict';
import { createDatabase, type TestDatabase } from '#test/stack/stack.ts';
import { startTestApi, type TestApi } from '../test-api.ts';

const PHONES = ['+14155550101', '+14155550102', '+14155550103'] as const;

describe('What stands for a phone number in an address', () => {
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

  const refer = async (...phones: string[]): Promise<{ phoneNumber: string; reference: string }[]> => {
    const { body, status } = await api.send('POST', '/v1/phone-references', { body: { phones } });
    assert.equal(status, 200, JSON.stringify(body));
    return body.items;
  };

  it('is asked for with numbers as people write them, and read back', async () => {
    const [one, other] = await refer('(415) 555-0101', PHONES[1]);
    assert.deepEqual([one?.phoneNumber, other?.phoneNumber], [PHONES[0], PHONES[1]]);
    assert.deepEqual(await refer(one?.reference ?? ''), [one]);
    for (const phone of ['12', `ph_${'A'.repeat(22)}`]) {
      const { body, status } = await api.send('POST', '/v1/phone-references', { body: { phones: [phone] } });
      assert.deepEqual([status, body.faults[0].pointer], [400, '/phones/0']);
    }
  });

  it('stands in every path and query that takes a number of a person', async () => {
    await api.send('POST', '/v1/contacts', { body: { phoneNumber: PHONES[0], name: 'Ana' } });
    const [{ reference } = { reference: '' }] = await refer(PHONES[0]);
    assert.equal((await api.send('GET', `/v1/consents/${reference}`)).body.phoneNumber, PHONES[0]);
    assert.equal((await api.send('GET', `/v1/suppressions/${reference}`)).body.phoneNumber, PHONES[0]);
    assert.equal((await api.send('GET', `/v1/people/${reference}/sendable`)).status, 200);
    const found = await api.send('GET', `/v1/contacts?phone=${reference}`);
    assert.deepEqual(
      found.body.items.map(({ name }: { name: string }) => name),
      ['Ana'],
    );
    for (const path of ['messages', 'calls', 'conversations'])
      assert.equal((await api.send('GET', `/v1/${path}?phone=${reference}`)).status, 200, path);
    const revoked = await api.send('POST', `/v1/consents/${reference}/opt-out`, {
      body: { method: 'manual', originalMessage: 'No more.' },
    });
    assert.deepEqual([revoked.status, revoked.body.phoneNumber], [201, PHONES[0]]);
    const made = await api.send('GET', `/v1/consents/ph_${'A'.repeat(22)}`);
    assert.deepEqual([made.status, made.body.faults[0].pointer], [400, 'phone']);
  });

  it('stands in cursors, which are part of addresses too', async () => {
    await api.send('POST', '/v1/suppressions', { body: { phoneNumbers: [...PHONES], reason: 'a list' } });
    for (const list of ['suppressions', 'consents?status=opted_out']) {
      const ask = async (
        more: string,
      ): Promise<{ items: { phoneNumber: string }[]; nextCursor: string | null }> =>
        (await api.send('GET', `/v1/${list}${list.includes('?') ? '&' : '?'}limit=1${more}`)).body;
      const seen: string[] = [];
      for (let cursor: string | null = ''; cursor !== null; ) {
        const page = await ask(cursor === '' ? '' : `&cursor=${cursor}`);
        seen.push(...page.items.map(({ phoneNumber }) => phoneNumber));
        cursor = page.nextCursor;
        const inside = Buffer.from(cursor ?? '', 'base64url').toString();
        assert.ok(!/\+?1?415555/.test(inside), inside);
      }
      assert.deepEqual(new Set(seen), new Set(PHONES), list);
    }
  });
});
