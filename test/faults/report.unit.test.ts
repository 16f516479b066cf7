import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { keptOf, lastOf, pageOf, type Reported } from './report.ts';
import { scenarios } from './scenarios.ts';
import type { Outcome } from './trial.ts';

const docs = new URL('../../docs/', import.meta.url);

describe('The page of faults', () => {
  it('says what was measured: what is kept of the trials, and the figures of the simulation', async () => {
    const kept: { runs: Reported[] } = JSON.parse(await readFile(new URL('faults.json', docs), 'utf8'));
    assert.equal(await readFile(new URL('faults.md', docs), 'utf8'), pageOf(kept.runs, scenarios));
  });

  const told = [
    { name: 'one', says: 'One.' },
    { name: 'two', says: 'Two.' },
  ];
  const outcome = (name: string, ...faults: string[]): Outcome => ({
    name,
    says: '',
    seed: 7,
    inflicted: { kills: 1 },
    kills: [],
    counts: { texts: 3 },
    seconds: 2,
    restSeconds: 1,
    faults,
  });
  const run = (outcome: Outcome, version: string | null): Reported =>
    keptOf(outcome, { version, at: null, day: '2026-11-28', cores: 2, node: 'v24' });
  const held = run(outcome('one'), 'abc');
  const found = run(outcome('one', 'a text | was lost\nthe story of the phone'), 'def-dirty');

  it('shows the last run of each scenario, also when it found something', () => {
    assert.deepEqual(lastOf([held, run(outcome('two'), null), found], told), [
      found,
      run(outcome('two'), null),
    ]);
    assert.deepEqual(lastOf([found, held], told), [held]);
  });

  it('tells of every run that found something, with version, and of no story', () => {
    const page = pageOf([found, held], told);
    assert.match(page, /1 of the 2 runs that are kept found something/);
    assert.match(
      page,
      /\| one \| 7 \| def-dirty \| 2026-11-28 \| 1 \| a text \/ was lost \| not known yet \|/,
    );
    assert.match(pageOf([{ ...found, cause: 'The weather.' }], told), /was lost \| The weather\. \|/);
    assert.ok(!page.includes('story of the phone'));
    assert.match(pageOf([held], told), /None of the 1 runs that are kept found anything/);
  });

  it('says so where a run is older than versions', () => {
    assert.match(pageOf([run(outcome('one'), null)], told), /before versions were kept \| 2026-11-28 \|/);
  });
});
