import assert from 'node:assert/strict';
import { type Ended, runStages } from './stages.ts';

const PHASES = [[['int'], ['check', 'unit']], [['e2e']]];

describe('The stages of all tests', () => {
  let begun: string[];
  let printed: string[];
  let ends: Map<string, (ended: Ended) => void>;
  let now: number;
  const run = (stage: string): Promise<Ended> => {
    begun.push(stage);
    return new Promise((resolve) => ends.set(stage, resolve));
  };
  const start = (): Promise<boolean> =>
    runStages(
      PHASES,
      run,
      (text) => printed.push(text),
      () => now,
    );
  /** Ends a stage, and lets whatever follows happen. */
  async function end(stage: string, code: number | null, output = `what ${stage} says\n`): Promise<void> {
    ends.get(stage)?.({ code, output });
    await new Promise((resolve) => setImmediate(resolve));
  }
  beforeEach(() => {
    begun = [];
    printed = [];
    ends = new Map();
    now = 0;
  });

  it('run row beside row, phase after phase, each with its own words', async () => {
    const done = start();
    assert.deepEqual(begun, ['int', 'check']);
    now = 9_000;
    await end('check', 0);
    assert.deepEqual(begun, ['int', 'check', 'unit']);
    assert.deepEqual(printed, ['\n=== check\nwhat check says\n']);
    now = 20_400;
    await end('unit', 0);
    assert.equal(begun.includes('e2e'), false, 'the phase before has not ended');
    await end('int', 0);
    now = 30_000;
    await end('e2e', 0);
    assert.equal(await done, true);
    assert.deepEqual(printed.slice(-4), [
      'int             20 s  passed',
      'check            9 s  passed',
      'unit            11 s  passed',
      'e2e             10 s  passed',
    ]);
  });

  it('all run when one of them is red, which is said at the end', async () => {
    const done = start();
    await end('check', 2);
    await end('int', null, Array.from({ length: 100 }, (_, line) => `line ${line}\n`).join(''));
    await end('unit', 0);
    await end('e2e', 0);
    assert.equal(await done, false);
    const [check, int] = printed.slice(-7);
    assert.equal(check, '\n=== check once more, which FAILED: its last lines\nwhat check says\n');
    assert.match(int ?? '', /^\n=== int once more, which FAILED: its last lines\nline 40\n/);
    assert.match(int ?? '', /line 99\n$/);
    assert.deepEqual(printed.slice(-4), [
      'int              0 s  FAILED (ended by a signal)',
      'check            0 s  FAILED (exit code 2)',
      'unit             0 s  passed',
      'e2e              0 s  passed',
    ]);
  });
});
