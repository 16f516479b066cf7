import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import type { RejectedRow } from '#shared/csv/rows.ts';
import { phoneNumber } from '#shared/phone/phone-number.ts';
import { inTransaction, type Pool } from '#shared/postgres/pool.ts';
import { runs } from '#test/properties/runs.ts';
import { testPseudonyms } from '#test/pseudonyms.ts';
import { emptyTables } from '#test/stack/empty-tables.ts';
import { createDatabase, type TestDatabase } from '#test/stack/stack.ts';
import { consentChange } from './change.ts';
import { exportConsents } from './export.ts';
import { type Import, importConsents } from './import.ts';
import { recordConsents } from './record.ts';
import { readStandings } from './store.ts';

const now = new Date('2026-11-26T12:00:00Z');
const PERSON = phoneNumber('+14155550101');

describe('A list of consent from a file', () => {
  let database: TestDatabase;
  let pool: Pool;
  let rejections: RejectedRow[];
  let notes: RejectedRow[];
  before(async () => {
    database = await createDatabase();
    pool = database.adminPool;
  });
  after(() => database.drop());
  const empty = () =>
    emptyTables(
      pool,
      'consent_change, consent_standing, consent_disclosure, suppression, outbox, phone, dialog_state',
    );
  beforeEach(async () => {
    rejections = [];
    notes = [];
    await empty();
  });

  const importText = (text: string, more: Partial<Import> = {}) =>
    importConsents(pool, () => Readable.from([Buffer.from(text)]), {
      kind: 'suppressions',
      actor: 'ann',
      country: 'US',
      now,
      telling: { teller: 'gateway', onlyDialogs: true, now: new Date(), pseudonyms: testPseudonyms },
      reject: (row) => rejections.push(row),
      note: (row) => notes.push(row),
      ...more,
    });
  const suppressed = async (): Promise<string[]> => {
    const { rows } = await pool.query<{ phone_number: string }>(
      'SELECT phone_number FROM suppression ORDER BY phone_number',
    );
    return rows.map((row) => row.phone_number);
  };
  const exported = async (kind: Import['kind'], pageRows?: number): Promise<string> => {
    const lines: string[] = [];
    for await (const line of exportConsents(pool, kind, pageRows)) lines.push(line);
    return lines.join('');
  };
  const record = (more: object) =>
    inTransaction(pool, (tx) =>
      recordConsents(
        tx,
        [
          consentChange({
            changeId: '00000000-0000-4000-8000-000000000001',
            phoneNumber: PERSON,
            status: 'opted_out',
            method: 'sms',
            requestedAt: now,
            cause: 'test',
            ...more,
          }),
        ],
        { teller: null, now, pseudonyms: testPseudonyms },
      ),
    );

  it('suppresses by the canonical number, however it is written', async () => {
    const result = await importText(
      '\uFEFFPhone Number,Reason\r\n(415) 555-0101,"left, angry"\r\n1-415-555-0102,\r\n+1 415 555 0103,x\r\n+4402079460018,\r\n',
    );
    assert.deepEqual(result, { recorded: 4, known: 0, noted: 0, rejected: 0 });
    assert.deepEqual(await suppressed(), [
      ...['+14155550101', '+14155550102', '+14155550103', '+442079460018'],
    ]);
    const { rows } = await pool.query('SELECT source, reason FROM suppression ORDER BY phone_number LIMIT 1');
    assert.deepEqual(rows, [{ source: 'admin_import', reason: 'left, angry' }]);
  });

  it('says of every row that it leaves out which and why, and takes the others', async () => {
    const result = await importText(
      [
        'phone_number,requested_at,scope',
        '+14155550101,,',
        'nobody,,',
        '"nobody either',
        '',
        '+14155550106,2026-11-01T10:00:00-05:00,flu',
      ].join('\n'),
    );
    assert.deepEqual(result, { recorded: 2, known: 0, noted: 0, rejected: 2 });
    assert.deepEqual(await suppressed(), ['+14155550101', '+14155550106']);
    assert.deepEqual(
      rejections.map(({ line }) => line),
      [3, 4],
    );
    for (const [index, why] of [/no phone number/, /not a row/].entries()) {
      assert.match(rejections[index]?.reason ?? '', why);
    }
  });

  it('suppresses by the number alone: a time or a scope that is none is the import\u2019s, and everything', async () => {
    const result = await importText(
      [
        'phone_number,requested_at,scope',
        '+14155550102,11/27/2026,flu',
        '+14155550103,2026-11-26T13:00:00Z,',
        '+14155550104,2026-11-01,Not A Scope',
        '+14155550105,yesterday,All messages',
      ].join('\n'),
    );
    assert.deepEqual(result, { recorded: 4, known: 0, noted: 4, rejected: 0 });
    const { rows } = await pool.query(
      'SELECT phone_number, scope, added_at FROM suppression ORDER BY phone_number',
    );
    assert.deepEqual(rows, [
      { phone_number: '+14155550102', scope: 'flu', added_at: now },
      { phone_number: '+14155550103', scope: 'sender', added_at: now },
      { phone_number: '+14155550104', scope: 'sender', added_at: new Date('2026-11-01T00:00:00Z') },
      { phone_number: '+14155550105', scope: 'sender', added_at: now },
    ]);
    assert.deepEqual(
      notes.map(({ line, reason }) => [
        line,
        /ISO 8601/.test(reason),
        /future/.test(reason),
        /scope/.test(reason),
      ]),
      [
        [2, true, false, false],
        [3, false, true, false],
        [4, false, false, true],
        [5, true, false, true],
      ],
    );
  });

  it('suppresses every number in a row with a cell too many or too few, as of now and for everything', async () => {
    const result = await importText(
      [
        'reason,phone_number,scope,requested_at',
        '+14155550101',
        'moved, away,+14155550102,flu,2026-11-01',
        'moved,+14155550103,flu,2026-11-01,4155550199',
        'moved, away,nowhere,flu,2026-11-01',
        ',=+14155550104',
        // Two rows that lost the line end between them.
        'moved,+14155550105,flu,2026-11-01,moved,+14155550106,flu,2026-11-01',
        // An account, and a name with a comma: whose number is meant, nobody knows.
        '4155550107,Smith, John,+14155550108,flu',
        'again,+14155550101,+14155550101,,',
        // The cells on both sides of a lost line end have become one.
        'moved,+14155550109,flu,2026-11-01,+141555501102,moved,+14155550111 / +14155550112,flu',
      ].join('\n'),
    );
    assert.deepEqual(result, { recorded: 15, known: 0, noted: 8, rejected: 1 });
    const { rows } = await pool.query(
      'SELECT phone_number, scope, added_at FROM suppression ORDER BY phone_number',
    );
    assert.deepEqual(
      rows,
      [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 102, 11, 12, 99].map((n) => ({
        phone_number: n === 102 ? '+141555501102' : `+1415555${String(100 + n).padStart(4, '0')}`,
        scope: 'sender',
        added_at: now,
      })),
    );
    assert.deepEqual(
      [notes, rejections].map((told) =>
        told.map(({ line, reason }) => [line, /not a row of this file: has/.test(reason)]),
      ),
      [[2, 3, 4, 6, 7, 8, 9, 10].map((line) => [line, true]), [[5, true]]],
    );
    assert.match(
      notes.find(({ line }) => line === 8)?.reason ?? '',
      /suppressed: \+14155550107, \+14155550108$/,
    );
  });

  it('suppresses every number in a row with a quote too few', async () => {
    const result = await importText(
      [
        'phone_number,original_message,reason',
        '+14155550101,she said "stop" to us,left',
        '"+14155550102,,',
        '"4155550103"x,,',
        '+14155550104,"fine, that",left',
        '"nobody,,',
      ].join('\n'),
    );
    assert.deepEqual(result, { recorded: 4, known: 0, noted: 3, rejected: 1 });
    assert.deepEqual(
      await suppressed(),
      [1, 2, 3, 4].map((last) => `+1415555010${last}`),
    );
    assert.deepEqual(
      [notes, rejections].map((told) => told.map(({ line }) => line)),
      [[2, 3, 4], [6]],
    );
  });

  it('takes nothing of consents that is not as it must be', async () => {
    const row = (requestedAt: string, scope: string) =>
      `+14155550101,informational,${requestedAt},fair,"Texts from Elm County?",${scope}`;
    const result = await importText(
      [
        'phone_number,granted,requested_at,source,wording,scope',
        row('11/25/2026', ''),
        row('2026-11-26T13:00:00Z', ''),
        row('2026-11-25', 'Not A Scope'),
        row('2026-11-25', 'flu,'),
      ].join('\n'),
      { kind: 'consents' },
    );
    assert.deepEqual(result, { recorded: 0, known: 0, noted: 0, rejected: 4 });
    for (const [index, why] of [/ISO 8601/, /future/, /scope/, /not a row/].entries()) {
      assert.match(rejections[index]?.reason ?? '', why);
    }
  });

  it('is refused whole when a column is missing, unknown or twice', async () => {
    for (const [header, why] of [
      ['number', /phone_number is missing; column "number" is not known/],
      ['phone_number,phone number', /stands twice/],
    ] as const) {
      await assert.rejects(importText(`${header}\n+14155550101,x\n`), why);
    }
    assert.deepEqual(await suppressed(), []);
  });

  it('brings nothing the second time, also where the first broke off', async () => {
    const lines = Array.from({ length: 9 }, (_, n) => `+1415555010${n}`);
    const text = ['phone_number', ...lines.slice(0, 5), 'nobody', ...lines.slice(5)].join('\n');
    const breaks = () => {
      throw new Error('the disk is full');
    };
    await assert.rejects(importText(text, { batch: 2, reject: breaks }), /the disk is full/);
    assert.deepEqual(await suppressed(), lines.slice(0, 4));
    assert.deepEqual(await importText(text, { batch: 4 }), { recorded: 5, known: 4, noted: 0, rejected: 1 });
    assert.deepEqual(await importText(text), { recorded: 0, known: 9, noted: 0, rejected: 1 });
  });

  it('suppresses anew who texted START since the same file was taken in, once for each time', async () => {
    const text = 'phone_number,requested_at\n+14155550101,2026-11-01\n+14155550102,2026-11-01\n';
    const start = (changeId: string) => record({ changeId, status: 'opted_in' });
    assert.deepEqual(await importText(text), { recorded: 2, known: 0, noted: 0, rejected: 0 });
    for (const changeId of ['00000000-0000-4000-8000-000000000001', '00000000-0000-4000-8000-000000000002']) {
      await start(changeId);
      assert.deepEqual(await suppressed(), ['+14155550102']);
      assert.deepEqual(await importText(text), { recorded: 1, known: 1, noted: 0, rejected: 0 });
      assert.deepEqual(await suppressed(), [PERSON, '+14155550102']);
      assert.deepEqual(await importText(text), { recorded: 0, known: 2, noted: 0, rejected: 0 });
    }
    const { rows } = await pool.query(
      'SELECT status FROM consent_change WHERE phone_number = $1 ORDER BY position',
      [PERSON],
    );
    assert.deepEqual(
      rows.map(({ status }) => status),
      ['opted_out', 'opted_in', 'opted_out', 'opted_in', 'opted_out'],
    );
  });

  it('suppresses anew in the scope of the row alone', async () => {
    const text = 'phone_number,scope\n+14155550101,flu\n';
    await importText(text);
    await record({ changeId: '00000000-0000-4000-8000-000000000003', status: 'opted_in' });
    assert.equal((await importText(text)).recorded, 1);
    const { rows } = await pool.query('SELECT phone_number, scope FROM suppression');
    assert.deepEqual(rows, [{ phone_number: PERSON, scope: 'flu' }]);
  });

  it('brings consent once, whatever the person has said since', async () => {
    const text = [
      'phone_number,granted,requested_at,source,wording',
      '+14155550101,informational,2026-11-20,fair,"Texts from Elm County?"',
    ].join('\n');
    await importText(text, { kind: 'consents' });
    await record({});
    assert.deepEqual(await importText(text, { kind: 'consents' }), {
      recorded: 0,
      known: 1,
      noted: 0,
      rejected: 0,
    });
    assert.deepEqual(await suppressed(), [PERSON]);
  });

  it('is no file when it cannot be read to its end', async () => {
    const broken = async function* () {
      yield 'phone_number\n+14155550101\n';
      throw new Error('the disk is gone');
    };
    let reads = 0;
    const file = () => Readable.from(++reads === 1 ? ['phone_number\n'] : broken());
    const wanted = {
      kind: 'suppressions',
      actor: 'ann',
      country: 'US',
      now,
      telling: { teller: null, now: new Date(), pseudonyms: testPseudonyms },
    } as const;
    await assert.rejects(
      importConsents(pool, file, { ...wanted, reject: () => undefined, note: () => undefined }),
      /the disk is gone/,
    );
  });

  it('never lifts a suppression, and gives consent to those who are not blocked', async () => {
    await record({});
    const result = await importText(
      [
        'phone_number,granted,requested_at,source,wording,affirmative_action',
        '+14155550101,informational,2026-11-20,fair,"Texts from Elm County?",',
        '+14155550102,informational marketing_in_writing,2026-11-20,fair,"I agree, signed below.",signed',
        '+14155550103,marketing_in_writing,2026-11-20,fair,"I agree, signed below.",',
        '+14155550104,everything,2026-11-20,fair,"I agree, signed below.",signed',
      ].join('\n'),
      { kind: 'consents' },
    );
    assert.deepEqual(result, { recorded: 2, known: 0, noted: 0, rejected: 2 });
    assert.deepEqual(await suppressed(), [PERSON]);
    const standings = await readStandings(pool, ['+14155550101', '+14155550102'], testPseudonyms);
    assert.deepEqual(standings.get(PERSON)?.get('sender')?.consents, []);
    assert.deepEqual(
      standings
        .get('+14155550102')
        ?.get('sender')
        ?.consents.map(({ granted }) => granted),
      [['informational', 'marketing_in_writing']],
    );
  });

  it('takes the consent of people who were enrolled by somebody else only with its source and the wording', async () => {
    const row = (n: number, rest: string) => `+141555501${10 + n},informational,2026-11-20,${rest}`;
    const result = await importText(
      [
        'phone_number,granted,requested_at,source,reason,method,wording',
        row(0, 'paper form,,,"Texts from Elm County?"'),
        row(1, ',paper form,,"Texts from Elm County?"'),
        row(2, ',,,"Texts from Elm County?"'),
        row(3, 'paper form,,,'),
        row(4, 'texted JOIN,,sms,'),
        row(5, ',,sms,'),
        row(6, 'paper form,,web,'),
      ].join('\n'),
      { kind: 'consents' },
    );
    assert.deepEqual(result, { recorded: 3, known: 0, noted: 0, rejected: 4 });
    assert.deepEqual(
      rejections.map(({ line, reason }) => [line, /source/.test(reason), /wording/.test(reason)]),
      [
        [4, true, false],
        [5, false, true],
        [7, true, false],
        [8, false, true],
      ],
    );
    const { rows } = await pool.query('SELECT cause FROM consent_change ORDER BY position');
    assert.deepEqual(
      rows.map(({ cause }) => cause),
      ['paper form', 'paper form', 'texted JOIN'],
    );
  });

  it('tells the dialogs that exist, and nobody else', async () => {
    await pool.query(
      `INSERT INTO dialog_state (phone_number, version, state, updated_at) VALUES ($1, 1, '{}', now())`,
      [PERSON],
    );
    await importText('phone_number\n+14155550101\n+14155550102\n');
    const { rows } = await pool.query('SELECT producer, ordering_key FROM outbox');
    assert.deepEqual(rows, [{ producer: 'gateway', ordering_key: PERSON }]);
  });

  it('is exported so that no cell is a formula, and read again as what it was', async () => {
    const anyText = fc
      .array(fc.constantFrom('=', '+', '-', '@', '\t', '"', ',', '\n', "'", 'a', '1', ' ', 'é', '😀'), {
        minLength: 1,
        maxLength: 12,
      })
      .map((parts) => parts.join('').trim())
      .filter((text) => text !== '' && !text.startsWith("'"));
    await fc.assert(
      fc.asyncProperty(anyText, async (words) => {
        await empty();
        await record({ originalMessage: words });
        const text = await exported('suppressions');
        const [, row] = parse(text);
        for (const cell of row?.slice(1) ?? []) assert.doesNotMatch(cell, /^[=+@\t-]/);
        await empty();
        assert.deepEqual((await importText(text)).recorded, 1);
        const { rows } = await pool.query('SELECT original_message FROM consent_change');
        assert.deepEqual(rows, [{ original_message: words }]);
      }),
      { numRuns: runs(40) },
    );
  });

  it('is exported whole, page by page, and imports elsewhere as the same', async () => {
    const phones = Array.from({ length: 7 }, (_, n) => `+1415555010${n}`);
    await importText(
      [
        'phone_number,granted,requested_at,source,method,wording,affirmative_action',
        ...phones.map((phone) => `${phone},marketing_in_writing,2026-11-20,fair,,"Yes, ""I do""",signed`),
        ...phones.map((phone) => `${phone},informational,2026-11-21,joined with a code,sms,,`),
      ].join('\n'),
      { kind: 'consents' },
    );
    const text = await exported('consents', 3);
    assert.equal(text.split('\r\n').length, 1 + 14 + 1);
    assert.equal(await exported('consents'), text);
    const before = await readStandings(pool, phones, testPseudonyms);
    await empty();
    assert.equal((await importText(text, { kind: 'consents' })).recorded, 14);
    const kinds = (standings: typeof before) =>
      [...standings].map(([phone, scopes]) => [
        phone,
        scopes
          .get('sender')
          ?.consents.map(({ granted, givenAt }) => `${granted} ${givenAt.toISOString()}`)
          .sort(),
      ]);
    assert.deepEqual(kinds(await readStandings(pool, phones, testPseudonyms)), kinds(before));
  });
});
