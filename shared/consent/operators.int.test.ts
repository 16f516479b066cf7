import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { phoneNumber } from '#shared/phone/phone-number.ts';
import { inTransaction, type Pool } from '#shared/postgres/pool.ts';
import { testPseudonyms } from '#test/pseudonyms.ts';
import { emptyTables } from '#test/stack/empty-tables.ts';
import { createDatabase, type TestDatabase } from '#test/stack/stack.ts';
import { type ConsentChange, consentChange } from './change.ts';
import { completeRevocation } from './complete.ts';
import { type Cursor, listStandings } from './list.ts';
import { recordConsents, type Telling } from './record.ts';
import { type Reversal, restore } from './restore.ts';
import { judgeReview } from './review.ts';
import { listOpenReviews, openReview } from './review-queue.ts';

const PERSON = phoneNumber('+14155550101');
const now = new Date('2026-11-26T12:00:00Z');
const telling: Telling = { teller: 'gateway', now: new Date(), pseudonyms: testPseudonyms };

describe('What people decide about consent', () => {
  let database: TestDatabase;
  let pool: Pool;
  before(async () => {
    database = await createDatabase();
    pool = database.adminPool;
  });
  after(() => database.drop());
  beforeEach(() =>
    emptyTables(pool, 'consent_change, consent_standing, consent_review, suppression, outbox, phone'),
  );

  async function record(more: Partial<ConsentChange>): Promise<string> {
    const change = consentChange({
      changeId: randomUUID(),
      phoneNumber: PERSON,
      status: 'opted_out',
      method: 'sms',
      requestedAt: now,
      cause: 'test',
      ...more,
    });
    await inTransaction(pool, (tx) =>
      recordConsents(tx, [change], { teller: null, now: new Date(), pseudonyms: testPseudonyms }),
    );
    return change.changeId;
  }
  const suppressed = async () => (await pool.query('SELECT FROM suppression')).rowCount === 1;
  const told = async (): Promise<string[]> => {
    const { rows } = await pool.query<{ status: string }>(
      "SELECT body::jsonb -> 'payload' ->> 'status' AS status FROM outbox ORDER BY id",
    );
    return rows.map(({ status }) => status);
  };
  const takeBack = (changeId: string, more: Partial<Reversal> = {}) =>
    inTransaction(pool, (tx) =>
      restore(
        tx,
        {
          changeId,
          reason: 'clerical_error',
          explanation: 'typed the wrong number',
          actor: 'ann',
          now,
          ...more,
        },
        telling,
      ),
    );
  /** A text that was taken for a revocation (or left alone), in the queue. */
  async function reviewed(message: string, isRevocation: boolean, deadline = '2026-12-11'): Promise<string> {
    const reviewId = randomUUID();
    const changeId = isRevocation ? await record({ changeId: reviewId, originalMessage: message }) : null;
    const text = { reviewId, phoneNumber: PERSON, originalMessage: message, rule: 'r', changeId };
    await openReview(pool, { ...text, requestedAt: now, deadline });
    return reviewId;
  }
  const judge = (reviewId: string, verdict: 'keep' | 'restore' | 'suppress', reason = 'read it') =>
    inTransaction(pool, (tx) => judgeReview(tx, { reviewId, verdict, reason, by: 'ann', now }, telling));

  describe('to take back a revocation', () => {
    it('is possible for a clerical error, once, and the dialog is told', async () => {
      const changeId = await record({ method: 'manual', actor: 'bob' });
      assert.deepEqual(await takeBack(changeId), { kind: 'restored', stillBlocked: false });
      assert.equal(await suppressed(), false);
      assert.deepEqual(await takeBack(changeId), { kind: 'already_restored' });
      assert.deepEqual(await told(), ['opted_in']);
      const { rows } = await pool.query(
        'SELECT status, actor, reversal_reason, cause FROM consent_change ORDER BY position',
      );
      assert.deepEqual(rows[1], {
        status: 'opted_in',
        actor: 'ann',
        reversal_reason: 'clerical_error',
        cause: 'typed the wrong number',
      });
    });

    it('is possible for a fault of an import', async () => {
      const changeId = await record({ method: 'import', actor: 'bob' });
      assert.equal((await takeBack(changeId, { reason: 'import_fault' })).kind, 'restored');
    });

    const own: [string, Partial<ConsentChange>][] = [
      ['a STOP by text', { method: 'sms' }],
      ['a key press on a call', { method: 'voice' }],
      ["the carrier's verdict", { method: 'carrier' }],
      ['a form that the person sent', { method: 'web' }],
    ];
    for (const [what, more] of own) {
      it(`is refused for ${what}, whatever the reason given: it takes START or new consent`, async () => {
        const changeId = await record(more);
        for (const reason of ['clerical_error', 'misread_text', 'import_fault'] as const) {
          const outcome = await takeBack(changeId, { reason });
          assert.ok(outcome.kind === 'refused');
          assert.match(outcome.why, /only START from the person, or new consent/);
        }
        assert.equal(await suppressed(), true);
        assert.deepEqual(await told(), []);
      });
    }

    it('is refused without a reason or a name, and for what is no revocation or does not exist', async () => {
      const changeId = await record({ method: 'manual', actor: 'bob' });
      assert.equal((await takeBack(changeId, { explanation: ' ' })).kind, 'refused');
      assert.equal((await takeBack(changeId, { actor: '' })).kind, 'refused');
      const start = await record({ status: 'opted_in' });
      assert.equal((await takeBack(start)).kind, 'refused');
      assert.equal((await takeBack(randomUUID())).kind, 'unknown_change');
    });

    it('leaves a STOP of the person in force', async () => {
      const changeId = await record({ method: 'manual', actor: 'bob' });
      await record({ method: 'sms' });
      assert.deepEqual(await takeBack(changeId), { kind: 'restored', stillBlocked: true });
      assert.equal(await suppressed(), true);
    });
  });

  describe('about a text in the review queue', () => {
    it('restores one that was misread, and tells the dialog', async () => {
      const reviewId = await reviewed('please stop by at five', true);
      assert.equal(await suppressed(), true);
      assert.deepEqual(await judge(reviewId, 'restore'), { kind: 'restored', stillBlocked: false });
      assert.equal(await suppressed(), false);
      assert.deepEqual(await told(), ['opted_in']);
      assert.deepEqual(await judge(reviewId, 'keep'), { kind: 'already_judged' });
    });

    it('keeps one that was read rightly', async () => {
      const reviewId = await reviewed('please stop texting me', true);
      assert.deepEqual(await judge(reviewId, 'keep'), { kind: 'kept' });
      assert.equal(await suppressed(), true);
      assert.deepEqual(await told(), []);
    });

    it('suppresses for one that was a revocation after all, with the words of the person', async () => {
      const reviewId = await reviewed("don't stop?? I said stop", false);
      assert.equal(await suppressed(), false);
      assert.deepEqual(await judge(reviewId, 'suppress'), { kind: 'suppressed' });
      assert.equal(await suppressed(), true);
      assert.deepEqual(await told(), ['opted_out']);
      const { rows } = await pool.query('SELECT method, original_message, actor FROM consent_change');
      assert.deepEqual(rows, [{ method: 'sms', original_message: "don't stop?? I said stop", actor: 'ann' }]);
    });

    it('is refused where it does not fit, or says no reason', async () => {
      const doubtful = await reviewed("don't stop", false);
      const revocation = await reviewed('stop it', true);
      assert.equal((await judge(revocation, 'suppress')).kind, 'refused');
      assert.equal((await judge(doubtful, 'restore')).kind, 'refused');
      assert.equal((await judge(doubtful, 'keep', '')).kind, 'refused');
      assert.equal((await judge(randomUUID(), 'keep')).kind, 'unknown_review');
    });

    it('begins with the text whose deadline is soonest, page by page, and ends with nothing open', async () => {
      const sooner = await reviewed('two', false, '2026-12-10');
      const later = await reviewed('one', true, '2026-12-24');
      const [first] = await listOpenReviews(pool, null, 1);
      assert.equal(first?.reviewId, sooner);
      const rest = await listOpenReviews(pool, first ?? null, 10);
      assert.deepEqual(
        rest.map(({ reviewId }) => reviewId),
        [later],
      );
      for (const reviewId of [later, sooner]) await judge(reviewId, 'keep');
      assert.deepEqual(await listOpenReviews(pool, null, 10), []);
    });
  });

  describe('about a pending request', () => {
    const pending = (phone: string, deadline: string, scope = 'sender') =>
      record({
        phoneNumber: phoneNumber(phone),
        status: 'pending_opt_out',
        method: 'email',
        deadline,
        scope,
        originalMessage: 'please take me off',
        externalId: 'C-1',
        trackingId: 'T-1',
      });

    it('blocks from the first moment, and carries it through once', async () => {
      await pending(PERSON, '2026-12-10');
      assert.equal(await suppressed(), true);
      const complete = () =>
        inTransaction(pool, (tx) =>
          completeRevocation(
            tx,
            { phoneNumber: PERSON, scope: 'sender', note: 'done everywhere', actor: 'ann', now },
            telling,
          ),
        );
      assert.equal(await complete(), 'completed');
      assert.equal(await complete(), 'not_pending');
      assert.equal(await suppressed(), true);
      const { rows } = await pool.query('SELECT status, deadline FROM consent_standing');
      assert.deepEqual(rows, [{ status: 'opted_out', deadline: null }]);
    });

    it('is listed by its deadline, page by page, every one once', async () => {
      const expected: string[] = [];
      for (let n = 0; n < 7; n += 1) {
        const phone = `+1415555010${9 - n}`;
        await pending(phone, `2026-12-1${Math.floor(n / 2)}`, n === 3 ? 'flu' : 'sender');
        expected.push(phone);
      }
      const byDeadline = expected.map((phone, n) => `2026-12-1${Math.floor(n / 2)} ${phone}`).sort();
      const seen: string[] = [];
      let cursor: Cursor | null = null;
      for (;;) {
        const page: Awaited<ReturnType<typeof listStandings>> = await listStandings(pool, {
          status: 'pending_opt_out',
          cursor,
          limit: 3,
        });
        seen.push(...page.map(({ deadline, phoneNumber: phone }) => `${deadline} ${phone}`));
        cursor = page.at(-1) ?? null;
        if (cursor === null) break;
      }
      assert.deepEqual(seen, byDeadline);
      const due = await listStandings(pool, {
        status: 'pending_opt_out',
        dueBy: '2026-12-10',
        cursor: null,
        limit: 10,
      });
      assert.deepEqual(
        due.map(({ deadline, trackingId }) => [deadline, trackingId]),
        [
          ['2026-12-10', 'T-1'],
          ['2026-12-10', 'T-1'],
        ],
      );
    });
  });
});
