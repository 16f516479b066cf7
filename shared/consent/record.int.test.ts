import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { dialogCommandSchema } from '#shared/contracts/dialog-commands.ts';
import { phoneNumber } from '#shared/phone/phone-number.ts';
import { createPool, inTransaction, type Pool } from '#shared/postgres/pool.ts';
import { runs } from '#test/properties/runs.ts';
import { testPseudonyms } from '#test/pseudonyms.ts';
import { emptyTables } from '#test/stack/empty-tables.ts';
import { createDatabase, type TestDatabase } from '#test/stack/stack.ts';
import { anyHistory, anyPhones } from './any-change.ts';
import { type ConsentChange, consentChange, wordingHash } from './change.ts';
import { recordConsent, recordConsents } from './record.ts';
import { blocks, foldStandings } from './standing.ts';
import { readEffects, readStandings } from './store.ts';

const PERSON = phoneNumber('+14155550101');
const WORDING =
  'I agree to get recurring messages from Elm County. Msg & data rates may apply. “STOP” ends them.';

describe('Consent on record', () => {
  let database: TestDatabase;
  let pool: Pool;
  before(async () => {
    database = await createDatabase();
    pool = database.adminPool;
  });
  after(() => database.drop());
  beforeEach(() =>
    emptyTables(pool, 'consent_change, consent_standing, consent_disclosure, suppression, outbox, message'),
  );

  const change = (more: Partial<ConsentChange>): ConsentChange =>
    consentChange({
      changeId: randomUUID(),
      phoneNumber: PERSON,
      status: 'opted_out',
      method: 'sms',
      requestedAt: new Date('2026-11-26T12:00:00Z'),
      cause: 'test',
      ...more,
    });
  const record = (changes: readonly ConsentChange[], teller: 'gateway' | null = null) =>
    inTransaction(pool, (tx) =>
      recordConsents(tx, changes, { teller, now: new Date(), pseudonyms: testPseudonyms }),
    );
  const suppressed = async (): Promise<string[]> => {
    const { rows } = await pool.query<{ key: string }>(
      "SELECT phone_number || ' ' || scope AS key FROM suppression",
    );
    return rows.map(({ key }) => key).sort();
  };

  it('is, in standing and suppression, the fold of its history, for any history in any batches', async () => {
    await fc.assert(
      fc.asyncProperty(anyHistory, fc.array(fc.integer({ min: 1, max: 5 })), async (history, sizes) => {
        await emptyTables(pool, 'consent_change, consent_standing, suppression');
        let rest = history;
        for (const size of [...sizes, history.length]) {
          await record(rest.slice(0, size));
          rest = rest.slice(size);
        }
        // All of it again, which changes nothing.
        assert.deepEqual((await record(history)).recorded, []);
        const stored = await readEffects(pool, anyPhones, testPseudonyms);
        const standings = await readStandings(pool, anyPhones, testPseudonyms);
        const listed: string[] = [];
        for (const phone of anyPhones) {
          const expected = foldStandings(history.filter((each) => each.phoneNumber === phone));
          assert.deepEqual(foldStandings(stored.get(phone) ?? []), expected);
          assert.deepEqual([...(standings.get(phone) ?? [])].sort(byScope), [...expected].sort(byScope));
          for (const [scope, standing] of expected) if (blocks(standing)) listed.push(`${phone} ${scope}`);
        }
        assert.deepEqual(await suppressed(), listed.sort());
      }),
      { numRuns: runs(80) },
    );
  });

  it('says everything that proves it, and the wording shown once, word for word', async () => {
    const evidence = {
      wording: WORDING,
      affirmativeAction: 'ticked the box and pressed "Sign up"',
      url: 'https://elm.example.org/flu',
      ip: '192.0.2.7',
      userAgent: 'Mozilla/5.0',
    };
    const given = change({
      status: 'opted_in',
      method: 'web',
      granted: ['marketing_in_writing'],
      evidence,
      actor: 'form 7',
      externalId: 'C-1',
      trackingId: 'T-1',
      channels: ['sms'],
    });
    await record([
      given,
      change({ ...given, changeId: randomUUID(), phoneNumber: phoneNumber('+14155550102') }),
    ]);
    const { rows } = await pool.query(
      `SELECT wording, hash, affirmative_action, url, ip, user_agent, actor, external_id, tracking_id, channels, granted
         FROM consent_change JOIN consent_disclosure ON hash = disclosure_hash WHERE change_id = $1`,
      [given.changeId],
    );
    assert.deepEqual(rows, [
      {
        wording: WORDING,
        hash: wordingHash(WORDING),
        affirmative_action: evidence.affirmativeAction,
        url: evidence.url,
        ip: evidence.ip,
        user_agent: evidence.userAgent,
        actor: 'form 7',
        external_id: 'C-1',
        tracking_id: 'T-1',
        channels: ['sms'],
        granted: ['marketing_in_writing'],
      },
    ]);
    assert.equal((await pool.query('SELECT FROM consent_disclosure')).rowCount, 1);
  });

  it('is refused with its fault, and nothing of the batch is recorded', async () => {
    const marketing = change({ status: 'opted_in', granted: ['marketing_in_writing'] });
    await assert.rejects(record([change({}), marketing]), /needs the wording shown/);
    assert.deepEqual(await suppressed(), []);
    assert.equal((await pool.query('SELECT FROM consent_change')).rowCount, 0);
  });

  it('cannot be changed or removed, not even by the owner of the table', async () => {
    await record([change({ status: 'opted_in', method: 'import', evidence: wordingOnly(WORDING) })]);
    for (const statement of [
      "UPDATE consent_change SET status = 'opted_in'",
      'DELETE FROM consent_change',
      "UPDATE consent_disclosure SET wording = 'something else'",
      'DELETE FROM consent_disclosure',
    ]) {
      await assert.rejects(pool.query(statement), /append-only/, statement);
    }
  });

  it('cannot be changed or removed with the rights of a service', async () => {
    const services = ['gateway', 'sender', 'dialog', 'log'] as const;
    for (const service of services) {
      const own = createPool({ ...database.configFor(service), max: 1 }, () => undefined);
      try {
        for (const statement of ["UPDATE consent_change SET cause = ''", 'DELETE FROM consent_change']) {
          await assert.rejects(own.query(statement), /permission denied/, `${service}: ${statement}`);
        }
      } finally {
        await own.end();
      }
    }
  });

  it('of a stop by voice blocks what waits as text, and the dialog is told once, in the same transaction', async () => {
    await pool.query(
      `INSERT INTO message (message_id, phone_number, ordinal, lane, intent, sender_number, body, batch_id, cause_id, created_at)
       VALUES (gen_random_uuid(), $1, 1, 'bulk', 'marketing', '+14155550199', 'x', gen_random_uuid(), gen_random_uuid(), now())`,
      [PERSON],
    );
    const pressed = change({ method: 'voice', cause: 'pressed 9', channels: ['voice'] });
    for (const expected of [
      { kind: 'changed', blocked: 1, lifted: false },
      { kind: 'known', lifted: false },
    ]) {
      assert.deepEqual(
        await recordConsent(pool, pressed, {
          teller: 'gateway',
          now: new Date(),
          pseudonyms: testPseudonyms,
        }),
        expected,
      );
    }
    const { rows } = await pool.query<{ producer: string; body: string }>(
      'SELECT producer, body FROM outbox',
    );
    assert.equal(rows.length, 1);
    const command = dialogCommandSchema.parse(JSON.parse(rows[0]?.body ?? ''));
    assert.equal(command.commandId, pressed.changeId);
    assert.deepEqual(command.payload, {
      status: 'opted_out',
      scope: 'sender',
      method: 'voice',
      cause: 'pressed 9',
    });
  });

  it('tells the dialog nothing of what is not recorded', async () => {
    const refused = change({ status: 'pending_opt_out' });
    await assert.rejects(record([change({}), refused], 'gateway'));
    assert.equal((await pool.query('SELECT FROM outbox')).rowCount, 0);
  });
});

const byScope = ([a]: [string, unknown], [b]: [string, unknown]): number => a.localeCompare(b);

const wordingOnly = (wording: string) => ({
  wording,
  affirmativeAction: null,
  url: null,
  ip: null,
  userAgent: null,
});
