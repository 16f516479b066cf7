import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { compileCache } from '#test/compile-cache.ts';
import { scratchRoot } from '#test/scratch.ts';
import { type PropertyRun, readPropertyRuns } from './property-run.ts';
import { KINDS, mochaArguments, propertyFiles } from './rounds.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const SAMPLE = 'test/properties/sample-properties.ts';

/** Mocha with the configuration of unit tests, in a process of its own. */
function sample(env: Record<string, string>, titles: ReadonlySet<string> | null = null) {
  const folder = mkdtempSync(join(scratchRoot(), 'carillon-sample-'));
  const report = join(folder, 'report');
  const { PATH } = process.env;
  const { status, stdout } = spawnSync(
    process.execPath,
    ['node_modules/mocha/bin/mocha.js', ...mochaArguments('unit', [SAMPLE], titles)],
    {
      cwd: ROOT,
      encoding: 'utf8',
      env: { PATH, ...compileCache(), CARILLON_PROPERTY_REPORT: report, ...env },
    },
  );
  const properties = readPropertyRuns(readFileSync(report, 'utf8'));
  rmSync(folder, { recursive: true });
  const drawn = /drawn: (.*)/.exec(stdout)?.[1]?.split(',').map(Number);
  return { status, stdout, properties, drawn };
}

const of = (title: string, properties: readonly PropertyRun[]): PropertyRun => {
  const [found, ...more] = properties.filter((each) => each.title === `A sample ${title}`);
  assert.ok(found !== undefined && more.length === 0);
  return found;
};

describe('Properties', () => {
  it('draw the same values every time, each its own, until another seed is given; and can fail', () => {
    const [first, again] = [sample({}), sample({})];
    const other = sample({ CARILLON_PROPERTY_SEED: '7', CARILLON_PROPERTY_RUNS: '3' });
    for (const { drawn, properties, status, stdout } of [first, again, other]) {
      assert.equal(status, 2, stdout);
      assert.equal(new Set(drawn).size, 3, `${drawn}`);
      const { file, failure, runs } = of('fails', properties);
      assert.equal(file, SAMPLE);
      assert.ok(failure !== null && runs <= 300);
      assert.ok(stdout.includes(`{ seed: ${failure.seed}, path: "${failure.path}", endOnFailure: true }`));
    }
    assert.deepEqual(first, { ...again, stdout: first.stdout });
    assert.notDeepEqual(other.drawn, first.drawn);
    assert.deepEqual([of('holds', first.properties).runs, of('holds', other.properties).runs], [7, 21]);
  });

  it('are chosen by the sentences of their tests', () => {
    const { drawn, properties, status } = sample({}, new Set(['A sample holds']));
    assert.deepEqual([status, drawn, properties.length], [0, undefined, 1]);
  });

  it('have their seeds from one place, whichever kind of test they stand in', () => {
    const withProperties = ['unit', 'int', 'e2e', 'infra'].filter((kind) =>
      globSync(`{apps,shared,infra,test,scripts}/**/*.${kind}.test.ts`, {
        cwd: ROOT,
        exclude: ['**/node_modules/**'],
      }).some((file) => readFileSync(join(ROOT, file), 'utf8').includes("from 'fast-check'")),
    );
    assert.deepEqual(withProperties, Object.keys(KINDS));
    for (const { config } of Object.values(KINDS)) {
      const { require: required } = JSON.parse(readFileSync(join(ROOT, config), 'utf8'));
      assert.equal(required[0], './test/properties/setup.ts');
    }
  });

  it('give their number of runs by runs(), so that all of them can be had many times', () => {
    const files = [...propertyFiles(ROOT, 'unit'), ...propertyFiles(ROOT, 'int')];
    assert.ok(files.length > 100);
    const others = files.flatMap((file) => {
      if (file.startsWith('test/properties/')) return [];
      const text = readFileSync(join(ROOT, file), 'utf8');
      return [...text.matchAll(/\bnumRuns\b(?!: runs\().*/g)].map(([what]) => `${file}: ${what}`);
    });
    assert.deepEqual(others, []);
  });
});
