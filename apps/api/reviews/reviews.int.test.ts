import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { consentChange } from '#shared/consent/change.ts';
import { recordConsent } from '#shared/consent/record.ts';
import { openReview } from '#shared/consent/review-queue.ts';
import { phoneNumber } from '#shared/phone/phone-number.ts';
import { testPseudonyms } from '#test/pseudonyms.ts';
import { emptyTables } from '#test/stack/empty-tables.ts';
import { createDatabase, type TestDatabase } from '#test/stack/stack.ts';
import { startTestApi, type TestApi } from '../test-api.ts';

const PHONE = phoneNumber('+14155550101');

describe('Texts for a person to read, through the API,', () => {
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
  beforeEach(() =>
    emptyTables(
      database.adminPool,
      'phone, consent_change, consent_standing, consent_review, suppression, outbox, audit_entry',
    ),
  );

  const suppressed = async (): Promise<boolean> =>
    (await database.adminPool.query('SELECT FROM suppression')).rowCount === 1;
  const judge = (id: string, how: 'confirm' | 'dismiss') =>
    api.send('POST', `/v1/reviews/${id}/${how}`, { body: { reason: 'I called them' } });

  /** A text that was taken for a revocation. */
  async function takenForOne(): Promise<string> {
    const changeId = randomUUID();
    const change = consentChange({
      changeId,
      phoneNumber: PHONE,
      status: 'opted_out',
      method: 'sms',
      requestedAt: api.clock.now(),
      cause: 'twilio SM1',
    });
    await recordConsent(
      database.adminPool,
      change,
      { teller: null, now: api.clock.now(), pseudonyms: testPseudonyms },
      { originalMessage: 'stop by at noon', rule: 'en', deadline: '2026-12-11' },
    );
    return changeId;
  }
  /** A text that may be one. */
  async function doubtful(deadline = '2026-12-11', phone = PHONE): Promise<string> {
    const reviewId = randomUUID();
    await openReview(database.adminPool, {
      reviewId,
      phoneNumber: phone,
      originalMessage: "don't stop",
      rule: 'en',
      changeId: null,
      requestedAt: api.clock.now(),
      deadline,
    });
    return reviewId;
  }

  it('that was taken for a revocation and is none, is taken back', async () => {
    const id = await takenForOne();
    assert.equal(await suppressed(), true);
    const { status, body } = await judge(id, 'dismiss');
    assert.deepEqual([status, body.blocked], [200, false]);
    assert.equal(await suppressed(), false);
    assert.equal((await judge(id, 'dismiss')).status, 409);
  });

  it('that was taken for a revocation and is one, changes nothing', async () => {
    const { status, body } = await judge(await takenForOne(), 'confirm');
    assert.deepEqual([status, body.blocked], [200, true]);
  });

  it('that is a revocation after all, suppresses', async () => {
    const id = await doubtful();
    const { status, body } = await judge(id, 'confirm');
    assert.deepEqual([status, body.blocked], [200, true]);
    assert.deepEqual((await api.send('GET', '/v1/reviews')).body.items, []);
    const { body: log } = await api.send('GET', `/v1/audit?subject=review&subjectId=${id}`);
    assert.deepEqual(
      [log.items[0].action, log.items[0].before.sender, log.items[0].after.sender],
      ['confirmed', undefined, 'opted_out'],
    );
  });

  it('that is none, changes nothing', async () => {
    const { status, body } = await judge(await doubtful(), 'dismiss');
    assert.deepEqual([status, body.blocked], [200, false]);
  });

  it('whose revocation was taken back elsewhere, can be dismissed, and not confirmed', async () => {
    const id = await takenForOne();
    const restored = await api.send('POST', `/v1/consents/${PHONE}/restore`, {
      body: { changeId: id, reason: 'misread_text', explanation: 'they meant noon' },
    });
    assert.equal(restored.status, 200);
    const refused = await judge(id, 'confirm');
    assert.deepEqual([refused.status, refused.body.code], [409, 'conflict']);
    assert.equal((await judge(id, 'dismiss')).status, 200);
    assert.deepEqual((await api.send('GET', '/v1/reviews')).body.items, []);
  });

  it('that nobody knows, or without a reason, are refused', async () => {
    assert.equal((await judge(randomUUID(), 'confirm')).status, 404);
    const { status, body } = await api.send('POST', `/v1/reviews/${randomUUID()}/dismiss`, {
      body: { reason: '  ' },
    });
    assert.deepEqual([status, body.faults[0].pointer], [400, '/reason']);
  });

  it('come page by page, the most urgent first', async () => {
    const late = await doubtful('2026-12-15', phoneNumber('+14155550103'));
    const soon = await doubtful('2026-12-01', phoneNumber('+14155550102'));
    const first = await api.send('GET', '/v1/reviews?limit=1');
    const second = await api.send('GET', `/v1/reviews?limit=1&cursor=${first.body.nextCursor}`);
    assert.deepEqual([first.body.items[0].id, second.body.items[0].id], [soon, late]);
    assert.equal(second.body.nextCursor, null);
  });
});
