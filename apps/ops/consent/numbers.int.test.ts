import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '#shared/clock.ts';
import { TEST_KEY_PEPPER, testPseudonyms } from '#test/pseudonyms.ts';
import { emptyTables } from '#test/stack/empty-tables.ts';
import { createDatabase, type TestDatabase } from '#test/stack/stack.ts';
import { UsageError } from '../arguments.ts';
import { runConsentCommand } from './run.ts';

describe('An operator, about numbers,', () => {
  let database: TestDatabase;
  let folder: string;
  /** Business time. */
  let at: number;

  before(async () => {
    database = await createDatabase();
    folder = await mkdtemp(join(tmpdir(), 'ops-'));
  });
  after(async () => {
    await database.drop();
    await rm(folder, { recursive: true });
  });
  beforeEach(async () => {
    at = Date.parse('2026-11-26T12:00:00Z');
    await emptyTables(
      database.adminPool,
      'do_not_call_list, do_not_call_number, reassigned_answer, reassigned_load',
    );
  });

  const ops = async (...args: string[]): Promise<string> => {
    const said: string[] = [];
    await runConsentCommand(['numbers', ...args, '--by', 'ann'], {
      pool: database.adminPool,
      clock: { ...systemClock(), now: () => new Date(at) },
      pseudonyms: testPseudonyms,
      keyPepper: TEST_KEY_PEPPER,
      say: (line) => said.push(line),
      by: 'nobody',
    });
    return said.join('\n');
  };
  const written = async (name: string, text: string): Promise<string> => {
    const path = join(folder, name);
    await writeFile(path, text);
    return path;
  };

  it('puts the files of the do-not-call registry in force, and sees until when', async () => {
    const one = await written('415.txt', '4155550101\n4155550102\n');
    const two = await written('850.txt', '850,5550101\n');
    assert.equal(
      await ops('do-not-call', one, two, '--date', '2026-11-20'),
      '3 numbers of 2 area codes, 0 rows left out\nin force until 2026-12-21T00:00:00.000Z',
    );
    assert.equal(
      await ops('status'),
      'do-not-call: list of 2026-11-20, 3 numbers of 2 area codes, counts until 2026-12-21T00:00:00.000Z, ' +
        'loaded by ann\nreassigned: no answers',
    );
    at = Date.parse('2026-12-21T00:00:00Z');
    assert.match(await ops('status'), /stopped counting 2026-12-21/);
  });

  it('takes in answers on reassigned numbers, with what was left out in a file beside them', async () => {
    const file = await written('answers.csv', '4155550101,2026-01-01,yes\n4155550102,2026-01-01,perhaps\n');
    assert.match(
      await ops('reassigned', file, '--date', '2026-11-25'),
      /^1 yes, 0 no, 0 no data, 1 rows left/,
    );
    assert.match(
      await readFile(`${file}.rejected.csv`, 'utf8'),
      /^line,reason\r\n2,".*none of yes, no, no data"/,
    );
    assert.match(
      await ops('status'),
      /^do-not-call: no list\nreassigned: asked on 2026-11-25, 1 yes, 0 no, 0 no data, counts until 2026-12-25/,
    );
  });

  it('is told what is missing', async () => {
    const file = await written('list.txt', '4155550101\n');
    await assert.rejects(ops('do-not-call', '--date', '2026-11-20'), UsageError);
    await assert.rejects(ops('do-not-call', file), /--date is missing/);
    await assert.rejects(ops('reassigned', file, file, '--date', '2026-11-20'), /expected one file/);
    await assert.rejects(ops('do-not-call', file, '--date', '2026-09-01'), /Download the registry again/);
  });
});
