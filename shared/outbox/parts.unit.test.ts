import assert from 'node:assert/strict';
import fc from 'fast-check';
import { runs } from '#test/properties/runs.ts';
import { publishableParts } from './parts.ts';
import type { OutboxRow } from './write.ts';

const row = (id: number, bytes: number): OutboxRow => ({
  id,
  partition: 's',
  entry: { kind: 'stream', target: 'message-log', orderingKey: '+14155550101', body: 'x'.repeat(bytes) },
});

describe('Parts of an outbox', () => {
  it('hold all rows in order, none too large, and are never empty', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 400_000 }), { maxLength: 60 }), (sizes) => {
        const rows = sizes.map((size, id) => row(id, size));
        const parts = publishableParts(rows);
        assert.deepEqual(parts.flat(), rows);
        for (const part of parts) {
          assert.ok(part.length >= 1 && part.length <= 500);
          const bytes = part.reduce((sum, { entry }) => sum + entry.body.length, 0);
          assert.ok(part.length === 1 || bytes <= 1_000_000);
        }
      }),
      { numRuns: runs(50) },
    );
  });

  it('are as few as order allows', () => {
    const sizes = (rows: OutboxRow[]) => publishableParts(rows).map((part) => part.length);
    assert.deepEqual(sizes(Array.from({ length: 1_200 }, (_, id) => row(id, 10))), [500, 500, 200]);
    assert.deepEqual(sizes([row(0, 600_000), row(1, 600_000), row(2, 300_000)]), [1, 2]);
    assert.deepEqual(sizes([row(0, 2_000_000), row(1, 1)]), [1, 1]);
  });
});
