import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { v7 } from 'uuid';
import { areaCodes } from '#shared/compliance/location/area-codes.ts';
import { recogniseColumns } from '#shared/imports/columns.ts';
import { beginCheck, beginCommit, beginUpload, waiting } from '#shared/imports/lifecycle.ts';
import { importOptionsSchema } from '#shared/imports/options.ts';
import { findImport, type Import, insertImport, lockImport, writeImport } from '#shared/imports/store.ts';
import { validPhoneNumber } from '#shared/phone/valid-phone-number.ts';
import { inTransaction } from '#shared/postgres/pool.ts';
import { ManualClock } from '#test/manual-clock.ts';
import { testPseudonyms } from '#test/pseudonyms.ts';
import { stageFile } from '../apps/api/imports/stage-file.ts';
import { takeImportTurn } from '../apps/campaigns/imports/take-turn.ts';
import { createDatabase } from '../test/stack/stack.ts';
import { type Aim, publish, type Row, shown } from './figures.ts';
import {
  aimsOf,
  benchmarkArguments,
  type Contender,
  compare,
  POSTGRES,
  startBenchStack,
  tableOf,
} from './harness.ts';
import { importByCopy, importRowByRow } from './imports/baselines.ts';

/**
 * Imports of contacts of 10,000, 100,000 and 1,000,000 rows, from the bytes of the file to the last contact: staged as the
 * API stages them, checked and committed as the service does. Rows have a number, a name, a language, a zone, a state, a
 * postal code, an id and two tags; half of the numbers are written as in the United States, half in E.164. Of a file of
 * each size the same again, which must change nothing.
 * Then 100,000 rows (20,000 with --quick) in turn with what one writes by hand: a statement for each row, of which fewer give
 * the same rate; and raw COPY as the limit, which keeps no file, looks for nothing that is there and tells no fault.
 * Gate: every row is a contact once; the second time none has changed.
 *
 *   node bench/contact-import.bench.ts [--quick] [--json FILE]
 */
const { quick, json } = benchmarkArguments();
const SIZES = quick ? [10_000, 100_000] : [10_000, 100_000, 1_000_000];

/** Of islands not every exchange is given out. */
const codes = [...areaCodes.keys()].filter((code) =>
  [300, 301].every((exchange) => validPhoneNumber(`+1${code}${exchange}0000`, { country: 'US' }) !== null),
);
const header = 'phone,name,language,time zone,state,zip,external id,tags\r\n';
const rowOf = (n: number): string => {
  const code = codes[n % codes.length];
  const exchange = 300 + Math.floor(n / codes.length / 10_000);
  const line = `${exchange}${String(Math.floor(n / codes.length) % 10_000).padStart(4, '0')}`;
  const phone = n % 2 === 0 ? `+1${code}${line}` : `(${code}) ${line.slice(0, 3)}-${line.slice(3)}`;
  return `${phone},Ana Ruiz ${n},es,America/New_York,NY,10001,crm-${n},clinic;spring\r\n`;
};
/** Made as it is read: what is measured is not how a file lies in memory. */
async function* fileOf(rows: number): AsyncGenerator<Buffer> {
  yield Buffer.from(header);
  for (let from = 0; from < rows; from += 500) {
    yield Buffer.from(Array.from({ length: Math.min(500, rows - from) }, (_, n) => rowOf(from + n)).join(''));
  }
}

const stack = await startBenchStack();
const database = await createDatabase();
const pool = database.adminPool;
const clock = new ManualClock(new Date('2026-11-26T12:00:00Z'));
const parts = { clock, pseudonyms: testPseudonyms, producer: 'gateway' as const, beside: pool };

const change = (importId: string, next: (before: Import) => Import | null): Promise<Import> =>
  inTransaction(pool, async (tx) => {
    const before = await lockImport(tx, importId);
    assert.ok(before);
    const after = next(before);
    assert.ok(after);
    await writeImport(tx, after);
    return after;
  });
const workUntil = async (importId: string, status: Import['status']): Promise<void> => {
  while ((await findImport(pool, importId))?.status !== status) assert.ok(await takeImportTurn(pool, parts));
};
const secondsOf = async (work: () => Promise<unknown>): Promise<number> => {
  const begunAt = performance.now();
  await work();
  return (performance.now() - begunAt) / 1_000;
};

