import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { commandOf } from './figures.ts';
import { type Kept, type Published, pageWith } from './page.ts';

const docs = new URL('../docs/', import.meta.url);

const measured: Published = {
  benchmark: 'log-persister',
  command: 'node bench/log-persister.bench.ts',
  config: { records: 20_000 },
  date: '2026-11-28T05:06:07.000Z',
  machine: { cores: 2, memoryGiB: 24, node: 'v24.1.0' },
  version: 'abc1234',
  load: '0.25',
  tables: [
    {
      caption: 'New messages',
      rows: [
        { '': 'ours', 'records/s': 12_345.678 },
        { '': 'a|b', ratio: '2 (1..3)' },
      ],
    },
    { caption: 'With statuses', rows: [{ '': 'ours', 'records/s': 9 }] },
    { rows: [{ side: 'ours' }] },
  ],
  aims: [
    { against: 'one by one', aim: '20x', measured: '29', reached: true },
    { against: 'COPY', aim: '0.45x', measured: '0.3', reached: false },
  ],
};

describe('The page of benchmarks', () => {
  it('says what was measured: the figures that are kept', async () => {
    const kept: Kept = JSON.parse(await readFile(new URL('benchmarks.json', docs), 'utf8'));
    const page = await readFile(new URL('benchmarks.md', docs), 'utf8');
    assert.equal(page, pageWith(page, kept));
  });

  it('has figures of every benchmark, and of no other', async () => {
    const kept: Kept = JSON.parse(await readFile(new URL('benchmarks.json', docs), 'utf8'));
    const files = await readdir(new URL('.', import.meta.url));
    assert.deepEqual(
      Object.keys(kept).sort(),
      files
        .filter((file) => file.endsWith('.bench.ts'))
        .map((file) => file.replace('.bench.ts', ''))
        .sort(),
    );
    for (const [name, { benchmark, command }] of Object.entries(kept)) {
      assert.equal(benchmark, name);
      assert.ok(command.startsWith(`node bench/${name}.bench.ts`), command);
    }
  });

  it('takes figures in where they belong, and leaves the rest as it is', () => {
    const page =
      'Aims:\n<!-- aims -->\nold\n<!-- /aims -->\n## log-persister\n<!-- log-persister -->\nold\n<!-- /log-persister -->\nWhy: old\n';
    const once = pageWith(page, { 'log-persister': measured });
    assert.equal(
      once,
      `Aims:
<!-- aims -->
| benchmark | ours against | aim | last figure | reached |
|---|---|---|---|---|
| [log-persister](#log-persister) | one by one | 20x | 29 | yes |
|  | COPY | 0.45x | 0.3 | **no**, see there |
<!-- /aims -->
## log-persister
<!-- log-persister -->
\`node bench/log-persister.bench.ts\` of abc1234, 2026-11-28 05:06 UTC, 2 cores, 24 GiB, Node 24.1.0, load before: 0.25; records 20,000.

New messages:

|  | records/s | ratio |
|---|---|---|
| ours | 12,345.68 |  |
| a\\|b |  | 2 (1..3) |

With statuses:

|  | records/s |
|---|---|
| ours | 9 |

| side |
|---|
| ours |
<!-- /log-persister -->
Why: old
`,
    );
    assert.equal(pageWith(once, { 'log-persister': measured }), once);
  });

  it('refuses figures that have no place', () => {
    assert.throws(
      () => pageWith('<!-- aims --><!-- /aims -->', { 'log-persister': measured }),
      /no part "log-persister"/,
    );
  });

  it('tells the command by which figures come again', () => {
    assert.equal(
      commandOf(['/n/node', '/x/bench/gate.bench.ts', '--quick', '--json', 'a.json', '--rate', '5']),
      'node bench/gate.bench.ts --quick --rate 5',
    );
    assert.equal(commandOf(['/n/node', '/x/bench/gate.bench.ts']), 'node bench/gate.bench.ts');
  });
});
