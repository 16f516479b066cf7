import { Ajv } from 'ajv';

/**
 * What CloudWatch accepts as the body of a dashboard, for the kinds of widgets that we use; nothing else is let through:
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html
 */

const STATISTIC = '^(Average|Sum|Minimum|Maximum|SampleCount|p(100|\\d{1,2}(\\.\\d{1,10})?))$';
const PERIODS = { type: 'integer', enum: [1, 5, 10, 30, 60, 300, 900, 3600, 21_600, 86_400] };
const ALARM_ARN = '^arn:aws[a-z-]*:cloudwatch:[a-z0-9-]+:\\d{12}:alarm:.{1,255}$';

/** The grid has 24 columns. */
const place = {
  x: { type: 'integer', minimum: 0, maximum: 23 },
  y: { type: 'integer', minimum: 0 },
  width: { type: 'integer', minimum: 1, maximum: 24 },
  height: { type: 'integer', minimum: 1, maximum: 1_000 },
};

const widget = (type: string, properties: object) => ({
  type: 'object',
  additionalProperties: false,
  required: ['type', 'x', 'y', 'width', 'height', 'properties'],
  properties: { type: { const: type }, ...place, properties },
});

const text = widget('text', {
  type: 'object',
  additionalProperties: false,
  required: ['markdown'],
  properties: {
    markdown: { type: 'string', minLength: 1 },
    background: { enum: ['solid', 'transparent'] },
  },
});

const alarm = widget('alarm', {
  type: 'object',
  additionalProperties: false,
  required: ['alarms'],
  properties: {
    title: { type: 'string' },
    alarms: {
      type: 'array',
      minItems: 1,
      maxItems: 100,
      uniqueItems: true,
      items: { type: 'string', pattern: ALARM_ARN },
    },
    sortBy: { enum: ['default', 'stateUpdatedTimestamp', 'timestamp'] },
    states: { type: 'array', items: { enum: ['ALARM', 'INSUFFICIENT_DATA', 'OK'] } },
  },
});

const axis = {
  type: 'object',
  additionalProperties: false,
  properties: {
    min: { type: 'number' },
    max: { type: 'number' },
    label: { type: 'string' },
    showUnits: { type: 'boolean' },
  },
};

const metric = widget('metric', {
  type: 'object',
  additionalProperties: false,
  required: ['metrics', 'region', 'title'],
  properties: {
    title: { type: 'string', minLength: 1 },
    region: { type: 'string', pattern: '^[a-z]{2}(-[a-z]+)+-\\d$' },
    view: { enum: ['timeSeries', 'singleValue', 'gauge', 'bar', 'pie'] },
    stacked: { type: 'boolean' },
    period: PERIODS,
    stat: { type: 'string', pattern: STATISTIC },
    yAxis: { type: 'object', additionalProperties: false, properties: { left: axis, right: axis } },
    annotations: {
      type: 'object',
      additionalProperties: false,
      properties: {
        horizontal: {
          type: 'array',
          minItems: 1,
          items: {
            type: 'object',
            additionalProperties: false,
            required: ['value'],
            properties: { value: { type: 'number' }, label: { type: 'string', minLength: 1 } },
          },
        },
      },
    },
    metrics: {
      type: 'array',
      minItems: 1,
      maxItems: 500,
      items: {
        type: 'array',
        minItems: 3,
        // Namespace, name, up to 30 dimensions in pairs, options.
        maxItems: 63,
        items: {
          anyOf: [
            { type: 'string', minLength: 1, maxLength: 1_024 },
            {
              type: 'object',
              additionalProperties: false,
              properties: {
                label: { type: 'string', minLength: 1 },
                stat: { type: 'string', pattern: STATISTIC },
                period: PERIODS,
              },
            },
          ],
        },
      },
    },
  },
});

const ajv = new Ajv({ allErrors: true, strict: false, discriminator: false });
const valid = ajv.compile({
  type: 'object',
  additionalProperties: false,
  required: ['widgets'],
  properties: {
    start: { type: 'string', pattern: '^(-P(T?\\d+[HMDW])+|\\d{4}-\\d{2}-\\d{2}T[\\d:.]+Z)$' },
    end: { type: 'string' },
    periodOverride: { enum: ['auto', 'inherit'] },
    widgets: { type: 'array', maxItems: 500, items: { anyOf: [text, alarm, metric] } },
  },
});

/** Most metrics that all widgets of a dashboard may show together. */
const MOST_METRICS = 2_500;

/** Why CloudWatch would refuse the body; none: it accepts it. */
export function faultsOfDashboard(body: unknown): string[] {
  if (!valid(body))
    return (valid.errors ?? []).map((error) => `${error.instancePath} ${error.message ?? ''}`);
  const lines = linesOf(body);
  const faults = lines.flatMap((line) => {
    const options = line.findIndex((part) => typeof part !== 'string');
    const names = options < 0 ? line : line.slice(0, options);
    if (options >= 0 && options !== line.length - 1) return [`options are not last: ${JSON.stringify(line)}`];
    return names.length < 2 || names.length % 2 !== 0
      ? [`a name without a value: ${JSON.stringify(line)}`]
      : [];
  });
  return lines.length > MOST_METRICS
    ? [...faults, `${lines.length} metrics: at most ${MOST_METRICS}`]
    : faults;
}

/** Every line of every graph. */
function linesOf(body: unknown): unknown[][] {
  const found: unknown[][] = [];
  const visit = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return;
    if ('metrics' in value && Array.isArray(value.metrics)) {
      found.push(...value.metrics.filter((line) => Array.isArray(line)));
    } else Object.values(value).forEach(visit);
  };
  visit(body);
  return found;
}
