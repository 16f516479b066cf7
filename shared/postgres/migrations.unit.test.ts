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

  it('build indexes, or change what everybody waits for, and not both', async () => {
    const wrong: string[] = [];
    for (const file of (await readdir(FOLDER)).sort()) {
      // 0077 builds nothing but where an earlier form of others has run.
      if (file < '0078') continue;
      const all = await statements(file);
      const made = all.flatMap((each) => /^CREATE TABLE (?:IF NOT EXISTS )?(\w+)/i.exec(each)?.[1] ?? []);
      // A table that the file itself makes is empty, and nobody's yet.
      const builds = all.some((each) => {
        const table = /^CREATE (?:UNIQUE )?INDEX .* ON (\w+)/is.exec(each)?.[1];
        return table !== undefined && !made.includes(table);
      });
      if (builds && all.some((each) => /^(ALTER TABLE|DROP INDEX)/i.test(each))) wrong.push(file);
    }
    assert.deepEqual(wrong, [], 'nobody reads the table for as long as the index is built');
  });

  it('have numbers of their own', async () => {
    const numbers = (await readdir(FOLDER)).map((file) => file.slice(0, 4));
    assert.deepEqual(numbers, [...new Set(numbers)]);
  });
});
