import assert from 'node:assert/strict';
import { carrierOptOutId } from '#shared/identity.ts';
import { inTransaction } from '#shared/postgres/pool.ts';
import { testPseudonyms } from '#test/pseudonyms.ts';
import { createDatabase, type TestDatabase } from '#test/stack/stack.ts';
import { suppressRefused } from './suppress-refused.ts';

const PHONE = '+14155550101';
const ATTEMPT = '00000000-0000-4000-8000-000000000001';
const now = new Date('2026-11-21T15:00:00.000Z');

describe('An opt-out that a refusal tells us of', () => {
  let database: TestDatabase;
  before(async () => {
    database = await createDatabase();
  });
  after(() => database.drop());

  const refuse = () =>
    inTransaction(database.adminPool, async (tx) => {
      const refused = [{ attemptId: ATTEMPT, carrier: 'twilio' as const, message: { phoneNumber: PHONE } }];
      const entries = await suppressRefused(tx, refused, { now, pseudonyms: testPseudonyms });
      return entries.map(({ body }): unknown => JSON.parse(body));
    });
  const suppressed = async () =>
    (await database.adminPool.query('SELECT phone_number FROM suppression')).rows;

  it('suppresses the phone and tells the dialog once, also after a START has lifted it', async () => {
    const commands = await refuse();
    assert.deepEqual(commands, [
      {
        type: 'CONSENT_CHANGED',
        commandId: carrierOptOutId(ATTEMPT),
        phoneNumber: PHONE,
        occurredAt: now.toISOString(),
        payload: {
          status: 'opted_out',
          scope: 'sender',
          method: 'carrier',
          cause: 'twilio refused a message: opted out there',
        },
      },
    ]);
    assert.deepEqual(await suppressed(), [{ phone_number: PHONE }]);
    await database.adminPool.query('DELETE FROM suppression');
    assert.deepEqual(await refuse(), []);
    assert.deepEqual(await suppressed(), []);
  });
});
