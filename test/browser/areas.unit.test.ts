import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const FOLDER = import.meta.dirname;

describe('The browser tests of the console', () => {
  it('have every file of areas in the suite that runs', () => {
    const suite = readFileSync(join(FOLDER, 'console.e2e.test.ts'), 'utf8');
    const isRun = (file: string): boolean => {
      const [, tests] = new RegExp(`import \\{ (\\w+) \\} from './areas/${file}'`).exec(suite) ?? [];
      return tests !== undefined && suite.includes(`=> ${tests}(now)`);
    };
    const files = readdirSync(join(FOLDER, 'areas'));
    assert.ok(files.length > 0);
    assert.deepEqual(
      files.filter((file) => !isRun(file)),
      [],
    );
  });
});
