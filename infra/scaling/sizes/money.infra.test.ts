import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { replaceBetween } from '../../../scripts/generated-docs.ts';
import { evaluateStack } from '../../testing/stacks.ts';
import { demandOf, moneyOf } from './money.ts';
import { sizeFor } from './size.ts';
import { DEMANDS, moneyTable } from './tables.ts';

describe('What a size costs', () => {
  it('is what docs/scaling.md says, grows with the messages, and less than they do: npm run infra:sizes', async () => {
    const { resources } = await evaluateStack('prod');
    const bills = DEMANDS.map((messages) => {
      const demand = demandOf(messages);
      return moneyOf(resources, demand, sizeFor(demand), 6);
    });
    const text = await readFile(new URL('../../../docs/scaling.md', import.meta.url), 'utf8');
    assert.equal(replaceBetween(text, 'money', moneyTable(bills)), text);
    for (const [index, { components, total }] of bills.entries()) {
      assert.ok(Math.abs(components.reduce((sum, [, usd]) => sum + usd, 0) - total) < 0.01);
      const before = bills[index - 1];
      if (before !== undefined) assert.ok(total > before.total && total < 10 * before.total);
    }
  });
});
