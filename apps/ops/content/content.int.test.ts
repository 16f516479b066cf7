import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { seedContent } from '#shared/content/seed.ts';
import { sampleContentDirectory } from '#shared/drills/drills.ts';
import { phoneNumber } from '#shared/phone/phone-number.ts';
import { ManualClock } from '#test/manual-clock.ts';
import { createDatabase, type TestDatabase } from '#test/stack/stack.ts';
import { UsageError } from '../arguments.ts';
import { parseContent, runContent } from './run.ts';

describe('npm run ops -- content', () => {
  let database: TestDatabase;
  let folder: string;
  let said: string[];
  before(async () => {
    database = await createDatabase();
  });
  after(() => database.drop());
  beforeEach(async () => {
    await database.adminPool.query('TRUNCATE drill, drill_version, programme, audit_entry');
    folder = await mkdtemp(join(tmpdir(), 'carillon-content-'));
    said = [];
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  const run = (...args: string[]) =>
    runContent(parseContent(args, 'ann'), {
      pool: database.adminPool,
      clock: new ManualClock(),
      defaultSender: phoneNumber('+14155550199'),
      say: (line) => said.push(line),
    });

  it('exports what is published, and imports it again as nothing new', async () => {
    const now = new Date('2026-11-26T12:00:00Z');
    await seedContent(database.adminPool, { directory: sampleContentDirectory, now });
    await run('export', folder);
    assert.equal((await readdir(folder)).length, 6);
    await run('import', folder, '--publish');
    assert.deepEqual(
      said.slice(1).filter((line) => !line.endsWith(': unchanged')),
      [],
    );
    assert.equal(said.length, 7);
  });

  it('publishes an empty environment from a folder, all or nothing, and notes who did it', async () => {
    for (const name of await readdir(sampleContentDirectory)) {
      await writeFile(join(folder, name), await readFile(join(sampleContentDirectory, name), 'utf8'));
    }
    await writeFile(join(folder, 'broken.yaml'), 'kind: drill\n');
    await assert.rejects(run('import', folder, '--publish', '--override', 'new'), /broken.yaml:1/);
    assert.equal((await database.adminPool.query('SELECT FROM drill')).rowCount, 0);
    await rm(join(folder, 'broken.yaml'));
    await run('import', folder, '--publish', '--override', 'new');
    assert.equal(said.filter((line) => line.endsWith('published as version 1')).length, 5);
    const { rows } = await database.adminPool.query('SELECT DISTINCT actor_name, operation FROM audit_entry');
    assert.deepEqual(rows, [{ actor_name: 'ann', operation: 'content import' }]);
  });

  it('brings drafts without --publish, and leaves programmes alone', async () => {
    for (const name of await readdir(sampleContentDirectory)) {
      await writeFile(join(folder, name), await readFile(join(sampleContentDirectory, name), 'utf8'));
    }
    await run('import', folder);
    assert.equal(said.filter((line) => line.endsWith(': draft')).length, 5);
    assert.ok(said.includes('programme clean-hands: left'));
    assert.equal((await database.adminPool.query('SELECT FROM programme')).rowCount, 0);
  });

  it('writes over drafts only when told to', async () => {
    const text =
      'kind: drill\nslug: soap\nname: Soap\ndefaultLanguage: en\nprompts: [{ slug: a, messages: [{ text: { en: A } }] }]\n';
    const file = join(folder, 'soap.yaml');
    await writeFile(file, text);
    await run('import', folder);
    await run('import', folder);
    await writeFile(file, text.replace('Soap', 'Water'));
    await assert.rejects(run('import', folder), /ann has a draft of "soap".*--replace-drafts/);
    await run('import', folder, '--replace-drafts');
    const { rows } = await database.adminPool.query(`SELECT draft ->> 'name' AS name FROM drill`);
    assert.deepEqual(rows, [{ name: 'Water' }]);
  });

  it('says what is wrong with the command line', () => {
    for (const args of [
      [],
      ['import'],
      ['export', 'a', 'b'],
      ['import', 'a', '--override', 'x'],
      ['show', 'a'],
    ]) {
      assert.throws(() => parseContent(args, 'ann'), UsageError);
    }
  });
});
