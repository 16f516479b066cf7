import assert from 'node:assert/strict';
import fc from 'fast-check';
import { type MetricName, metricCatalogue } from '#shared/metrics.ts';
import { runs } from '#test/properties/runs.ts';
import { faultsOfDashboard } from '../testing/dashboard-body-schema.ts';
import { alarmsOf } from './alarms.ts';
import type { MetricLine, Widget } from './dashboard/body.ts';
import { layOut } from './dashboard/layout.ts';
import { dashboardOf } from './dashboard.ts';
import { emissions } from './emissions.ts';
import { faultOfSeries } from './known-series.ts';
import { sampleResources } from './sample-resources.ts';

const arnOf = (name: string): string => `arn:aws:cloudwatch:us-east-1:123456789012:alarm:test-${name}`;
const resources = sampleResources();
const alarms = alarmsOf(resources);
const body = dashboardOf(resources, {
  region: 'us-east-1',
  alarmArns: Object.fromEntries(alarms.map(({ name }) => [name, arnOf(name)])),
  compositeArns: [arnOf('sender')],
});

const lines = (widgets: readonly Widget[]): readonly MetricLine[] =>
  widgets.flatMap((widget) => (widget.type === 'metric' ? widget.properties.metrics : []));

/** What a line shows: namespace, name and dimensions. */
function shown(line: MetricLine): { namespace: string; name: string; dimensions: Record<string, string> } {
  const [namespace = '', name = '', ...pairs] = line.filter((part) => typeof part === 'string');
  const dimensions: Record<string, string> = {};
  for (let i = 0; i < pairs.length; i += 2) dimensions[pairs[i] ?? ''] = pairs[i + 1] ?? '';
  return { namespace, name, dimensions };
}

/** Metrics that no graph shows, each with its reason. */
const notShown: Partial<Record<MetricName, string>> = {};

describe('The dashboard', () => {
  it('is one that CloudWatch accepts', () => {
    assert.deepEqual(faultsOfDashboard(JSON.parse(JSON.stringify(body))), []);
  });

  it('shows only metrics that can have a value', () => {
    const faults = lines(body.widgets).flatMap(
      (line) => faultOfSeries(shown(line), resources.namespace) ?? [],
    );
    assert.deepEqual(faults, []);
  });

  it('shows every metric that a service emits, in every of its dimensions, or says why not', () => {
    const seen = new Set(lines(body.widgets).map((line) => key(shown(line).name, shown(line).dimensions)));
    const missing = emissions.filter(
      ({ name, service, dimensions }) =>
        notShown[name] === undefined && !seen.has(key(name, { Service: service, ...dimensions })),
    );
    assert.deepEqual(missing, []);
    const unknown = Object.keys(notShown).filter((name) => !(name in metricCatalogue));
    assert.deepEqual(unknown, []);
  });

  it('has every alarm', () => {
    const listed = body.widgets.flatMap((widget) =>
      widget.type === 'alarm' ? widget.properties.alarms : [],
    );
    assert.deepEqual(
      alarms.filter(({ name }) => !listed.includes(arnOf(name))),
      [],
    );
  });

  it('draws the threshold of every alarm that compares one metric', () => {
    const graphs = body.widgets.flatMap((widget) => (widget.type === 'metric' ? [widget.properties] : []));
    const undrawn = alarms.filter(({ queries, threshold }) => {
      const [only, ...others] = queries;
      if (!only || others.length > 0 || !('series' in only)) return false;
      const { namespace, name, dimensions, statistic } = only.series;
      return !graphs.some(
        ({ annotations, metrics }) =>
          annotations?.horizontal.some(({ value }) => value === threshold) &&
          metrics.some((line) => {
            const options = line.at(-1);
            const drawn = shown(line);
            return (
              drawn.namespace === namespace &&
              key(drawn.name, drawn.dimensions) === key(name, dimensions) &&
              typeof options === 'object' &&
              options.stat === statistic
            );
          }),
      );
    });
    assert.deepEqual(
      undrawn.map(({ name }) => name),
      // Failed notices are no work of the system: the alarm alone is enough.
      ['notices-failing'],
    );
  });

  it('begins with what people notice', () => {
    const [first] = body.widgets;
    assert.ok(first?.type === 'text' && first.properties.markdown.startsWith('## What people notice'));
  });
});

const key = (name: string, dimensions: Readonly<Record<string, string>>): string =>
  JSON.stringify([name, ...Object.entries(dimensions).sort()]);

describe('For any sections', () => {
  it('no widget overlaps another or leaves the grid', () => {
    const tile = fc.record({
      width: fc.integer({ min: 1, max: 24 }),
      height: fc.integer({ min: 1, max: 12 }),
      content: fc.constant({ type: 'text' as const, properties: { markdown: 'x' } }),
    });
    const section = fc.record({ title: fc.string(), note: fc.string(), tiles: fc.array(tile) });
    fc.assert(
      fc.property(fc.array(section), (sections) => {
        const widgets = layOut(sections);
        const taken = new Set<string>();
        for (const { x, y, width, height } of widgets) {
          assert.ok(x >= 0 && x + width <= 24);
          for (let column = x; column < x + width; column += 1) {
            for (let row = y; row < y + height; row += 1) {
              assert.ok(!taken.has(`${column} ${row}`));
              taken.add(`${column} ${row}`);
            }
          }
        }
      }),
      { numRuns: runs(50) },
    );
  });
});

describe('A body of a dashboard', () => {
  const refused: [string, unknown][] = [
    ['an unknown kind of widget', { widgets: [{ ...place(), type: 'graph', properties: {} }] }],
    [
      'a widget outside the grid',
      { widgets: [{ ...place(), x: 24, type: 'text', properties: { markdown: 'x' } }] },
    ],
    [
      'a dimension without a value',
      { widgets: [metricWidget([['AWS/SQS', 'NumberOfMessagesSent', 'QueueName', { label: 'x' }]])] },
    ],
    [
      'an unknown statistic',
      {
        widgets: [
          metricWidget([['AWS/SQS', 'NumberOfMessagesSent', 'QueueName', 'q', { label: 'x', stat: 'Mean' }]]),
        ],
      },
    ],
    [
      'an alarm that is no ARN',
      { widgets: [{ ...place(), type: 'alarm', properties: { title: 'x', alarms: ['sender'] } }] },
    ],
  ];
  for (const [what, value] of refused) {
    it(`with ${what} is refused`, () => assert.notDeepEqual(faultsOfDashboard(value), []));
  }
});

function place() {
  return { x: 0, y: 0, width: 6, height: 6 };
}

function metricWidget(metrics: unknown) {
  return { ...place(), type: 'metric', properties: { title: 'x', region: 'us-east-1', metrics } };
}
