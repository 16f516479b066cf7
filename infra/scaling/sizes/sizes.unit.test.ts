import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import fc from 'fast-check';
import { readConfig } from '#shared/config.ts';
import { postgresSettings } from '#shared/postgres/settings.ts';
import {
  readShareOf,
  type ServiceName,
  type ServiceRow,
  type StreamName,
  services,
  streamConsumers,
} from '#shared/topology.ts';
import { senderSettings } from '../../../apps/sender/settings.ts';
import { replaceBetween } from '../../../scripts/generated-docs.ts';
import { defaultsByClass } from '../../config/defaults.ts';
import { bounds, CARRIER_MESSAGES_PER_SECOND, TURNS_IN_HAND } from '../simulation/environment.ts';
import { databaseWork } from './database-work.ts';
import { costs, endToEnd, type Figure, rates } from './measured.ts';
import { demandOf } from './money.ts';
import { BUSIEST_HOUR, IN_USE, MOST_CONNECTIONS, MOST_IN_FLIGHT, SHARD, sizeFor } from './size.ts';
import { DEMANDS, saturationTable, sizesTable, workTable } from './tables.ts';

const rows = services as Readonly<Record<ServiceName, ServiceRow>>;
const { DB_POOL_MAX } = readConfig({ DB_POOL_MAX: postgresSettings.DB_POOL_MAX }, {});
const messages = fc.integer({ min: 1, max: 300_000_000 });

describe('The size of an environment', () => {
  it('never uses more than its part of a shard, of what it gives out, or of a task', () => {
    fc.assert(
      fc.property(messages, (perDay) => {
        const demand = demandOf(perDay);
        const size = sizeFor(demand);
        for (const [name, { recordsPerSecond, shards }] of Object.entries(size.streams)) {
          const consumers = streamConsumers.filter(({ stream }) => stream === name);
          const each = recordsPerSecond / shards;
          assert.ok(each <= IN_USE * SHARD.recordsIn + 1e-6, name);
          for (const { consumer } of consumers) {
            const share = readShareOf(name as StreamName, consumer);
            assert.ok(each <= IN_USE * share * SHARD.recordsOut + 1e-6, `${name}, ${consumer}`);
            assert.ok(
              each * demand.recordBytes <= IN_USE * share * SHARD.bytesOut + 1e-3,
              `${name}, ${consumer}`,
            );
          }
        }
        for (const [name, { perSecond, tasks }] of Object.entries(size.services)) {
          assert.ok(perSecond <= IN_USE * tasks * rows[name as ServiceName].ratePerTask + 1e-6, name);
        }
      }),
    );
  });

  it('has a shard for each task of whoever reads streams, but for those that stay anyway', () => {
    fc.assert(
      fc.property(messages, (perDay) => {
        const { services: needs, streams } = sizeFor(demandOf(perDay));
        for (const [name, row] of Object.entries(rows) as [ServiceName, ServiceRow][]) {
          if (row.scaling.by !== 'iterator-age') continue;
          const shards = Math.max(...row.scaling.streams.map((stream: StreamName) => streams[stream].shards));
          // Who reads two streams has tasks for both of them, shared out by the shards of each.
          const all = row.scaling.streams.reduce((sum, stream) => sum + streams[stream].shards, 0);
          assert.ok(needs[name].tasks <= Math.max(2, row.scaling.streams.length === 1 ? shards : all), name);
        }
      }),
    );
  });

  it('grows with what is asked of it, and never shrinks', () => {
    fc.assert(
      fc.property(messages, fc.integer({ min: 0, max: 50_000_000 }), (perDay, more) => {
        const [small, large] = [sizeFor(demandOf(perDay)), sizeFor(demandOf(perDay + more))];
        assert.ok(
          large.tasks >= small.tasks &&
            large.acu.least >= small.acu.least &&
            large.acu.most >= small.acu.most &&
            large.connections >= small.connections,
        );
        for (const name of Object.keys(small.streams) as StreamName[]) {
          assert.ok(large.streams[name].shards >= small.streams[name].shards);
        }
      }),
    );
  });

  it('of a million messages a day is what production has, with its carrier', () => {
    const size = sizeFor(demandOf(1_000_000));
    for (const [name, { tasks }] of Object.entries(size.services)) {
      const { maximum, minimum } = bounds[name as ServiceName];
      assert.ok(tasks >= minimum && tasks <= maximum, name);
    }
    assert.ok(size.messagesPerSecond < CARRIER_MESSAGES_PER_SECOND);
    assert.equal(size.messagesPerSecond, (1_000_000 * BUSIEST_HOUR) / 3_600);
  });

  it('of a hundred million still has a database that there is', () => {
    const size = sizeFor(demandOf(100_000_000));
    assert.ok(size.connections < MOST_CONNECTIONS && size.acu.most < 256);
  });

  it('of a hundred million needs a larger database than production may grow to', () => {
    const { acu } = sizeFor(demandOf(100_000_000));
    assert.ok(acu.least > defaultsByClass.prod.database.maxAcu);
    assert.ok(acu.most > acu.least && databaseWork.most > databaseWork.least);
  });

  it('never holds more entries of a queue than SQS lets be in flight, two versions beside each other', () => {
    assert.equal(
      TURNS_IN_HAND,
      readConfig({ TURNS_IN_HAND: senderSettings.TURNS_IN_HAND }, {}).TURNS_IN_HAND,
    );
    fc.assert(
      fc.property(messages, (perDay) => {
        const { services: needs, turnsInHand } = sizeFor(demandOf(perDay));
        for (const [name, turns] of Object.entries(turnsInHand)) {
          assert.ok(2 * needs[name as ServiceName].tasks * turns <= MOST_IN_FLIGHT, name);
          assert.ok(turns <= TURNS_IN_HAND && turns >= 10, `${name}: ${turns}`);
        }
      }),
    );
    // Those of the tables: by default as far as it goes, and what is to be set where it does not.
    assert.deepEqual(
      DEMANDS.map((perDay) => sizeFor(demandOf(perDay)).turnsInHand.sender),
      [1_000, 1_000, 430],
    );
  });

  it('has the connections of every pool that a task opens, and twice as many while a version is replaced', () => {
    const size = sizeFor(demandOf(10_000_000));
    assert.equal(size.connections, size.tasks * (DB_POOL_MAX + 1));
    assert.equal(size.connectionsWhileReplaced, 2 * size.connections);
    // Allowed by the greatest capacity that is set, whatever is in use.
    assert.deepEqual([size.connectionsWhileReplaced, size.maxAcuOfConnections], [810, 4]);
    assert.equal(sizeFor(demandOf(100_000_000)).maxAcuOfConnections, null);
  });

  it('is what docs/scaling.md says: npm run infra:sizes', async () => {
    const text = await readFile(new URL('../../../docs/scaling.md', import.meta.url), 'utf8');
    const parts = { sizes: sizesTable(), work: workTable(), saturation: saturationTable() };
    const written = Object.entries(parts).reduce(
      (page, [name, content]) => replaceBetween(page, name, content),
      text,
    );
    assert.equal(written, text);
    assert.deepEqual([DEMANDS[0], DEMANDS.at(-1)], [1_000_000, 100_000_000]);
  });
});

