import assert from 'node:assert/strict';
import { extractMetrics } from './embedded-metric.ts';

const document = (change: {
  aws?: object;
  root?: object;
  directive?: object;
  dimensions?: string[];
}): string =>
  JSON.stringify({
    _aws: {
      Timestamp: 1,
      CloudWatchMetrics: [
        {
          Namespace: 'Carillon/test',
          Dimensions: [change.dimensions ?? ['Service']],
          Metrics: [{ Name: 'Sent', Unit: 'Count' }],
          ...change.directive,
        },
      ],
      ...change.aws,
    },
    Service: 'sender',
    Sent: [1, 2],
    ...change.root,
  });

describe('What CloudWatch takes as metrics', () => {
  it('a document of the format yields its metrics', () => {
    assert.deepEqual(extractMetrics(document({})), {
      metrics: [
        {
          namespace: 'Carillon/test',
          name: 'Sent',
          unit: 'Count',
          dimensions: { Service: 'sender' },
          values: [1, 2],
        },
      ],
      faults: [],
    });
  });

  it('another line of a log yields nothing and is no fault', () => {
    assert.equal(extractMetrics('{"level":30,"msg":"started"}'), null);
    assert.equal(extractMetrics('not json'), null);
    assert.equal(extractMetrics('{cut off}'), null);
  });

  const refused: [string, Parameters<typeof document>[0]][] = [
    ['no timestamp', { aws: { Timestamp: undefined } }],
    [
      'a unit that CloudWatch does not know',
      { directive: { Metrics: [{ Name: 'Sent', Unit: 'Messages' }] } },
    ],
    [
      'more than 100 metrics of one directive',
      {
        directive: {
          Metrics: Array.from({ length: 101 }, (_, i) => ({ Name: `M${i}`, Unit: 'Count' })),
        },
      },
    ],
    ['more than 30 dimensions', { dimensions: Array.from({ length: 31 }, (_, i) => `D${i}`) }],
    ['a namespace of AWS', { directive: { Namespace: 'AWS/SQS' } }],
    ['a dimension without a value at the root', { dimensions: ['Service', 'Queue'] }],
    ['an empty dimension value', { root: { Service: '' } }],
    ['a dimension value with other than ASCII', { root: { Service: 'sénder' } }],
    ['a metric without a value', { root: { Sent: undefined } }],
    ['a metric with a text', { root: { Sent: ['1'] } }],
    ['more than 100 values', { root: { Sent: Array.from({ length: 101 }, () => 1) } }],
    ['no values', { root: { Sent: [] } }],
    ['a value that JSON cannot say', { root: { Sent: [Number.NaN] } }],
    ['a document that is too long for a log event', { root: { text: 'x'.repeat(300_000) } }],
  ];
  for (const [what, change] of refused) {
    it(`${what} is a fault`, () => {
      assert.notDeepEqual(extractMetrics(document(change))?.faults ?? [], []);
    });
  }
});
