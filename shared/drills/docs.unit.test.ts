import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { phoneNumber } from '#shared/phone/phone-number.ts';
import { readContent } from './content.ts';
import { matchAnswer } from './matching.ts';

const guide = readFileSync(new URL('../../docs/drills.md', import.meta.url), 'utf8');

describe('the guide for authors', () => {
  it('shows files that load as they stand', () => {
    const blocks = [...guide.matchAll(/```yaml\n([\s\S]*?)```/g)].flatMap((match) => match[1] ?? []);
    // The examples stand apart there, after the drill that they are of.
    const files: string[] = [];
    for (const block of blocks) {
      if (block.startsWith('examples:')) files.push(`${files.pop()}${block}`);
      else files.push(block);
    }
    const sources = files.map((source, index) => ({ name: `block-${index}.yaml`, source }));
    const { drills, examples, programmes, warnings } = readContent(sources, phoneNumber('+14155550199'));
    assert.deepEqual([drills.length, programmes.length, warnings], [1, 1, []]);
    assert.equal(examples.get('washing-hands')?.length, 2);
  });

  const rows = guide
    .split('\n')
    .map((line) => line.split('|').map((cell) => cell.trim()))
    .filter((cells) => cells.length === 6 && ['right', 'wrong'].includes(cells[4] ?? ''));

  it('has a table of verdicts', () => assert.ok(rows.length >= 15));

  for (const [, answer = '', correct = '', options = '', verdict] of rows) {
    it(`tells the truth about "${answer}" for "${correct}"`, () => {
      const key = { correct, options: options === '' ? [] : options.split(';') };
      assert.equal(matchAnswer(answer, key) ? 'right' : 'wrong', verdict);
    });
  }
});
