import assert from 'node:assert/strict';
import { createMetrics } from '#shared/metrics.ts';
import { assertEmitted } from './assert-emitted.ts';

/** What a service would have written. */
function written(service: string, observe: (metrics: ReturnType<typeof createMetrics>) => void): string {
  const lines = ['{"level":30,"msg":"started"}'];
  const metrics = createMetrics(service, {
    namespace: 'Carillon',
    flushMs: 60_000,
    now: () => new Date(0),
    write: (line) => lines.push(line),
  });
  observe(metrics);
  metrics.flush(true);
  // A moment after the epoch: a time of 0 is none.
  return lines.join('\n').replaceAll('"Timestamp":0', '"Timestamp":1');
}

describe('What services wrote', () => {
  const sent = written('sender', (metrics) => metrics.observe('MessagesSent', 1, {}));

  it('passes when every metric is said to come from its service', () => {
    assertEmitted(new Map([['sender', sent]]), ['MessagesSent']);
  });

  it('fails for a metric of another service, under another consumer, or in a line that CloudWatch refuses', () => {
    const refused: [string, string][] = [
      ['log', written('log', (metrics) => metrics.observe('MessagesSent', 1, {}))],
      ['log', sent],
      ['log', written('log', (metrics) => metrics.observe('RecordsProcessed', 1, { Consumer: 'dialog' }))],
      ['sender', sent.replace('"Count"', '"Messages"')],
    ];
    for (const log of refused) assert.throws(() => assertEmitted(new Map([log]), []), assert.AssertionError);
  });

  it('fails when a metric that must be there is not', () => {
    assert.throws(() => assertEmitted(new Map([['sender', sent]]), ['ReplyMilliseconds']), /not written/);
  });
});
