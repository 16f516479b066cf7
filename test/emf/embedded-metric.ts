import { Ajv, type JSONSchemaType } from 'ajv';

/**
 * Whether CloudWatch takes a log line as metrics. It drops what it does not take without a word to whoever wrote it,
 * so this is checked here, from the specification and from the limits of PutMetricData and MetricDatum:
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 */

/** One document of the embedded metric format, as far as it says what is extracted. */
export interface EmbeddedMetrics {
  _aws: {
    Timestamp: number;
    CloudWatchMetrics: {
      Namespace: string;
      Dimensions: string[][];
      Metrics: { Name: string; Unit: string }[];
    }[];
  };
}

/** What one document adds to one metric. */
export interface ExtractedMetric {
  namespace: string;
  name: string;
  unit: string;
  dimensions: Readonly<Record<string, string>>;
  values: readonly number[];
}

const UNITS = [
  'Seconds Microseconds Milliseconds Bytes Kilobytes Megabytes Gigabytes Terabytes Bits Kilobits Megabits Gigabits',
  'Terabits Percent Count Bytes/Second Kilobytes/Second Megabytes/Second Gigabytes/Second Terabytes/Second Bits/Second',
  'Kilobits/Second Megabits/Second Gigabits/Second Terabits/Second Count/Second None',
].flatMap((line) => line.split(' '));

const schema: JSONSchemaType<EmbeddedMetrics> = {
  type: 'object',
  required: ['_aws'],
  properties: {
    _aws: {
      type: 'object',
      required: ['Timestamp', 'CloudWatchMetrics'],
      properties: {
        Timestamp: { type: 'integer', minimum: 1 },
        CloudWatchMetrics: {
          type: 'array',
          minItems: 1,
          items: {
            type: 'object',
            additionalProperties: false,
            required: ['Namespace', 'Dimensions', 'Metrics'],
            properties: {
              Namespace: {
                type: 'string',
                minLength: 1,
                maxLength: 255,
                pattern: '^(?!AWS/)[a-zA-Z0-9._#/-]+$',
              },
              Dimensions: {
                type: 'array',
                minItems: 1,
                items: {
                  type: 'array',
                  minItems: 1,
                  maxItems: 30,
                  uniqueItems: true,
                  items: {
                    type: 'string',
                    minLength: 1,
                    maxLength: 250,
                    pattern: '^[\\x21-\\x39\\x3b-\\x7e]+$',
                  },
                },
              },
              Metrics: {
                type: 'array',
                minItems: 1,
                maxItems: 100,
                items: {
                  type: 'object',
                  required: ['Name', 'Unit'],
                  properties: {
                    Name: { type: 'string', minLength: 1, maxLength: 255 },
                    Unit: { type: 'string', enum: UNITS },
                  },
                },
              },
            },
          },
        },
      },
    },
  },
};
const ajv = new Ajv({ allErrors: true, strict: true });
const isDocument = ajv.compile(schema);

const MAX_BYTES = 256 * 1024;
const MAX_VALUES = 100;
/** 2 to the power of 360: beyond that CloudWatch refuses a value. */
const MOST = 2 ** 360;

/** What a line yields, or why it yields nothing. A line that is no metrics document yields null. */
export function extractMetrics(line: string): { metrics: ExtractedMetric[]; faults: string[] } | null {
  const document = objectIn(line);
  if (document === null || !('_aws' in document)) return null;
  if (!isDocument(document)) {
    return { metrics: [], faults: (isDocument.errors ?? []).map((error) => ajv.errorsText([error])) };
  }
  const faults = Buffer.byteLength(line) > MAX_BYTES ? [`more than ${MAX_BYTES} bytes`] : [];
  const members = new Map<string, unknown>(Object.entries(document));
  const metrics: ExtractedMetric[] = [];
  for (const { Namespace, Dimensions, Metrics } of document._aws.CloudWatchMetrics) {
    for (const set of Dimensions) {
      const dimensions = Object.fromEntries(set.map((name) => [name, dimensionValue(members, name, faults)]));
      for (const { Name, Unit } of Metrics) {
        const values = metricValues(members, Name, faults);
        metrics.push({ namespace: Namespace, name: Name, unit: Unit, dimensions, values });
      }
    }
  }
  return { metrics, faults };
}

function objectIn(line: string): object | null {
  if (!line.startsWith('{') || !line.endsWith('}')) return null;
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' ? value : null;
  } catch (error) {
    if (error instanceof SyntaxError) return null; // some other line of a log
    throw error;
  }
}

function dimensionValue(members: ReadonlyMap<string, unknown>, name: string, faults: string[]): string {
  const value = members.get(name);
  if (typeof value !== 'string') {
    faults.push(`dimension ${name} has no text at the root`);
    return '';
  }
  if (!/^(?!:)[\x20-\x7e]{1,1024}$/.test(value) || value.trim() === '') {
    faults.push(`dimension ${name} has a value that CloudWatch refuses: ${JSON.stringify(value)}`);
  }
  return value;
}

function metricValues(members: ReadonlyMap<string, unknown>, name: string, faults: string[]): number[] {
  const member = members.get(name);
  const values: readonly unknown[] = Array.isArray(member) ? member : [member];
  const numbers = values.filter((value) => typeof value === 'number');
  if (numbers.length !== values.length) faults.push(`metric ${name} has something that is no number`);
  if (values.length === 0 || values.length > MAX_VALUES) {
    faults.push(`metric ${name} has ${values.length} values: 1 to ${MAX_VALUES} are taken`);
  }
  if (numbers.some((value) => !Number.isFinite(value) || Math.abs(value) > MOST)) {
    faults.push(`metric ${name} has a value out of range`);
  }
  return numbers;
}
