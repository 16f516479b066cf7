import { writeFile } from 'node:fs/promises';
import { stackNames } from '../config/stack-files.ts';
import { goldenFile, urnLines } from './golden.ts';
import { evaluateStack } from './stacks.ts';

/**
 * `npm run infra:urns` writes the golden lists of URNs anew. A changed line is a resource that Pulumi will delete and
 * make again under another name: with data in it, it needs an alias instead.
 */
for (const stack of await stackNames()) {
  const lines = urnLines(await evaluateStack(stack));
  await writeFile(goldenFile(stack), `${lines.join('\n')}\n`);
  console.log(`${stack}: ${lines.length} resources`);
}
