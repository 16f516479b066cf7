import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import type { RejectedRow } from '#shared/csv/rows.ts';
import type { Pool } from '#shared/postgres/pool.ts';
import { emptyTables } from '#test/stack/empty-tables.ts';
import { createDatabase, type TestDatabase } from '#test/stack/stack.ts';
import { doNotCallFiles } from './do-not-call-file.ts';
import type { InputFile } from './file-rows.ts';
import { loadDoNotCall } from './load-do-not-call.ts';
import { loadReassigned } from './load-reassigned.ts';
import { reassignedFile } from './reassigned-file.ts';
import { readListStatus, readReassignedStatus } from './status.ts';

const now = new Date('2026-11-26T12:00:00Z');

describe('Lists of numbers', () => {
  let database: TestDatabase;
  let pool: Pool;
  let rejections: RejectedRow[];
  before(async () => {
    database = await createDatabase();
    pool = database.adminPool;
  });
  after(() => database.drop());
  beforeEach(async () => {
    rejections = [];
    await emptyTables(pool, 'do_not_call_list, do_not_call_number, reassigned_answer, reassigned_load');
  });

  const file = (text: string, name = 'list.txt'): InputFile => ({
    name,
    open: () => Readable.from([Buffer.from(text)]),
  });
  /** Whose disk fails behind the text. */
  const broken = (text: string): InputFile => ({
    name: 'broken.txt',
    open: () =>
      Readable.from(
        (async function* () {
          yield Buffer.from(text);
          throw new Error('the disk is gone');
        })(),
      ),
  });
  const options = { now, by: 'ann', reject: (row: RejectedRow) => rejections.push(row), batch: 2 };
  const load = (files: readonly InputFile[], day = '2026-11-20', at = now) =>
    loadDoNotCall(pool, doNotCallFiles(files, day), { ...options, now: at });
  const rows = async (sql: string): Promise<unknown[]> => (await pool.query(sql)).rows;
  const inForce = async (): Promise<unknown[]> => {
    const found = await pool.query<{ phone_number: string }>(
      `SELECT phone_number FROM do_not_call_number WHERE list_id =
         (SELECT list_id FROM do_not_call_list WHERE completed_at IS NOT NULL
           ORDER BY list_date DESC, list_id DESC LIMIT 1) ORDER BY phone_number`,
    );
    return found.rows.map(({ phone_number }) => phone_number);
  };

  describe('of the do-not-call registry', () => {
    it('are read in both formats of the registry, with and without header, each number once', async () => {
      const one = '4155550101\r\n4155550102\r\n4155550101\r\n';
      const two = 'Area Code,Number\n850,5550101\n850,5550102\n850,5550103\n';
      assert.deepEqual(await load([file(one, '415.txt'), file(two, '850.txt')]), {
        numbers: 5,
        rejected: 0,
        areaCodes: 2,
      });
      assert.deepEqual(await inForce(), [
        '+14155550101',
        '+14155550102',
        '+18505550101',
        '+18505550102',
        '+18505550103',
      ]);
      const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
      assert.deepEqual(await rows('SELECT sources, prefixes, loaded_by FROM do_not_call_list'), [
        {
          sources: [
            { name: '415.txt', sha256: sha256(one) },
            { name: '850.txt', sha256: sha256(two) },
          ],
          prefixes: ['+1415', '+1850'],
          loaded_by: 'ann',
        },
      ]);
    });

    it('report what they leave out with its line, and why', async () => {
      const good = ['415', '850'].flatMap((area) =>
        Array.from({ length: 100 }, (_, n) => `${area}${5550100 + n}`),
      );
      await load([file([...good.slice(0, 3), 'nobody', ...good.slice(3), '"broken'].join('\n'))]);
      assert.deepEqual(
        rejections.map(({ line }) => line).sort((a, b) => a - b),
        [4, 202],
      );
      assert.match(rejections[0]?.reason ?? '', /list\.txt: "nobody" is no number/);
      assert.equal((await inForce()).length, 200);
    });

    it('replace the list before, whose numbers go and whose record stays', async () => {
      await load([file('4155550101\n4155550102\n4155550103\n')], '2026-11-10');
      await load([file('4155550103\n4155550104\n')], '2026-11-20');
      assert.deepEqual(await rows('SELECT phone_number FROM do_not_call_number ORDER BY 1'), [
        { phone_number: '+14155550103' },
        { phone_number: '+14155550104' },
      ]);
      assert.deepEqual(
        await rows(
          'SELECT list_date::text, numbers, emptied_at IS NOT NULL AS emptied FROM do_not_call_list ORDER BY list_id',
        ),
        [
          { list_date: '2026-11-10', numbers: 3, emptied: true },
          { list_date: '2026-11-20', numbers: 2, emptied: false },
        ],
      );
    });

    it('leave the list before in force when they break off, and what they left goes with the next', async () => {
      await load([file('4155550101\n')], '2026-11-10');
      await assert.rejects(load([broken('4155550102\n4155550103\n4155550104\n')]), /the disk is gone/);
      assert.deepEqual(await inForce(), ['+14155550101']);
      assert.deepEqual(await rows('SELECT FROM do_not_call_list WHERE completed_at IS NULL'), [{}]);
      await load([file('4155550105\n')]);
      assert.deepEqual(await rows('SELECT phone_number FROM do_not_call_number'), [
        { phone_number: '+14155550105' },
      ]);
      assert.equal((await rows('SELECT FROM do_not_call_list')).length, 2);
    });

    it('leave the list before in force when the database ends their connection', async () => {
      await load([file('4155550101\n')], '2026-11-10');
      const cut: InputFile = {
        name: 'cut.txt',
        open: () =>
          Readable.from(
            (async function* () {
              yield Buffer.from('4155550102\n4155550103\n4155550104\n');
              await pool.query(
                `SELECT pg_terminate_backend(pid) FROM pg_locks
                  WHERE locktype = 'advisory' AND pid <> pg_backend_pid()
                    AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`,
              );
              yield Buffer.from('4155550105\n4155550106\n');
            })(),
          ),
      };
      await assert.rejects(load([cut]));
      assert.deepEqual(await inForce(), ['+14155550101']);
      await load([file('4155550107\n')]);
      assert.deepEqual(await inForce(), ['+14155550107']);
    });

    it('are loaded by one at a time', async () => {
      let second: unknown;
      const meanwhile: InputFile = {
        name: 'meanwhile.txt',
        open: () =>
          Readable.from(
            (async function* () {
              yield Buffer.from('4155550101\n');
              second = await load([file('4155550102\n')]).catch((error: unknown) => error);
            })(),
          ),
      };
      await load([meanwhile]);
      assert.match(String(second), /somebody else is loading/);
      assert.deepEqual(await inForce(), ['+14155550101']);
    });

    it('are refused when they are old, older than the one in force, empty or no list', async () => {
      await load([file('4155550101\n')], '2026-11-10');
      for (const [text, day, why] of [
        ['4155550102\n', '2026-10-01', /2026-10-01 is too long ago/],
        ['4155550102\n', '2026-11-27', /lies in the future/],
        ['4155550102\n', '2026-11-09', /a list of 2026-11-10 is in force/],
        ['', '2026-11-20', /0 numbers and 0 rows/],
        ['4155550102\nnobody\n', '2026-11-20', /1 numbers and 1 rows that are none/],
      ] as const) {
        await assert.rejects(load([file(text)], day), why);
        assert.deepEqual(await inForce(), ['+14155550101']);
      }
    });

    it('are shown with their size', async () => {
      assert.equal(await readListStatus(pool), null);
      await load([file('4155550101\n8505550101\n')]);
      assert.deepEqual(await readListStatus(pool), {
        listDate: '2026-11-20',
        numbers: 2,
        areaCodes: 2,
        loadedBy: 'ann',
      });
    });
  });

  describe('of answers on reassigned numbers', () => {
    const ask = (text: string | InputFile, day = '2026-11-20') =>
      loadReassigned(pool, reassignedFile(typeof text === 'string' ? file(text) : text, day), options);
    const answers = () =>
      rows('SELECT phone_number, asked_on::text, answer FROM reassigned_answer ORDER BY 1, 2');
    const answer = (phone_number: string, asked_on: string, answer: string) => ({
      phone_number,
      asked_on,
      answer,
    });

    it('are kept by the day of the question, and what is none is left out', async () => {
      const told = await ask(
        'number,date,answer\n4155550101,2026-01-01,yes\n4155550102,2026-01-01,no\n4155550103,2026-01-01,No data\n4155550104,2026-01-01,perhaps\n',
      );
      assert.deepEqual(told, { yes: 1, no: 1, no_data: 1, rejected: 1 });
      assert.equal(rejections[0]?.line, 5);
      await ask('4155550101,2026-11-21,no\n', '2026-11-25');
      assert.deepEqual(await answers(), [
        answer('+14155550101', '2026-11-20', 'yes'),
        answer('+14155550101', '2026-11-25', 'no'),
        answer('+14155550102', '2026-11-20', 'no'),
        answer('+14155550103', '2026-11-20', 'no_data'),
      ]);
      assert.deepEqual(await readReassignedStatus(pool, 1), [
        { askedOn: '2026-11-25', yes: 0, no: 1, noData: 0, loadedBy: 'ann' },
      ]);
    });

    it('are the stricter where one day gave two, in one batch or in several', async () => {
      await ask('4155550101,2026-01-01,no\n4155550101,2026-02-01,no data\n');
      assert.deepEqual(await answers(), [answer('+14155550101', '2026-11-20', 'no_data')]);
      await ask('4155550101,2026-03-01,yes\n');
      await ask('4155550101,2026-01-01,no\n');
      assert.deepEqual(await answers(), [answer('+14155550101', '2026-11-20', 'yes')]);
    });

    it('that break off stay, and are whole when they are loaded again', async () => {
      const lines = [1, 2, 3, 4].map((n) => `415555010${n},2026-01-01,no\n`).join('');
      await assert.rejects(ask(broken(lines)), /the disk is gone/);
      assert.deepEqual(await readReassignedStatus(pool, 1), []);
      await ask(lines);
      assert.equal((await answers()).length, 4);
    });

    it('are refused when they are old or none', async () => {
      await assert.rejects(ask('4155550101,2026-01-01,no\n', '2026-10-01'), /30 days\. Ask it again/);
      await assert.rejects(ask('4155550101\n4155550102\n'), /there is no answer in it/);
      assert.deepEqual(await answers(), []);
    });
  });
});
