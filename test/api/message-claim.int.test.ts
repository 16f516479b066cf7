import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { claim } from '#shared/sending/claim.ts';
import { emptyTables } from '#test/stack/empty-tables.ts';
import { createDatabase, type TestDatabase } from '#test/stack/stack.ts';
import { startTestApi, type TestApi } from '../../apps/api/test-api.ts';

/** Area code 415: Pacific Time. */
const PHONE = '+14155550101';
const NOON = new Date('2026-11-27T20:00:00.000Z');
const NIGHT = new Date('2026-11-28T06:00:00.000Z');

describe('A message that came through the API is judged again in the claim of the sender', () => {
  let database: TestDatabase;
  let api: TestApi;
  before(async () => {
    database = await createDatabase();
    api = await startTestApi(database);
    api.clock.skip(NOON.getTime() - api.clock.now().getTime());
    await database.adminPool.query(
      `INSERT INTO inbound_watch (carrier, alive_at) VALUES ('twilio', clock_timestamp() + interval '1 hour')`,
    );
  });
  after(async () => {
    await api.stop();
    await database.drop();
  });
  beforeEach(async () => {
    await emptyTables(
      database.adminPool,
      `phone, message, attempt, consent_change, consent_disclosure, consent_standing, suppression, outbox,
       decision, decision_inputs`,
    );
    const consent = await api.send('POST', '/v1/consents', {
      body: {
        phoneNumber: PHONE,
        granted: ['informational'],
        wording: 'I agree',
        affirmativeAction: 'ticked',
      },
    });
    assert.equal(consent.status, 201);
    const { body } = await api.send('POST', '/v1/messages', {
      body: { phoneNumber: PHONE, body: 'The clinic is open.', intent: 'transactional' },
    });
    assert.equal(body.verdict, 'queued');
  });

  const claimAt = (now: Date) =>
    claim(database.adminPool, {
      phones: [PHONE],
      carrier: 'twilio',
      heard: ['twilio'],
      channel: 'sms',
      gate: api.deps.gate,
      clock: { now: () => now },
      inboundDoubtMs: 60_000,
      pacing: null,
      newId: randomUUID,
      pseudonyms: api.deps.pseudonyms,
    });

  it('and goes while nothing has changed', async () => {
    const claimed = await claimAt(NOON);
    assert.equal(claimed.kind === 'claimed' && claimed.claimed.length, 1);
  });

  it('and is held when its turn comes at night', async () => {
    const claimed = await claimAt(NIGHT);
    assert.ok(claimed.kind === 'claimed');
    assert.deepEqual([claimed.claimed.length, claimed.held], [0, 1]);
  });

  it('and is blocked when the person has stopped meanwhile, however the message got past that', async () => {
    await database.adminPool.query(
      `INSERT INTO suppression (phone_number, change_id, source, reason, added_at)
       VALUES ($1, $2, 'user_opt_out', 'STOP', now())`,
      [PHONE, randomUUID()],
    );
    const claimed = await claimAt(NOON);
    assert.ok(claimed.kind === 'claimed');
    assert.deepEqual([claimed.claimed.length, claimed.blocked], [0, 1]);
  });
});
