import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import fc from 'fast-check';
import { readConfig } from '#shared/config.ts';
import { postgresSettings } from '#shared/postgres/settings.ts';
import {
  type ServiceName,
  type ServiceRow,
  type StreamName,
  services,
  streamConsumers,
} from '#shared/topology.ts';
import { replaceBetween } from '../../../scripts/generated-docs.ts';
import { bounds, CARRIER_MESSAGES_PER_SECOND } from '../simulation/environment.ts';
import { figures } from './measured.ts';
import { demandOf } from './money.ts';
import { BUSIEST_HOUR, IN_USE, MOST_CONNECTIONS, SHARD, sizeFor } from './size.ts';
import { DEMANDS, saturationTable, sizesTable } from './tables.ts';

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
          assert.ok(each * demand.recordBytes * consumers.length <= IN_USE * SHARD.bytesOut + 1e-3, name);
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
          large.tasks >= small.tasks && large.acu >= small.acu && large.connections >= small.connections,
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
    assert.ok(size.connections < MOST_CONNECTIONS && size.acu < 256);
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
    assert.equal(
      replaceBetween(replaceBetween(text, 'sizes', sizesTable()), 'saturation', saturationTable()),
      text,
    );
    assert.deepEqual([DEMANDS[0], DEMANDS.at(-1)], [1_000_000, 100_000_000]);
  });

  it('goes by figures that are within half and twice of the last run, under the headings that it names', async () => {
    const text = await readFile(new URL('../../../docs/benchmarks.md', import.meta.url), 'utf8');
    const sections = new Map(text.split(/^## /m).map((section) => [section.split('\n', 1)[0], section]));
    for (const { benchmark, perSecond } of Object.values(figures)) {
      const ours = (sections.get(benchmark) ?? '').split('\n').filter((line) => line.startsWith('|'));
      const numbers = ours
        .flatMap((line) => line.match(/\d[\d,]*/g) ?? [])
        .map((each) => Number(each.replaceAll(',', '')));
      assert.ok(
        numbers.some((each) => each >= perSecond / 2 && each <= perSecond * 2),
        `${benchmark}: ${perSecond}`,
      );
    }
  });
});
