import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const FOLDER = import.meta.dirname;

describe('The browser tests of the console', () => {
  it('have every file of areas in one suite that runs', () => {
    const suites = readdirSync(FOLDER)
      .filter((file) => file.endsWith('.e2e.test.ts'))
      .map((file) => readFileSync(join(FOLDER, file), 'utf8'));
    const runsOf = (file: string): number =>
      suites.filter((suite) => {
        const [, tests] = new RegExp(`import \\{ (\\w+) \\} from './areas/${file}'`).exec(suite) ?? [];
        return tests !== undefined && new RegExp(`: ${tests},$`, 'm').test(suite);
      }).length;
    const files = readdirSync(join(FOLDER, 'areas'));
    assert.ok(files.length > 0);
    assert.deepEqual(
      files.filter((file) => runsOf(file) !== 1),
      [],
    );
  });
});
