import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LogFile } from './log-file.ts';

describe('A log file', () => {
  let folder: string;
  let path: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'carillon-log-'));
    path = join(folder, 'sender.log');
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it('continues where the run before ended', async () => {
    for (const line of ['first run', 'second run']) {
      const log = new LogFile(path);
      log.write(line);
      log.close();
    }
    assert.equal(await readFile(path, 'utf8'), 'first run\nsecond run\n');
  });

  it('is set aside when it is full, and the oldest part goes', async () => {
    const log = new LogFile(path, { maxBytes: 10, kept: 2 });
    for (const line of ['one '.repeat(3), 'two '.repeat(3), 'three '.repeat(3), 'four']) {
      log.write(line);
      log.flush();
    }
    log.close();
    assert.deepEqual((await readdir(folder)).sort(), ['sender.log', 'sender.log.1', 'sender.log.2']);
    const parts = await Promise.all(['', '.1', '.2'].map((age) => readFile(`${path}${age}`, 'utf8')));
    assert.deepEqual(parts, ['four\n', `${'three '.repeat(3)}\n`, `${'two '.repeat(3)}\n`]);
  });
});
