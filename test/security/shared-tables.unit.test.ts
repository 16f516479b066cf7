import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { services } from '#shared/topology.ts';

/** Which tables are divided by rows, and which are not and why. */
const PAGE = new URL('../../docs/decisions/0047-rows-by-service.md', import.meta.url);

/** Tables that more than one service may write to, by the map. */
function writtenBySeveral(): string[] {
  const writers = new Map<string, number>();
  for (const { tables } of Object.values(services)) {
    const rights: Readonly<Record<string, readonly string[]>> = tables;
    for (const [table, theirs] of Object.entries(rights))
      if (theirs.some((right) => right !== 'select')) writers.set(table, (writers.get(table) ?? 0) + 1);
  }
  return [...writers].flatMap(([table, count]) => (count > 1 ? [table] : [])).sort();
}

describe('Tables that several services write to', () => {
  it('are divided by rows, or the decision says why not', async () => {
    const page = await readFile(PAGE, 'utf8');
    const named = (text: string): string[] => [...text.matchAll(/`(\w+)`/g)].map(([, name]) => name ?? '');
    const cells = page.split('\n').flatMap((line) => line.match(/^\| (`[^|]*) \|/)?.[1] ?? []);
    const divided = /on every table that says[^:]*: ([^;]*);/.exec(page)?.[1] ?? '';
    const columns = ['producer', 'consumer'];
    const known = [...new Set([...named(divided), ...cells.flatMap(named)])].filter(
      (name) => !columns.includes(name),
    );
    assert.deepEqual(known.sort(), writtenBySeveral());
  });
});
