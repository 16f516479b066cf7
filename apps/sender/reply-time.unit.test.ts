import assert from 'node:assert/strict';
import { noMetrics } from '#shared/metrics.ts';
import { observeReply } from './reply-time.ts';

describe('How long an answer took', () => {
  const now = new Date('2026-03-04T20:00:04Z');
  const causedAt = new Date('2026-03-04T20:00:00Z');
  const observed = (message: Parameters<typeof observeReply>[0]): number[] => {
    const values: number[] = [];
    const metrics = { ...noMetrics, observe: (_: string, value: number) => values.push(value) };
    observeReply(message, { clock: { now: () => now }, metrics });
    return values;
  };

  it('is told of its first message, from the text on', () =>
    assert.deepEqual(observed({ causedAt, opensBatch: true }), [4_000]));
  it('is not told of those behind it', () => assert.deepEqual(observed({ causedAt, opensBatch: false }), []));
  it('is not told of what was planned', () =>
    assert.deepEqual(observed({ causedAt: null, opensBatch: true }), []));
});
