import { readFile, writeFile } from 'node:fs/promises';
import { replaceBetween } from '../../../scripts/generated-docs.ts';
import { evaluateStack } from '../../testing/stacks.ts';
import { demandOf, moneyOf } from './money.ts';
import { sizeFor } from './size.ts';
import { DEMANDS, moneyTable, saturationTable, sizesTable, workTable } from './tables.ts';

/** `npm run infra:sizes`: what environments of three sizes need and cost, into docs/scaling.md. */
const { resources } = await evaluateStack('prod');
const bills = DEMANDS.map((messages) => {
  const demand = demandOf(messages);
  return moneyOf(resources, demand, sizeFor(demand), 6);
});
const parts = {
  sizes: sizesTable(),
  work: workTable(),
  money: moneyTable(bills),
  saturation: saturationTable(),
};
console.log(Object.values(parts).join('\n\n'));
const document = new URL('../../../docs/scaling.md', import.meta.url);
const text = await readFile(document, 'utf8');
await writeFile(
  document,
  Object.entries(parts).reduce((written, [name, content]) => replaceBetween(written, name, content), text),
);
