import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { stripTypeScriptTypes } from 'node:module';
import { ALL_BUGS, planted, plantedBugs } from './planted-bugs.ts';

describe('A planted bug', () => {
  const textOf = (file: string): Promise<string> =>
    readFile(new URL(`../../${file}`, import.meta.url), 'utf8');

  for (const bug of ALL_BUGS) {
    it(`is still one of its modules: ${bug}`, async () => {
      for (const { file } of plantedBugs[bug].changes) {
        const source = await textOf(file);
        const changed = planted(file, source, [bug]);
        assert.notEqual(changed, source);
        // It is a program still, not something that ends every service.
        stripTypeScriptTypes(changed);
      }
    });
  }

  it('leaves room for all others in the same module', async () => {
    for (const file of new Set(ALL_BUGS.flatMap((bug) => plantedBugs[bug].changes.map((each) => each.file))))
      stripTypeScriptTypes(planted(file, await textOf(file), ALL_BUGS));
  });
});
