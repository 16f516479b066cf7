import assert from 'node:assert/strict';
import { costArguments } from './arguments.ts';

describe('What npm run infra:cost is told', () => {
  it('is a stack, and a month where it is not the sixth', () => {
    assert.deepEqual(costArguments(['prod']), { stack: 'prod', month: 6 });
    assert.deepEqual(costArguments(['dev', '--month', '12']), { stack: 'dev', month: 12 });
    assert.deepEqual(costArguments(['--month=1', 'dev']), { stack: 'dev', month: 1 });
  });

  for (const words of [
    [],
    ['staging'],
    ['dev', 'prod'],
    ['dev', '--month'],
    ['dev', '--month', '0'],
    ['dev', '--month', '1.5'],
    ['dev', '--month', 'june'],
    ['dev', '--month='],
    ['dev', '--months', '12'],
    ['dev', '--yearly'],
  ]) {
    it(`is not ${JSON.stringify(words)}`, () => assert.equal(costArguments(words), null));
  }
});
