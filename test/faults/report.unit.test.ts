import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { pageOf, type Reported } from './report.ts';

const docs = new URL('../../docs/', import.meta.url);

describe('The page of faults', () => {
  it('says what was measured: what is kept of the trials, and the figures of the simulation', async () => {
    const kept: { scenarios: Reported[] } = JSON.parse(await readFile(new URL('faults.json', docs), 'utf8'));
    assert.equal(await readFile(new URL('faults.md', docs), 'utf8'), pageOf(kept.scenarios));
  });
});
