import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { type ServiceName, services } from '#shared/topology.ts';
import { replaceBetween } from '../../../scripts/generated-docs.ts';
import { MONTH_HOURS } from '../../cost/line.ts';
import { evaluateStack } from '../../testing/stacks.ts';
import { billOf, demandOf, moneyOf } from './money.ts';
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

  it('has all the tasks of this size, also where production may have fewer', async () => {
    const { resources } = await evaluateStack('prod');
    for (const messages of DEMANDS) {
      const demand = demandOf(messages);
      const size = sizeFor(demand);
      const { lines } = billOf(resources, demand, size, 6);
      for (const name of Object.keys(services) as ServiceName[]) {
        const definition = resources.find(
          (each) => each.type === 'aws:ecs/taskDefinition:TaskDefinition' && each.name === name,
        );
        const processors = Number(definition?.inputs.cpu) / 1_024;
        const hours = lines
          .filter(
            ({ component, price }) => component === name && (price === 'fargateCpu' || price === 'spotCpu'),
          )
          .reduce((sum, { quantity }) => sum + quantity, 0);
        const tasks = hours / processors / MONTH_HOURS;
        assert.ok(Math.abs(tasks - size.services[name].averageTasks) < 1e-6, `${name}: ${tasks}`);
      }
    }
  });
});
