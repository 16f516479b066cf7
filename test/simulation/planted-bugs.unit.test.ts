import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { stripTypeScriptTypes } from 'node:module';
import { type PlantedBug, plantedBugs } from './planted-bugs.ts';

describe('A planted bug', () => {
  for (const bug of Object.keys(plantedBugs) as PlantedBug[]) {
    it(`is still one of its module: ${bug}`, async () => {
      const { file, plant } = plantedBugs[bug];
      const source = await readFile(new URL(`../../${file}`, import.meta.url), 'utf8');
      const planted = plant(source);
      assert.notEqual(planted, source);
      // It is a program still, not something that ends every service.
      stripTypeScriptTypes(planted);
    });
  }
});
