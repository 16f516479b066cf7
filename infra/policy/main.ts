import { readFile, writeFile } from 'node:fs/promises';
import { replaceBetween } from '../../scripts/generated-docs.ts';
import { stackNames } from '../config/stack-files.ts';
import { evaluateStack } from '../testing/stacks.ts';
import { controlTables, exemptionTable, judgementsOf } from './report.ts';

/**
 * `npm run infra:controls`: judges every stack, prints verdicts and exemptions, and writes them to docs/controls.md.
 * Ends with 1 when something is violated and not exempt.
 */
const evaluations = [];
for (const stack of await stackNames()) evaluations.push(await evaluateStack(stack));
const parts = { controls: controlTables(evaluations), exemptions: exemptionTable() };
console.log(`${parts.controls}\n\n### Exemptions\n\n${parts.exemptions}`);

const file = new URL('../../docs/controls.md', import.meta.url);
await writeFile(
  file,
  Object.entries(parts).reduce(
    (text, [name, content]) => replaceBetween(text, name, content),
    await readFile(file, 'utf8'),
  ),
);

for (const evaluation of evaluations)
  for (const { control, resource, verdict, reason, exemption } of judgementsOf(evaluation))
    if (verdict !== 'holds' && exemption === undefined) {
      console.error(`${evaluation.stack}: ${control.name}: ${resource.name}: ${verdict}: ${reason}`);
      process.exitCode = 1;
    }
