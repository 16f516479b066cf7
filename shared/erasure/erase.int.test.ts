import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { systemClock } from '#shared/clock.ts';
import { consentChange } from '#shared/consent/change.ts';
import { recordConsent, recordConsents } from '#shared/consent/record.ts';
import { restore } from '#shared/consent/restore.ts';
import { readStandings } from '#shared/consent/store.ts';
import { evidenceOf } from '#shared/evidence/bundle.ts';
import { phoneNumber } from '#shared/phone/phone-number.ts';
import { inTransaction, type Pool } from '#shared/postgres/pool.ts';
import { testPseudonyms } from '#test/pseudonyms.ts';
import { createDatabase, type TestDatabase } from '#test/stack/stack.ts';
import { earlierErasure, erasePerson, findPersonalData } from './erase.ts';
import { readErased } from './erased.ts';
import { checkKeys } from './keys.ts';
import { personalData } from './personal-data.ts';
import { Pseudonyms } from './pseudonyms.ts';
import { insertSamplePerson, SECRET } from './sample-person.ts';
import { digitsOf } from './tables.ts';

const PERSON = phoneNumber('+14155550101');
const OTHER = phoneNumber('+14155550102');
const clock = systemClock();

describe('Erasing a person', () => {
  let database: TestDatabase;
  let pool: Pool;
  beforeEach(async () => {
    database = await createDatabase();
    pool = database.adminPool;
  });
  afterEach(() => database.drop());

  const erase = (options: { batch?: number; patienceMs?: number; pseudonyms?: Pseudonyms } = {}) =>
    erasePerson(pool, {
      phone: PERSON,
      reason: 'asked for it',
      by: 'ann',
      pseudonyms: testPseudonyms,
      clock,
      ...options,
    });
  const pseudonym = testPseudonyms.of(PERSON);
  const telling = () => ({ teller: null, now: clock.now(), pseudonyms: testPseudonyms }) as const;

  /** Every column of every table of ours, but of partitions, which have those of their table. */
  async function schema(): Promise<Map<string, string[]>> {
    const { rows } = await pool.query<{ table: string; columns: string[] }>(
      `SELECT relname AS table, array_agg(attname::text ORDER BY attnum) AS columns
         FROM pg_class JOIN pg_attribute ON attrelid = pg_class.oid
        WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') AND NOT relispartition
          AND attnum > 0 AND NOT attisdropped AND relname <> 'schema_migration'
        GROUP BY relname`,
    );
    return new Map(rows.map(({ table, columns }) => [table, columns]));
  }

  /** Where a text stands, as "table.column". */
  async function whereIs(text: string): Promise<string[]> {
    const found: string[] = [];
    for (const [table, columns] of await schema()) {
      for (const column of columns) {
        const { rowCount } = await pool.query(
          `SELECT FROM "${table}" WHERE position($1 IN "${column}"::text) > 0 LIMIT 1`,
          [text],
        );
        if (rowCount) found.push(`${table}.${column}`);
      }
    }
    return found.sort();
  }
  const counts = async (): Promise<Record<string, number>> => {
    const sums: Record<string, number> = {};
    for (const table of (await schema()).keys()) {
      const { rows } = await pool.query<{ n: number }>(`SELECT count(*)::int AS n FROM "${table}"`);
      sums[table] = rows[0]?.n ?? 0;
    }
    return sums;
  };

  it('has an answer for every column of the database', async () => {
    const known = new Map(
      Object.entries(personalData).map(([table, columns]) => [table, Object.keys(columns).sort()]),
    );
    const real = new Map([...(await schema())].map(([table, columns]) => [table, columns.sort()]));
    assert.deepEqual(Object.fromEntries([...known].sort()), Object.fromEntries([...real].sort()));
  });

  it('leaves nothing of what they said, nor their number, in any column of any table', async () => {
    await insertSamplePerson(pool, PERSON);
    await insertSamplePerson(pool, OTHER);
    const before = await counts();
    // The sample fills every column of which something must go: else what is not found proves nothing.
    for (const [table, columns] of Object.entries(personalData)) {
      for (const [column, treatment] of Object.entries(columns)) {
        if (!['number', 'cleared', 'removed'].includes(treatment)) continue;
        const { rowCount } = await pool.query(`SELECT FROM "${table}" WHERE "${column}" IS NOT NULL LIMIT 1`);
        assert.ok(rowCount, `the sample has no ${table}.${column}`);
      }
    }
    const dry = await findPersonalData(pool, PERSON);
    assert.deepEqual(await counts(), before);
    const erased = await erase({ batch: 1 });
    assert.deepEqual(
      new Map(erased.map(({ table, rows }) => [table, rows])),
      new Map(dry.map(({ table, rows }) => [table, rows])),
    );
    assert.deepEqual(await whereIs(digitsOf(PERSON)), []);
    // Of the other person everything is as it was.
    const others = (await whereIs(SECRET)).filter((each) => !each.startsWith('phone.'));
    assert.ok(others.length > 15, String(others));
    assert.equal(JSON.stringify(await ofErased()).includes(SECRET), false);
    assert.equal((await findPersonalData(pool, OTHER)).length, dry.length);
    // Rows that were counted are still there.
    const after = await counts();
    for (const table of [
      'message',
      'attempt',
      'message_log',
      'decision',
      'number_fault',
      'consent_change',
      'drill_progress',
      'dialog_event_batch',
      'reply',
    ]) {
      assert.equal(after[table], before[table], table);
    }
  });

  /** All rows that stand under the hash. */
  async function ofErased(): Promise<unknown[]> {
    const rows: unknown[] = [];
    for (const [table, columns] of Object.entries(personalData)) {
      const key = Object.entries(columns).find(([, treatment]) => treatment === 'number')?.[0];
      if (key === undefined) continue;
      rows.push(...(await pool.query(`SELECT * FROM "${table}" WHERE "${key}" = $1`, [pseudonym])).rows);
    }
    return rows;
  }

  it('keeps what proves consent, under the hash, and finds it for whoever gives the number again', async () => {
    await insertSamplePerson(pool, PERSON);
    await erase();
    const bundle = await evidenceOf(pool, PERSON, {
      now: clock.now(),
      by: 'ann',
      pseudonyms: testPseudonyms,
    });
    const [given, revoked] = bundle.links.flatMap(({ entry }) => (entry.kind === 'consent' ? [entry] : []));
    assert.ok(given && revoked);
    assert.deepEqual(
      { ...given, id: '', recordedAt: '', position: 0 },
      {
        ...{ kind: 'consent', at: '2026-01-01T00:00:00.000Z', id: '', recordedAt: '', position: 0 },
        status: 'opted_in',
        ...{ method: 'web', scope: 'sender', channels: ['sms', 'voice'], granted: ['informational'] },
        ...{
          deadline: null,
          originalMessage: null,
          cause: 'erased',
          rule: 'r',
          wording: 'We text you lessons.',
        },
        ...{ wordingSha256: 'a'.repeat(64), affirmativeAction: null, url: null, ip: null, userAgent: null },
        ...{ actor: 'ann', externalId: null, trackingId: null, reverses: null, reversalReason: null },
      },
    );
    assert.equal(revoked.cause, 'twilio SM1');
    assert.deepEqual(
      bundle.head.standings.map(({ scope, status }) => [scope, status]),
      [['sender', 'opted_out']],
    );
    const kinds = new Set(bundle.links.map(({ entry }) => entry.kind));
    for (const kind of ['message', 'text_received', 'decision', 'review', 'reassigned', 'erasure'] as const) {
      assert.ok(kinds.has(kind), kind);
    }
  });

  it('is the only way to change the history, and changes nothing that it proves', async () => {
    await insertSamplePerson(pool, PERSON);
    for (const change of [
      `phone_number = '+14155550103'`,
      `phone_number = '${pseudonym}'`,
      `phone_number = '${pseudonym}', original_message = NULL, affirmative_action = NULL, url = NULL, ip = NULL,
       user_agent = NULL, external_id = NULL, tracking_id = NULL, requested_at = now()`,
      `cause = 'erased'`,
    ]) {
      await assert.rejects(pool.query(`UPDATE consent_change SET ${change}`), /append-only/, change);
    }
    await erase();
    await assert.rejects(pool.query('UPDATE consent_change SET phone_number = $1', [PERSON]), /append-only/);
    await assert.rejects(pool.query('DELETE FROM consent_change'), /append-only/);
  });

  it('leaves the reports of drills as they add up: one in flight is dropped, words of theirs alone are counted', async () => {
    await insertSamplePerson(pool, PERSON);
    await erase();
    const { rows: reports } = await pool.query('SELECT reached::int, dropped_erased::int FROM drill_report');
    assert.deepEqual(reports, [{ reached: 5, dropped_erased: 1 }]);
    const { rows: answers } = await pool.query('SELECT answer, example, count::int FROM drill_wrong_answer');
    assert.deepEqual(answers, [{ answer: '', example: null, count: 2 }]);
  });

  it('can be repeated, and says that it was done', async () => {
    await insertSamplePerson(pool, PERSON);
    assert.equal(await earlierErasure(pool, PERSON, testPseudonyms), null);
    await erase();
    const rows = await ofErased();
    assert.deepEqual(await erase(), [{ table: 'phone', rows: 1 }]);
    assert.equal((await ofErased()).length, rows.length);
    const earlier = await earlierErasure(pool, PERSON, testPseudonyms);
    assert.deepEqual(
      { ...earlier, erasedAt: null },
      { erasedAt: null, by: 'ann', reason: 'asked for it', complete: true },
    );
  });

  it('of somebody who came back erases what has come since, beside what was there', async () => {
    await insertSamplePerson(pool, PERSON);
    await erase();
    // The same sample again: what a person cannot have twice.
    await pool.query('DELETE FROM quarantined_record');
    await pool.query('DELETE FROM dialog_event_batch');
    await insertSamplePerson(pool, PERSON);
    await erase();
    assert.deepEqual(await whereIs(digitsOf(PERSON)), []);
    assert.deepEqual(await whereIs(SECRET), []);
    const { rows } = await pool.query('SELECT ordinal FROM message ORDER BY ordinal');
    assert.deepEqual(
      rows.map(({ ordinal }) => ordinal),
      [1, 2, 3, 4, 5, 6],
    );
  });

  it('waits for a request that is in doubt, whose words must still be found at the carrier', async () => {
    await insertSamplePerson(pool, PERSON);
    await pool.query(`UPDATE attempt SET state = 'ambiguous' WHERE carrier_message_id = 'SM1'`);
    await assert.rejects(erase({ patienceMs: 0 }), /in doubt/);
    const { rows } = await pool.query(`SELECT state, body FROM message ORDER BY ordinal`);
    assert.deepEqual(rows, [
      { state: 'sent', body: `${SECRET}1` },
      { state: 'sent', body: `${SECRET}2` },
      { state: 'cancelled', body: `${SECRET}3` },
    ]);
    assert.equal((await earlierErasure(pool, PERSON, testPseudonyms))?.complete, false);
    await pool.query(`UPDATE attempt SET state = 'accepted'`);
    await erase();
    assert.deepEqual(await whereIs(SECRET), []);
  });

  it('waits for records that are not published', async () => {
    await insertSamplePerson(pool, PERSON);
    await pool.query(
      `INSERT INTO outbox (producer, partition, kind, target, ordering_key, body)
       VALUES ('sender', '07', 'stream', 'message-log', $1, '{}')`,
      [PERSON],
    );
    await assert.rejects(erase({ patienceMs: 0 }), /not published/);
    await pool.query('DELETE FROM outbox');
    await erase();
    assert.deepEqual(await whereIs(digitsOf(PERSON)), []);
  });

  describe('who had opted out', () => {
    beforeEach(async () => {
      await insertSamplePerson(pool, PERSON);
      await erase();
    });
    const text = (status: 'opted_in' | 'opted_out', changeId = randomUUID()) =>
      consentChange({
        changeId,
        phoneNumber: PERSON,
        status,
        method: 'sms',
        cause: 'twilio SM77',
        requestedAt: clock.now(),
      });
    const suppressed = async () =>
      (await pool.query<{ phone_number: string }>('SELECT phone_number FROM suppression')).rows.map(
        (row) => row.phone_number,
      );
    const standing = async () =>
      [...((await readStandings(pool, [PERSON], testPseudonyms)).get(PERSON) ?? [])].map(([scope, each]) => [
        scope,
        each.status,
        each.consents.length,
      ]);

    it('is still suppressed', async () => {
      assert.deepEqual(await suppressed(), [pseudonym]);
      assert.deepEqual(await standing(), [['sender', 'opted_out', 0]]);
    });

    it('stays so when a list brings consent of the number', async () => {
      const consent = consentChange({
        ...text('opted_in'),
        method: 'import',
        granted: ['informational'],
        actor: 'ann',
      });
      await inTransaction(pool, (tx) => recordConsents(tx, [consent], telling()));
      assert.deepEqual(await standing(), [['sender', 'opted_out', 0]]);
      assert.ok((await suppressed()).includes(pseudonym));
    });

    it('comes back with START as somebody new, who has granted nothing', async () => {
      const start = text('opted_in');
      const recorded = await recordConsent(pool, start, telling());
      assert.deepEqual(recorded, { kind: 'changed', blocked: 0, lifted: true });
      assert.deepEqual(await suppressed(), []);
      assert.deepEqual(await standing(), [['sender', 'opted_in', 0]]);
      // As often as the carrier delivers it.
      assert.deepEqual(await recordConsent(pool, start, telling()), { kind: 'known', lifted: true });
    });

    it('comes back with "yes", which is an opt-in for somebody who is opted out', async () => {
      const yes = { ...text('opted_in'), onlyWhileOptedOut: true };
      assert.equal((await recordConsent(pool, yes, telling())).kind, 'changed');
      assert.deepEqual(await suppressed(), []);
    });

    it('can stop again after that, and be erased again', async () => {
      await recordConsent(pool, text('opted_in'), telling());
      await recordConsent(pool, text('opted_out'), telling());
      assert.deepEqual(await suppressed(), [PERSON]);
      await erase();
      assert.deepEqual(await suppressed(), [pseudonym]);
      assert.deepEqual(await standing(), [['sender', 'opted_out', 0]]);
    });

    it('cannot have it taken back by an operator', async () => {
      const { rows } = await pool.query(`SELECT change_id FROM consent_change WHERE status = 'opted_out'`);
      const reversal = {
        changeId: rows[0].change_id,
        reason: 'misread_text',
        explanation: 'x',
        actor: 'ann',
      } as const;
      const result = await inTransaction(pool, (tx) =>
        restore(tx, { ...reversal, now: clock.now() }, telling()),
      );
      assert.equal(result.kind, 'refused');
    });
  });

  describe('under keys that change', () => {
    const rotated = new Pseudonyms([
      { version: 2, secret: 'another-pepper-for-tests-of-enough-length' },
      { version: 1, secret: 'a-pepper-for-tests-of-36-characters--' },
    ]);

    it('is found under the key that was in use, and again under the next', async () => {
      await insertSamplePerson(pool, PERSON);
      await erase();
      assert.equal((await readErased(pool, [PERSON], rotated)).get(PERSON)?.dialogVersion, 2);
      assert.equal(
        (await readStandings(pool, [PERSON], rotated)).get(PERSON)?.get('sender')?.status,
        'opted_out',
      );
      await checkKeys(pool, rotated);
      await erase({ pseudonyms: rotated });
      assert.equal((await readErased(pool, [PERSON], rotated)).get(PERSON)?.pseudonym, rotated.of(PERSON));
      await assert.rejects(checkKeys(pool, testPseudonyms), /version 2/);
    });

    it('keeps a service from starting that would not find them', async () => {
      await insertSamplePerson(pool, PERSON);
      await erase();
      await checkKeys(pool, testPseudonyms);
      for (const keys of [
        new Pseudonyms([{ version: 2, secret: 'another-pepper-for-tests-of-enough-length' }]),
        new Pseudonyms([{ version: 1, secret: 'another-pepper-for-tests-of-enough-length' }]),
      ]) {
        await assert.rejects(checkKeys(pool, keys), /version 1/);
      }
    });
  });
});
