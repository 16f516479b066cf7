import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '#shared/clock.ts';
import { insertSamplePerson, SECRET } from '#shared/erasure/sample-person.ts';
import type { Pool } from '#shared/postgres/pool.ts';
import { TEST_KEY_PEPPER, testPseudonyms } from '#test/pseudonyms.ts';
import { emptyTables } from '#test/stack/empty-tables.ts';
import { createDatabase, type TestDatabase } from '#test/stack/stack.ts';
import { UsageError } from '../arguments.ts';
import { consentCommands, consentUsage, runConsentCommand } from './run.ts';

const PHONE = '+14155550101';
/** Of the person who is erased. */
const ERASED = '+14155550108';

describe('An operator, about consent,', () => {
  let database: TestDatabase;
  let pool: Pool;
  let folder: string;
  let said: string[];

  before(async () => {
    database = await createDatabase();
    pool = database.adminPool;
    folder = await mkdtemp(join(tmpdir(), 'ops-'));
  });
  after(async () => {
    await database.drop();
    await rm(folder, { recursive: true });
  });
  beforeEach(async () => {
    said = [];
    await emptyTables(
      database.adminPool,
      'phone, consent_change, consent_standing, consent_review, suppression, outbox',
    );
  });

  const ops = async (...args: string[]): Promise<string> => {
    said = [];
    await runConsentCommand([...args, '--by', 'ann'], {
      pool,
      clock: systemClock(),
      pseudonyms: testPseudonyms,
      keyPepper: TEST_KEY_PEPPER,
      say: (line) => said.push(line),
      by: 'nobody',
    });
    return said.join('\n');
  };
  const refused = (why: RegExp, ...args: string[]) =>
    assert.rejects(ops(...args), (error: Error) => {
      assert.ok(error instanceof UsageError, String(error));
      assert.match(error.message, why);
      return true;
    });
  const rows = async (sql: string): Promise<unknown[]> => (await database.adminPool.query(sql)).rows;

  it('records a request that came by e-mail, sees when it is due, and carries it through', async () => {
    assert.match(
      await ops(
        'revoke',
        '(415) 555-0101',
        '--method',
        'email',
        '--message',
        'take me off',
        '--tracking',
        'T-7',
      ),
      /suppressed; to be carried through everywhere by \d{4}-\d\d-\d\d/,
    );
    assert.equal((await rows('SELECT FROM suppression')).length, 1);
    assert.match(await ops('pending'), /\+14155550101 {2}sender {2}email {2}T-7 {2}"take me off"/);
    assert.equal(await ops('pending', '--due', '2020-01-01'), '');
    await ops('complete', PHONE, '--note', 'removed from the mailing house');
    assert.equal(await ops('pending'), '');
    await refused(/no request of \+14155550101 is pending/, 'complete', PHONE, '--note', 'again');
    assert.deepEqual(await rows('SELECT status, actor FROM consent_change ORDER BY position'), [
      { status: 'pending_opt_out', actor: 'ann' },
      { status: 'opted_out', actor: 'ann' },
    ]);
    assert.deepEqual(
      await rows("SELECT producer, body::jsonb -> 'payload' ->> 'status' AS status FROM outbox ORDER BY id"),
      [
        { producer: 'gateway', status: 'pending_opt_out' },
        { producer: 'gateway', status: 'opted_out' },
      ],
    );
  });

  it('takes back a clerical error, and not what the person asked for', async () => {
    await ops('revoke', PHONE, '--method', 'manual', '--message', 'wrong number typed');
    const [change] = (await rows('SELECT change_id FROM consent_change')) as { change_id: string }[];
    const id = change?.change_id ?? '';
    await refused(/START/, 'restore', id, '--as', 'misread_text', '--reason', 'x');
    assert.equal(
      await ops('restore', id, '--as', 'clerical_error', '--reason', 'typed the wrong number'),
      'restored',
    );
    assert.deepEqual(await rows('SELECT FROM suppression'), []);
  });

  it('judges texts in the queue', async () => {
    await database.adminPool.query(
      `INSERT INTO consent_review (review_id, phone_number, original_message, rule, requested_at, deadline)
       VALUES ('00000000-0000-4000-8000-000000000001', $1, 'don''t stop', 'en', now(), '2026-12-11')`,
      [PHONE],
    );
    const id = '00000000-0000-4000-8000-000000000001';
    assert.match(await ops('reviews'), /2026-12-11 {2}00000000-.* {2}not suppressed {2}en {2}"don't stop"/);
    await refused(/--reason is missing/, 'reviews', 'suppress', id);
    assert.equal(await ops('reviews', 'suppress', id, '--reason', 'they mean it'), 'suppressed');
    assert.equal(await ops('reviews'), '');
    assert.equal((await rows('SELECT FROM suppression')).length, 1);
  });

  it('takes in a list, with what was left out in a file beside it, and writes it out', async () => {
    const file = join(folder, 'list.csv');
    await writeFile(file, 'phone_number,reason\n(415) 555-0101,left\nnobody,=1+1\n');
    assert.match(await ops('suppressions', 'import', file), /^1 recorded, 0 known .*, 1 left out/);
    assert.equal(
      await readFile(`${file}.rejected.csv`, 'utf8'),
      'line,reason\r\n3,"""nobody"" is no phone number"\r\n',
    );
    const out = join(folder, 'out.csv');
    assert.match(await ops('suppressions', 'export', out), /^1 written to/);
    assert.match(
      await readFile(out, 'utf8'),
      /^phone_number,scope,.*\r\n\+14155550101,sender,.*,admin_import,left/,
    );
    await writeFile(file, 'phone_number,requested_at\n(415) 555-0102,11/27/2026\n');
    assert.match(
      await ops('suppressions', 'import', file),
      /^1 recorded, .*, 0 left out\n1 of them taken in/,
    );
    assert.match(await readFile(`${file}.rejected.csv`, 'utf8'), /\r\n2,"?taken in, .*requested_at/);
    await assert.rejects(ops('suppressions', 'export', out), /EEXIST/);
    await refused(/--country is one of/, 'suppressions', 'import', file, '--country', 'FR');
  });

  it('writes the record of a person, and finds which entry of it was altered', async () => {
    await ops('revoke', PHONE, '--method', 'email', '--message', 'take me off');
    const out = join(folder, 'record');
    const [, known] = (await ops('evidence', PHONE, '--out', out)).split('\n');
    const hash = /[0-9a-f]{64}/.exec(known ?? '')?.[0] ?? '';
    assert.match(await readFile(join(out, 'evidence.html'), 'utf8'), new RegExp(hash));
    const file = join(out, 'evidence.json');
    assert.equal(await ops('evidence', 'verify', file, '--hash', hash), 'intact');
    assert.match(await ops('evidence', 'verify', file), /^consistent; only with --hash/);
    await refused(/the expected hash names/, 'evidence', 'verify', file, '--hash', '0'.repeat(64));
    await writeFile(file, (await readFile(file, 'utf8')).replace('take me off', 'keep me on'));
    await refused(/not as it was made, at entry 1/, 'evidence', 'verify', file);
    await writeFile(file, '{}');
    await refused(/is no record of evidence/, 'evidence', 'verify', file);
    await assert.rejects(ops('evidence', PHONE, '--out', out), /EEXIST/);
  });

  it('records the consent of who registered before it was kept, once, and lifts no stop by it', async () => {
    const batchOf = (phoneNumber: string) => ({
      ...{ schemaVersion: 1, batchId: randomUUID(), commandId: randomUUID(), phoneNumber, version: 1 },
      ...{
        occurredAt: '2026-01-02T03:04:05.000Z',
        programmeSlug: 'lessons',
        profileBefore,
        profileAfter: profileBefore,
      },
      origin: { kind: 'reply', senderNumber: '+14155550199', receivedAt: '2026-01-02T03:04:05.000Z' },
      events: [
        {
          ...{ eventId: randomUUID(), occurredAt: '2026-01-02T03:04:05.000Z', type: 'USER_VALIDATED' },
          codeValidation: { valid: true, isDemo: false, accountInfo: {}, programmeSlug: 'lessons' },
        },
      ],
    });
    const profileBefore = {
      ...{ validated: false, optedOut: false, isDemo: false, name: null, language: 'en', timezone: null },
      ...{ accountInfo: {}, answers: {} },
    };
    await ops('revoke', '+14155550122', '--method', 'email', '--message', 'no more');
    for (const phone of ['+14155550121', '+14155550122', '+14155550123']) {
      await database.adminPool.query(
        `INSERT INTO dialog_event_batch (phone_number, version, command_id, batch, occurred_at) VALUES ($1, 1, $2, $3, now())`,
        [phone, randomUUID(), JSON.stringify(batchOf(phone))],
      );
    }
    assert.equal(await ops('consents', 'backfill'), '3 registrations, 3 consents recorded');
    assert.equal(await ops('consents', 'backfill'), '3 registrations, 0 consents recorded');
    assert.deepEqual(
      await rows(`SELECT phone_number, status, consents -> 0 ->> 'granted' AS granted FROM consent_standing
                   WHERE phone_number LIKE '+1415555012%' ORDER BY phone_number`),
      [
        { phone_number: '+14155550121', status: 'opted_in', granted: '["informational"]' },
        { phone_number: '+14155550122', status: 'pending_opt_out', granted: '["informational"]' },
        { phone_number: '+14155550123', status: 'opted_in', granted: '["informational"]' },
      ],
    );
    const [change] = await rows(
      `SELECT method, cause FROM consent_change WHERE phone_number = '+14155550121'`,
    );
    assert.deepEqual(change, {
      method: 'sms',
      cause:
        'registered with a code of the programme lessons; recorded afterwards from the events of the dialog',
    });
  });

  it('erases a person: says what would go, does it when told to, and still knows what they stopped', async () => {
    await insertSamplePerson(pool, ERASED);
    await refused(/--reason is missing/, 'erase', ERASED);
    assert.match(
      await ops('erase', ERASED, '--reason', 'request 17'),
      /3 {2}message\n[\s\S]*nothing was done/,
    );
    assert.equal((await rows(`SELECT FROM message WHERE body LIKE '${SECRET}%'`)).length, 3);
    assert.match(
      await ops('erase', ERASED, '--reason', 'request 17', '--yes'),
      /3 {2}message\n[\s\S]*\nerased; /,
    );
    assert.match(
      await ops('erase', ERASED, '--reason', 'again', '--yes'),
      /by ann: request 17\nnothing has come since/,
    );
    assert.match(await ops('erase', '+14155550177', '--reason', 'x'), /nothing is on record/);
    const out = join(folder, 'erased');
    await ops('evidence', ERASED, '--out', out);
    const page = await readFile(join(out, 'evidence.html'), 'utf8');
    assert.match(page, /The person was erased/);
    assert.equal(page.includes(SECRET), false);
    // Lists of people to see to, and to hand on, go on without them.
    await ops('pending');
    await ops('reviews');
    await ops('suppressions', 'export', join(folder, 'suppressions.csv'));
  });

  it('is told how every command is called', async () => {
    for (const [
      name,
      {
        usage: [call],
      },
    ] of Object.entries(consentCommands)) {
      assert.ok(call.startsWith(name), `${name}: ${call}`);
      assert.ok(consentUsage().includes(call));
    }
    await refused(/npm run ops -- reviews/, 'nonsense');
    await refused(/Unknown option/, 'pending', '--dew', '2026-12-11');
    await refused(/is no phone number/, 'revoke', '12', '--method', 'email', '--message', 'x');
  });
});
