import assert from 'node:assert/strict';
import fc from 'fast-check';
import { extractMetrics } from '#test/emf/embedded-metric.ts';
import { runs } from '#test/properties/runs.ts';
import { createMetrics, type MetricName, metricCatalogue } from './metrics.ts';

describe('Metrics in the embedded format', () => {
  function collected() {
    const lines: string[] = [];
    const metrics = createMetrics('log', {
      namespace: 'Carillon/test',
      flushMs: 60_000,
      now: () => new Date('2026-03-02T15:00:00Z'),
      write: (line) => lines.push(line),
    });
    return { metrics, lines, documents: () => lines.map((line): unknown => JSON.parse(line)) };
  }

  it('add up counts and name their unit and dimensions', () => {
    const { metrics, documents } = collected();
    metrics.observe('RecordsProcessed', 3, { Consumer: 'log' });
    metrics.observe('RecordsProcessed', 4, { Consumer: 'log' });
    metrics.flush(true);
    assert.deepEqual(documents(), [
      {
        _aws: {
          Timestamp: Date.parse('2026-03-02T15:00:00Z'),
          CloudWatchMetrics: [
            {
              Namespace: 'Carillon/test',
              Dimensions: [['Service', 'Consumer']],
              Metrics: [{ Name: 'RecordsProcessed', Unit: 'Count' }],
            },
          ],
        },
        Service: 'log',
        Consumer: 'log',
        RecordsProcessed: [7],
      },
    ]);
  });

  it('keep the values of distributions, at most a hundred in a document', () => {
    const { metrics, documents } = collected();
    for (let i = 0; i < 250; i += 1) metrics.observe('BatchMilliseconds', i, { Consumer: 'log' });
    metrics.flush(true);
    const values = documents().map((document) =>
      typeof document === 'object' && document !== null && 'BatchMilliseconds' in document
        ? document.BatchMilliseconds
        : null,
    );
    assert.deepEqual(
      values.map((list) => (Array.isArray(list) ? list.length : 0)),
      [100, 100, 50],
    );
    assert.deepEqual(
      values.flat(),
      Array.from({ length: 250 }, (_, i) => i),
    );
  });

  it('keep series with other dimensions apart, and begin anew after a flush', () => {
    const { metrics, lines } = collected();
    metrics.observe('RecordsParked', 1, { Consumer: 'log' });
    metrics.observe('RecordsParked', 1, { Consumer: 'log-inbound' });
    metrics.flush();
    assert.equal(lines.length, 2);
    metrics.flush(true);
    assert.equal(lines.length, 2);
  });

  it('never lose a count, however many observations come between two flushes', () => {
    const { metrics, documents } = collected();
    for (let i = 0; i < 25_000; i += 1) metrics.observe('OutboxPublished', 1, {});
    metrics.flush(true);
    const [document] = documents();
    assert.ok(typeof document === 'object' && document !== null && 'OutboxPublished' in document);
    assert.deepEqual(document.OutboxPublished, [25_000]);
  });

  /** A metric with dimension values that it may have. */
  const anySeries = fc.constantFrom(...(Object.keys(metricCatalogue) as MetricName[])).chain((name) => {
    const row: (typeof metricCatalogue)[MetricName] & { values?: Record<string, readonly string[]> } =
      metricCatalogue[name];
    const others = row.dimensions.slice(1).map((dimension) => {
      const known = row.values?.[dimension];
      return fc.tuple(fc.constant(dimension), known ? fc.constantFrom(...known) : fc.constant('a-name'));
    });
    return fc.record({ name: fc.constant(name), dimensions: fc.tuple(...others).map(Object.fromEntries) });
  });

  it('for whatever is observed: every line is one that CloudWatch takes, and no count is lost', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(anySeries, fc.nat({ max: 1_000_000 }), fc.integer({ min: 1, max: 300 }))),
        (observations) => {
          const { lines, metrics } = collected();
          let expected = 0;
          for (const [{ name, dimensions }, value, times] of observations) {
            for (let i = 0; i < times; i += 1) metrics.observe(name, value, dimensions);
            expected += value * times;
          }
          metrics.flush(true);
          let sum = 0;
          for (const line of lines) {
            const extracted = extractMetrics(line);
            assert.deepEqual(extracted?.faults, []);
            for (const { name, unit, dimensions, values } of extracted?.metrics ?? []) {
              const row = Object.entries(metricCatalogue).find(([known]) => known === name)?.[1];
              assert.equal(unit, row?.unit);
              assert.deepEqual(Object.keys(dimensions), row?.dimensions);
              for (const value of values) sum += value;
            }
          }
          assert.equal(sum, expected);
        },
      ),
      { numRuns: runs(50) },
    );
  });

  it('all belong to a service', () => {
    for (const [name, { dimensions }] of Object.entries(metricCatalogue))
      assert.equal(dimensions[0], 'Service', name);
  });
});
