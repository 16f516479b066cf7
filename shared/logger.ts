import { pino, stdSerializers } from 'pino';
import { maskPhoneNumber } from '#shared/phone/phone-number.ts';

/** The part of pino that our code uses: structured fields first, then one sentence. */
export interface Logger {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
  child(fields: object): Logger;
}

/** Names of fields that hold phone numbers, which are masked whatever is in them. */
export const maskedFields: ReadonlySet<string> = new Set([
  'phoneNumber',
  'from',
  'to',
  'senderNumber',
  'partitionKey',
]);

/**
 * The one writer of standard output: two of them would tear each other's lines when the pipe is full. Line by line.
 * Otherwise lines that wait are flushed at the end of the process, and when whoever read them is gone, that flush is
 * tried for ever: a service would outlive its supervisor.
 */
let output: ReturnType<typeof pino.destination> | undefined;
const standardOutput = (): ReturnType<typeof pino.destination> => {
  output ??= pino.destination({ dest: 1, sync: true });
  return output;
};

/** Writes a line among those of the log: for metrics, which are documents of their own. */
export const writeLine = (line: string): void => {
  standardOutput().write(`${line}\n`);
};

/** Where lines go: one call for each, with its line feed. */
export interface LogOutput {
  write(line: string): void;
}

/**
 * JSON lines, on standard output where nothing else is said (`lines`). Fields that hold phone numbers are masked, and so are
 * numbers in whatever else is said; bodies are never logged.
 */
export function createLogger(service: string, level: string, lines: LogOutput = standardOutput()): Logger {
  const logger: Logger = pino(
    {
      level,
      base: { service },
      timestamp: pino.stdTimeFunctions.isoTime,
      serializers: { err: withoutData },
      formatters: {
        level: (label) => ({ level: label }),
        log: masked,
      },
      hooks: {
        logMethod(given, method) {
          const [fields, message] = given;
          method.call(this, fields, typeof message === 'string' ? harmless(message) : message);
        },
      },
    },
    lines,
  );
  return withMaskedChildren(logger);
}

/** pino formats the fields of a line, and not those that a child adds to each of its lines. */
function withMaskedChildren(logger: Logger): Logger {
  const { child } = logger;
  // Children have this logger as their prototype, and so have this method.
  logger.child = function (this: Logger, fields) {
    return child.call(this, masked({ ...fields }));
  };
  return logger;
}

/**
 * What is said of an error, and nothing else: PostgreSQL quotes the row and the values that it complains about, clients of
 * HTTP keep the request with its credentials, that of Redis the command with its arguments.
 */
const SAID_OF_ERRORS: ReadonlySet<string> = new Set([
  ...['type', 'message', 'stack', 'name', 'code', 'errno', 'syscall', 'hostname', 'address', 'port'],
  ...['status', 'statusCode', 'retryable', 'retryAfterMs', '$metadata', '$fault'],
  ...['severity', 'schema', 'table', 'column', 'dataType', 'constraint', 'routine'],
]);

/** An error as pino writes it, without what quotes data. */
function withoutData(error: unknown): unknown {
  if (!(error instanceof Error)) return typeof error === 'string' ? harmless(error) : error;
  const { aggregateErrors: _, ...said } = stdSerializers.err(error);
  const inside = error instanceof AggregateError ? { aggregateErrors: error.errors.map(withoutData) } : {};
  return {
    ...Object.fromEntries(
      Object.entries(said)
        .filter(([name]) => SAID_OF_ERRORS.has(name))
        .map(([name, value]) => [name, typeof value === 'string' ? harmless(value) : value]),
    ),
    ...inside,
  };
}

function masked(fields: Record<string, unknown>): Record<string, unknown> {
  let changed: Record<string, unknown> | undefined;
  for (const [name, value] of Object.entries(fields)) {
    const said = saidOf(name, value);
    if (said === value) continue;
    changed ??= { ...fields };
    changed[name] = said;
  }
  return changed ?? fields;
}

function saidOf(name: string, value: unknown): unknown {
  if (typeof value === 'string') return maskedFields.has(name) ? maskPhoneNumber(value) : harmless(value);
  if (Array.isArray(value)) return value.map((each: unknown) => saidOf(name, each));
  return value;
}

/** A phone number, also as addresses have it. */
const NUMBER = /(?:\+|%2B)[1-9]\d{6,14}/gi;
/** What Node says of JSON that it cannot read, and PostgreSQL of a value: both quote it. */
const QUOTED_JSON = /(Unexpected (?:token|non-whitespace character)).*? is not valid JSON/gs;
const QUOTED_VALUE = /(invalid input (?:syntax|value) for \w+ \w+): ".*?"(?=$|[\n:;,])/gs;
/** Those that JSON lets through: some move the cursor of a terminal, others turn the order in which a line is read. */
const CONTROLS = /[\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g;

/** A text as it may stand in a log: without whole numbers, without data that errors quote, in one visible line. */
const harmless = (text: string): string =>
  text
    .replace(NUMBER, maskPhoneNumber)
    .replace(QUOTED_JSON, '$1 in JSON')
    .replace(QUOTED_VALUE, '$1')
    .replace(CONTROLS, (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`);

/** For tests and tools that have nothing to say. */
export const silentLogger: Logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  child: () => silentLogger,
};
