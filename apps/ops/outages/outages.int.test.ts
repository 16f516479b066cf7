import assert from 'node:assert/strict';
import { ManualClock } from '#test/manual-clock.ts';
import { TEST_KEY_PEPPER, testPseudonyms } from '#test/pseudonyms.ts';
import { createDatabase, type TestDatabase } from '#test/stack/stack.ts';
import { UsageError } from '../arguments.ts';
import { runConsentCommand } from '../consent/run.ts';

describe("Outages in the operator's command", () => {
  let database: TestDatabase;
  before(async () => {
    database = await createDatabase();
  });
  after(() => database.drop());

  async function outages(...args: string[]): Promise<string[]> {
    const said: string[] = [];
    await runConsentCommand(['outages', ...args], {
      pool: database.adminPool,
      clock: new ManualClock(new Date('2026-11-28T12:00:00Z')),
      pseudonyms: testPseudonyms,
      keyPepper: TEST_KEY_PEPPER,
      say: (line) => said.push(line),
      by: 'Ada',
    });
    return said;
  }

  it('are told of, accepted with a reason, and kept with who did it', async () => {
    assert.deepEqual(await outages('list'), ['no gateway has listened yet']);
    await database.adminPool.query(
      `INSERT INTO inbound_watch (carrier, alive_at, outage_since)
       VALUES ('aws', '2026-11-28T09:00:00Z', '2026-11-28T08:00:00Z'), ('twilio', '2026-11-28T09:00:01Z', NULL)`,
    );
    assert.deepEqual(await outages('list'), [
      'aws  outage since 2026-11-28T08:00:00.000Z, a gateway listened at 2026-11-28T09:00:00.000Z',
      'twilio  no outage, a gateway listened at 2026-11-28T09:00:01.000Z',
    ]);
    await assert.rejects(outages('accept', 'aws'), UsageError);
    await assert.rejects(outages('accept', 'twilio', '--why', 'I think so'), UsageError);
    await outages('accept', 'aws', '--why', 'read its opt-out list: nobody new');
    assert.deepEqual(await outages('list'), [
      'aws  outage since 2026-11-28T08:00:00.000Z, accepted, a gateway listened at 2026-11-28T09:00:00.000Z',
      'twilio  no outage, a gateway listened at 2026-11-28T09:00:01.000Z',
    ]);
    const { rows } = await database.adminPool.query(
      'SELECT operation, actor_name, subject_id, action, after FROM audit_entry',
    );
    assert.deepEqual(rows, [
      {
        operation: 'outages accept',
        actor_name: 'Ada',
        subject_id: 'aws',
        action: 'accepted',
        after: { since: '2026-11-28T08:00:00.000Z', why: 'read its opt-out list: nobody new' },
      },
    ]);
  });
});
