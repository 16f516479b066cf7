import assert from 'node:assert/strict';
import { isSecret, parseApiKey } from '#shared/api-keys/api-key.ts';
import { readKey } from '#shared/api-keys/key-store.ts';
import { ManualClock } from '#test/manual-clock.ts';
import { TEST_KEY_PEPPER, testPseudonyms } from '#test/pseudonyms.ts';
import { createDatabase, type TestDatabase } from '#test/stack/stack.ts';
import { UsageError } from '../arguments.ts';
import { runConsentCommand } from '../consent/run.ts';

describe("API keys of the operator's command", () => {
  let database: TestDatabase;
  const clock = new ManualClock(new Date('2026-11-26T12:00:00Z'));
  before(async () => {
    database = await createDatabase();
  });
  after(() => database.drop());

  async function keys(...args: string[]): Promise<string[]> {
    const said: string[] = [];
    await runConsentCommand(['keys', ...args], {
      pool: database.adminPool,
      clock,
      pseudonyms: testPseudonyms,
      keyPepper: TEST_KEY_PEPPER,
      say: (line) => said.push(line),
      by: 'Ada',
    });
    return said;
  }
  const audited = async (): Promise<unknown[]> =>
    (
      await database.adminPool.query(
        'SELECT operation, actor_kind, actor_name, subject_id, action, after FROM audit_entry ORDER BY position',
      )
    ).rows;

  it('are made for an hour, hashed, and are in the audit log', async () => {
    const [text = '', more] = await keys('create', '--name', 'The first key');
    const key = parseApiKey(text) ?? assert.fail(text);
    assert.match(more ?? '', /Role admin, until 2026-11-26T13:00:00\.000Z/);
    const stored = (await readKey(database.adminPool, key.id)) ?? assert.fail();
    assert.ok(isSecret(key.secret, TEST_KEY_PEPPER, stored.hash));
    const { createdBy, expiresAt, name, role } = stored.key;
    assert.deepEqual(
      [createdBy, expiresAt?.toISOString(), name, role],
      ['Ada', '2026-11-26T13:00:00.000Z', 'The first key', 'admin'],
    );
    assert.deepEqual(await audited(), [
      {
        operation: 'keys create',
        actor_kind: 'local',
        actor_name: 'Ada',
        subject_id: key.id,
        action: 'created',
        after: { name: 'The first key', role: 'admin', expiresAt: '2026-11-26T13:00:00.000Z' },
      },
    ]);
    assert.doesNotMatch(JSON.stringify(await audited()), new RegExp(key.secret));
  });

  it('are listed, and revoked for good', async () => {
    const [text = ''] = await keys('create', '--name', 'Short', '--role', 'viewer', '--hours', '24');
    const { id } = parseApiKey(text) ?? assert.fail(text);
    const listed = async () => (await keys('list')).find((line) => line.startsWith(id)) ?? '';
    assert.match(await listed(), /viewer .* ends 2026-11-27T12:00:00\.000Z .* by Ada {2}Short$/);
    assert.deepEqual(await keys('revoke', id), [`${id} is revoked`]);
    assert.match(await listed(), /revoked 2026-11-26T12:00:00\.000Z/);
    const [last] = (await audited()).slice(-1);
    assert.deepEqual(Object.values(last as object).slice(0, 5), [
      'keys revoke',
      'local',
      'Ada',
      id,
      'revoked',
    ]);
  });

  it('are refused whole when the command line is wrong', async () => {
    const before = await keys('list');
    for (const args of [
      ['create'],
      ['create', '--name', 'x', '--role', 'owner'],
      ['create', '--name', 'x', '--hours', '25'],
      ['create', '--name', 'x', '--hours', 'all'],
      ['create', '--name', 'x', 'y'],
      ['revoke'],
      ['revoke', 'aaaaaaaaaaaa'],
      ['list', 'all'],
    ]) {
      await assert.rejects(keys(...args), UsageError, args.join(' '));
    }
    assert.deepEqual(await keys('list'), before);
  });
});
