import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { createDatabase, type TestDatabase } from '#test/stack/stack.ts';

const folder = new URL('../docs/runbooks/', import.meta.url);

/** What an operator fills in. */
const filledIn = (statement: string): string =>
  statement
    .replaceAll("'SINCE'", "'2026-11-26T10:00:00Z'")
    .replaceAll("'UNTIL'", "'2026-11-26T12:00:00Z'")
    .replaceAll('(PID)', '(0)')
    .replaceAll("'+1415555...'", "'+14155550101'");

/** Statements of a page: the arguments of `sql "..."`. */
const statementsOf = (page: string): string[] =>
  [...readFileSync(new URL(page, folder), 'utf8').matchAll(/\bsql "([^"$]+)"/g)].map(([, text = '']) =>
    filledIn(text),
  );

describe('SQL of the runbooks', () => {
  let database: TestDatabase;
  before(async () => {
    database = await createDatabase();
  });
  after(() => database.drop());

  const pages = readdirSync(folder).filter((page) => statementsOf(page).length > 0);

  it('is there', () => assert.ok(pages.length >= 10));

  for (const page of pages) {
    it(`${page}: every statement fits the schema`, async () => {
      for (const statement of statementsOf(page)) {
        // Plans without executing: unknown tables and columns are found, nothing is ended or changed.
        await assert.doesNotReject(database.adminPool.query(`EXPLAIN ${statement}`), statement);
      }
    });
  }
});
