import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { stripTypeScriptTypes } from 'node:module';
import { featuresOf } from './features.ts';
import { ALL_BUGS, planted, plantedBugs, seedsFor } from './planted-bugs.ts';

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

  it('is looked for in the seed that is noted, and then from 1 on', () => {
    const { seed } = plantedBugs['no-posting-deadline'];
    assert.deepEqual(seedsFor('no-posting-deadline', null, 4), [seed, 1, 2, 3]);
    assert.deepEqual(seedsFor('no-posting-deadline', 5, 3), [5, 6, 7]);
  });

  it('is looked for in seeds that have what it needs', () => {
    const { seed } = plantedBugs['share-unlocked'];
    const seeds = seedsFor('share-unlocked', null, 10);
    assert.equal(seeds[0], seed);
    assert.equal(new Set(seeds).size, 10);
    assert.ok(seeds.every((each) => featuresOf(each).hasThrottles));
  });
});