/** One import of that many rows; times in seconds, by step. */
async function importOf(rows: number) {
  const importId = v7();
  await inTransaction(pool, (tx) =>
    insertImport(tx, {
      ...{ importId, kind: 'contacts', fileName: 'bench.csv', options: importOptionsSchema.parse({}) },
      ...{ dueAt: null, createdBy: 'bench', createdAt: clock.now() },
    }),
  );
  const upload = await secondsOf(async () => {
    const begun = await change(importId, (before) => beginUpload(before, clock.now()));
    const file = Readable.from(fileOf(rows));
    const staged = await stageFile(pool, begun, file, () => clock.now());
    await change(importId, (before) => ({
      ...waiting(before, 'uploaded', clock.now()),
      columns: staged.columns,
      mapping: recogniseColumns('contacts', staged.columns, []),
      fileHash: staged.hash,
    }));
  });
  const check = await secondsOf(async () => {
    await change(importId, (before) => beginCheck(before, clock.now()));
    await workUntil(importId, 'checked');
  });
  const commit = await secondsOf(async () => {
    await change(importId, (before) => beginCommit(before, false, clock.now()));
    await workUntil(importId, 'committed');
  });
  const clear = await secondsOf(async () => {
    while ((await takeImportTurn(pool, parts)) !== null);
  });
  const done = await findImport(pool, importId);
  assert.ok(done);
  return { upload, check, commit, clear, counts: done.counts };
}

const empty = (): Promise<unknown> =>
  pool.query('TRUNCATE contact, list_member, import_row, import_contact, import_fault CASCADE');
async function requireContacts(amount: number): Promise<void> {
  const { rows: found } = await pool.query('SELECT count(*)::int AS contacts FROM contact');
  assert.deepEqual(found, [{ contacts: amount }]);
}

const COMPARED = quick ? 20_000 : 100_000;
const SINGLE = quick ? 1_000 : 5_000;
const contender = (name: string, rows: number, work: () => Promise<unknown>): Contender => ({
  name,
  run: async () => {
    await empty();
    const seconds = await secondsOf(work);
    await requireContacts(rows);
    return rows / seconds;
  },
});
/** What becomes of the staged file afterwards is not waited for by anybody. */
const ours: Contender = {
  name: 'ours: staged, checked, committed',
  run: async () => {
    await empty();
    const { check, commit, upload } = await importOf(COMPARED);
    await requireContacts(COMPARED);
    return COMPARED / (upload + check + commit);
  },
};

interface Measured extends Row {
  rows: number;
  'rows/s': number;
  'upload rows/s': number;
  'check rows/s': number;
  'commit rows/s': number;
  'clearing away, s': number;
  'the same again, rows/s': number;
  'peak RSS, MiB': number;
}

/** Of the largest file: its pace, and the memory beside what a tenth of it takes. */
function sizesAims(measured: readonly Measured[]): Aim[] {
  const [before, largest] = measured.slice(-2);
  assert.ok(before && largest);
  const grown = largest['peak RSS, MiB'] / before['peak RSS, MiB'];
  return [
    {
      against: `${shown(largest.rows)} rows`,
      aim: '20,000 rows/s',
      measured: shown(largest['rows/s']),
      reached: largest['rows/s'] >= 20_000,
    },
    {
      against: `memory, ${shown(largest.rows)} rows after ${shown(before.rows)}`,
      aim: 'no more (1.5 times)',
      measured: `${largest['peak RSS, MiB']} MiB after ${before['peak RSS, MiB']}`,
      reached: grown <= 1.5,
    },
  ];
}

try {
  await importOf(1_000);
  const measured: Measured[] = [];
  for (const rows of SIZES) {
    await empty();
    let peak = 0;
    const watch = setInterval(() => {
      peak = Math.max(peak, process.memoryUsage.rss());
    }, 20);
    const first = await importOf(rows);
    clearInterval(watch);
    assert.deepEqual([first.counts.created, first.counts.faulty, first.counts.duplicate], [rows, 0, 0]);
    await requireContacts(rows);
    const again = await importOf(rows);
    assert.deepEqual([again.counts.unchanged, again.counts.updated, again.counts.created], [rows, 0, 0]);
    const rateOf = ({ check, commit, upload }: typeof first): number =>
      Math.round(rows / (upload + check + commit));
    measured.push({
      rows,
      'rows/s': rateOf(first),
      'upload rows/s': Math.round(rows / first.upload),
      'check rows/s': Math.round(rows / first.check),
      'commit rows/s': Math.round(rows / first.commit),
      'clearing away, s': Number(first.clear.toFixed(2)),
      'the same again, rows/s': rateOf(again),
      'peak RSS, MiB': Math.round(peak / 2 ** 20),
    });
  }
  const compared = await compare({
    unit: 'rows',
    ours,
    others: [
      {
        ...contender('a statement for each row', SINGLE, () => importRowByRow(pool, fileOf(SINGLE))),
        atLeast: null,
      },
      {
        ...contender('raw COPY, one for all rows', COMPARED, () => importByCopy(pool, fileOf(COMPARED))),
        atLeast: null,
      },
    ],
    repetitions: quick ? 2 : 5,
  });
  await publish(
    {
      benchmark: 'contact-import',
      config: { postgres: POSTGRES },
      tables: [
        { rows: measured },
        tableOf(compared, { caption: `Against what one writes by hand, ${shown(COMPARED)} rows` }),
      ],
      aims: [...sizesAims(measured), ...aimsOf(compared)],
    },
    json,
  );
} finally {
  await database.drop();
  await stack.stop();
}
