import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { areaCodes } from '#shared/compliance/location/area-codes.ts';
import { importConsents } from '#shared/consent/import.ts';
import { type ImportKind, importColumns, LONGEST_ROW_BYTES } from '#shared/consent/import-row.ts';
import { csvTable } from '#shared/csv/table.ts';
import { testPseudonyms } from '#test/pseudonyms.ts';
import { createDatabase } from '../test/stack/stack.ts';
import { publish } from './figures.ts';
import {
  aimsOf,
  benchmarkArguments,
  type Contender,
  compare,
  POSTGRES,
  paceAim,
  startBenchStack,
  tableOf,
} from './harness.ts';

/**
 * Lists of consents and of suppressions into an empty database, with history, standings, suppressions and locks; against
 * the same list again, whose rows are all known, against one row a transaction, and against reading the file alone.
 * Half of the numbers are written as in the United States, half in E.164.
 * Gate: each row has its change and its standing once; a known file brings nothing.
 *
 *   node bench/consent-import.bench.ts [--quick] [--json FILE]
 */
const { quick, json } = benchmarkArguments();
const ROWS = quick ? 20_000 : 100_000;
const ONE_BY_ONE = 1_000;
const REPETITIONS = quick ? 2 : 5;
const WORDING =
  'I agree to get recurring automated text messages about appointments and health offers from Elm County. ' +
  'Consent is no condition of service. Message rates may apply. Reply STOP to end, HELP for help.';
const TABLES =
  'phone, consent_change, consent_standing, consent_disclosure, suppression, outbox, dialog_state';
const now = new Date('2026-11-26T12:00:00Z');

const codes = [...areaCodes.keys()];
const numberOf = (n: number): string => {
  const code = codes[n % codes.length];
  const line = `555${String(Math.floor(n / codes.length)).padStart(4, '0')}`;
  return n % 2 === 0 ? `+1${code}${line}` : `(${code}) ${line.slice(0, 3)}-${line.slice(3)}`;
};
const files: Record<ImportKind, Buffer> = {
  consents: Buffer.from(
    [
      'phone_number,granted,requested_at,reason,wording,affirmative_action,external_id',
      ...Array.from(
        { length: ROWS },
        (_, n) =>
          `${numberOf(n)},informational marketing_in_writing,2026-10-01T15:04:05Z,paper forms of the fair,"${WORDING}",signed,crm-${n}`,
      ),
    ].join('\r\n'),
  ),
  suppressions: Buffer.from(
    [
      'phone_number,requested_at,reason',
      ...Array.from({ length: ROWS }, (_, n) => `${numberOf(n)},2026-10-01,left the programme`),
    ].join('\r\n'),
  ),
};
const head = (file: Buffer, rows: number): Buffer =>
  Buffer.from(
    file
      .toString()
      .split('\r\n', rows + 1)
      .join('\r\n'),
  );
/** As a file on a disk is read. */
const chunks = (file: Buffer): Readable =>
  Readable.from(
    Array.from({ length: Math.ceil(file.length / 65_536) }, (_, n) =>
      file.subarray(n * 65_536, (n + 1) * 65_536),
    ),
  );

const stack = await startBenchStack();
const database = await createDatabase();

const empty = () => database.adminPool.query(`TRUNCATE ${TABLES}`);
const rateOf = (count: number, begunAt: number): number => count / ((performance.now() - begunAt) / 1_000);

async function imports(kind: ImportKind, file: Buffer, batch?: number) {
  return importConsents(database.adminPool, () => chunks(file), {
    kind,
    actor: 'bench',
    country: 'US',
    now,
    telling: { teller: 'gateway', onlyDialogs: true, now, pseudonyms: testPseudonyms },
    reject: ({ line, reason }) => assert.fail(`line ${line}: ${reason}`),
    note: ({ line, reason }) => assert.fail(`line ${line}: ${reason}`),
    ...(batch === undefined ? {} : { batch }),
  });
}

async function check(rows: number): Promise<void> {
  const { rows: found } = await database.adminPool.query(
    `SELECT (SELECT count(DISTINCT phone_number)::int FROM consent_change) AS changes,
            (SELECT count(*)::int FROM consent_standing) AS standings`,
  );
  assert.deepEqual(found, [{ changes: rows, standings: rows }]);
}

const afresh = (name: string, kind: ImportKind, rows: number, batch?: number): Contender => {
  const file = rows === ROWS ? files[kind] : head(files[kind], rows);
  return {
    name,
    run: async () => {
      await empty();
      const begunAt = performance.now();
      assert.deepEqual(await imports(kind, file, batch), { recorded: rows, known: 0, rejected: 0 });
      const rate = rateOf(rows, begunAt);
      await check(rows);
      return rate;
    },
  };
};

try {
  const result = await compare({
    unit: 'rows',
    ours: afresh('ours: consents', 'consents', ROWS),
    others: [
      { ...afresh('suppressions', 'suppressions', ROWS), atLeast: null },
      {
        name: 'the same suppressions again',
        atLeast: null,
        run: async () => {
          const begunAt = performance.now();
          assert.deepEqual(await imports('suppressions', files.suppressions), {
            recorded: 0,
            known: ROWS,
            rejected: 0,
          });
          return rateOf(ROWS, begunAt);
        },
      },
      { ...afresh('consents, one row a transaction', 'consents', ONE_BY_ONE, 1), atLeast: 10 },
      {
        name: 'reading the file of consents alone',
        atLeast: null,
        run: async () => {
          const begunAt = performance.now();
          let rows = 0;
          for await (const part of csvTable(
            chunks(files.consents),
            importColumns.consents,
            LONGEST_ROW_BYTES,
          ))
            rows += part.rows.length;
          assert.equal(rows, ROWS);
          return rateOf(rows, begunAt);
        },
      },
    ],
    repetitions: REPETITIONS,
  });
  await publish(
    {
      benchmark: 'consent-import',
      config: { rows: ROWS, repetitions: REPETITIONS, postgres: POSTGRES },
      tables: [tableOf(result)],
      aims: [paceAim(result, 10_000), ...aimsOf(result)],
    },
    json,
  );
} finally {
  await database.drop();
  await stack.stop();
}
