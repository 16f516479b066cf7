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

/** Tables that a file makes: they are empty, and nobody's yet. */
const madeBy = (all: readonly string[]): string[] =>
  all.flatMap((each) => /^CREATE TABLE (?:IF NOT EXISTS )?(\w+)/i.exec(each)?.[1] ?? []);

/**
 * Tables for which a statement waits until whoever uses them is done, with everybody who comes later behind it: to be altered,
 * to get an index or a policy, or to be referred to by another. The index that is dropped stands for its table. To validate a constraint
 * keeps nobody waiting.
 */
function waitedFor(statement: string): string[] {
  if (/^ALTER TABLE \w+ VALIDATE CONSTRAINT \w+$/i.test(statement)) return [];
  const [, taken] =
    /^(?:ALTER TABLE (?:IF EXISTS )?|DROP INDEX (?:IF EXISTS )?|CREATE (?:UNIQUE )?INDEX .*? ON |(?:CREATE|DROP) POLICY .*? ON )(\w+)/is.exec(
      statement,
    ) ?? [];
  const referredTo = /^(?:CREATE|ALTER) TABLE/i.test(statement)
    ? [...statement.matchAll(/\bREFERENCES (\w+)/gi)].flatMap(([, table]) => table ?? [])
    : [];
  return [...(taken === undefined ? [] : [taken]), ...referredTo];
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
      const made = madeBy(all);
      const builds = all.some((each) => {
        const table = /^CREATE (?:UNIQUE )?INDEX .* ON (\w+)/is.exec(each)?.[1];
        return table !== undefined && !made.includes(table);
      });
      if (builds && all.some((each) => /^(ALTER TABLE|DROP INDEX)/i.test(each))) wrong.push(file);
    }
    assert.deepEqual(wrong, [], 'nobody reads the table for as long as the index is built');
  });

  it('wait for one table that others use, and not for long', async () => {
    const wrong: Record<string, string[]> = {};
    for (const file of (await readdir(FOLDER)).sort()) {
      // Those before stay as they were applied.
      if (file < '0104') continue;
      const all = await statements(file);
      const made = madeBy(all);
      const tables = all.map((each) => waitedFor(each).filter((table) => !made.includes(table)));
      const first = tables.findIndex((each) => each.length > 0);
      if (first < 0) continue;
      const isBounded = all.slice(0, first).some((each) => /^SET LOCAL lock_timeout = '[1-5]s'$/.test(each));
      const others = [...new Set(tables.flat())];
      if (!isBounded || others.length > 1) wrong[file] = others;
    }
    assert.deepEqual(wrong, {}, 'two tables are locked by others in another order, and all wait meanwhile');
  });

  it('write no rows of a table that they keep from everybody', async () => {
    const wrong: string[] = [];
    for (const file of (await readdir(FOLDER)).sort()) {
      if (file < '0078') continue;
      const all = await statements(file);
      const taken = all.flatMap(waitedFor).filter((table) => !madeBy(all).includes(table));
      const written = all.flatMap(
        (each) => /^(?:UPDATE|INSERT INTO|DELETE FROM|MERGE INTO) (?:ONLY )?(\w+)/i.exec(each)?.[1] ?? [],
      );
      if (written.some((table) => taken.includes(table))) wrong.push(file);
    }
    assert.deepEqual(wrong, [], 'nobody uses the table for as long as its rows are written');
  });

  it('have numbers of their own', async () => {
    const numbers = (await readdir(FOLDER)).map((file) => file.slice(0, 4));
    assert.deepEqual(numbers, [...new Set(numbers)]);
  });
});