describe('The figures that sizes go by', () => {
  const figures: Readonly<Record<string, Figure>> = { ...rates, ...costs, endToEnd };

  it('are within half and twice of those in the rows of docs/benchmarks.md that they name', async () => {
    const page = await readFile(new URL('../../../docs/benchmarks.md', import.meta.url), 'utf8');
    for (const [name, figure] of Object.entries(figures)) {
      const there = foundIn(page, figure);
      assert.ok(
        there !== undefined,
        `${name}: nothing under ${figure.benchmark} is called ${String(named(figure))}`,
      );
      assert.ok(
        figure.value >= there / 2 && figure.value <= there * 2,
        `${name}: ${figure.value}, not ${there}`,
      );
    }
  });

  it('are looked for in one row, and nowhere else', () => {
    const page =
      '## other\n\n| | x/s |\n|---|---|\n| ours | 7 |\n\n## this\n\n| | us | x/s, median |\n|---|---|---|\n| theirs | 1 | 2 |\n| ours | 3, 4.5 | 12,345 (1..2) |\n\nIt takes 61 us.\n';
    const at = (at: Figure['at'], benchmark = 'this'): number | undefined =>
      foundIn(page, { value: 0, benchmark, at });
    assert.equal(at({ row: /^ours/, column: /\/s/ }), 12_345);
    assert.equal(at({ row: /^ours/, column: /^us/, nth: 1 }), 4.5);
    assert.equal(at({ row: /^nobody/, column: /^us/ }), undefined);
    assert.equal(at({ row: /^ours/, column: /^ms/ }), undefined);
    assert.equal(at({ row: /^ours/, column: /\/s/ }, 'none'), undefined);
    assert.equal(at({ words: /takes ([\d.]+) us/ }), 61);
    assert.equal(at({ words: /takes ([\d.]+) us/ }, 'other'), undefined);
  });
});

const named = ({ at }: Figure): RegExp => ('words' in at ? at.words : at.row);
const numberIn = (text: string): number => Number(text.replaceAll(',', ''));

/** What stands on the page where a figure says; undefined: there is no such row, column or sentence under its heading. */
function foundIn(page: string, { at, benchmark }: Figure): number | undefined {
  const section = page.split(/^## /m).find((each) => each.split('\n', 1)[0] === benchmark);
  if (section === undefined) return undefined;
  if ('words' in at) {
    const words = at.words.exec(section.replaceAll('\n', ' '))?.[1];
    return words === undefined ? undefined : numberIn(words);
  }
  const cellsOf = (line: string): string[] =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim());
  // A table ends where a line is none of its own.
  for (const table of section
    .split(/\n(?!\|)/)
    .map((part) => part.split('\n').filter((line) => line.startsWith('|')))) {
    const [head = '', , ...lines] = table;
    const column = cellsOf(head).findIndex((name) => at.column.test(name));
    const row = lines.map(cellsOf).find(([name = '']) => at.row.test(name));
    const found = column < 0 ? undefined : row?.[column]?.match(/\d[\d,]*(\.\d+)?/g)?.[at.nth ?? 0];
    if (found !== undefined) return numberIn(found);
  }
  return undefined;
}
