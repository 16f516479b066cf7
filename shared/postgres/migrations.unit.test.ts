import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';

const FOLDER = new URL('./migrations/', import.meta.url);

/** Statements of a migration by what they begin with: comments tell of others. */
async function statements(file: string): Promise<string[]> {
  const text = await readFile(new URL(file, FOLDER), 'utf8');
  return text
    .replaceAll(/--.*$/gm, '')
    .split(';')
    .map((statement) => statement.trim());
}

describe('Files of migrations', () => {
  it('build what takes the place of an index before they drop that', async () => {
    const wrong: string[] = [];
    for (const file of (await readdir(FOLDER)).sort()) {
      // Of the time before anybody had data.
      if (file < '0040') continue;
      const all = await statements(file);
      const firstDrop = all.findIndex((each) => /^DROP INDEX/i.test(each));
      if (firstDrop >= 0 && all.slice(firstDrop).some((each) => /^CREATE (UNIQUE )?INDEX/i.test(each)))
        wrong.push(file);
    }
    assert.deepEqual(wrong, [], 'what uses the table waits for as long as an index is built after a drop');
  });

  it('have numbers of their own', async () => {
    const numbers = (await readdir(FOLDER)).map((file) => file.slice(0, 4));
    assert.deepEqual(numbers, [...new Set(numbers)]);
  });
});
