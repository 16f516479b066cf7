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

const PHONE_FIELDS = new Set(['phoneNumber', 'from', 'to', 'senderNumber', 'partitionKey']);

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

/** JSON lines on standard output. Fields that hold phone numbers are masked; bodies are never logged. */
export function createLogger(service: string, level: string): Logger {
  return pino(
    {
      level,
      base: { service },
      timestamp: pino.stdTimeFunctions.isoTime,
      serializers: { err: withoutData },
      formatters: {
        level: (label) => ({ level: label }),
        log: (fields) => maskFields(fields),
      },
    },
    standardOutput(),
  );
}

/** Where PostgreSQL quotes the row, the statement or the values that it complains about: numbers and texts of people. */
const QUOTES_DATA: ReadonlySet<string> = new Set(['detail', 'where', 'internalQuery', 'query', 'parameters']);

/** An error as pino writes it, without what quotes data. */
function withoutData(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  return Object.fromEntries(
    Object.entries(stdSerializers.err(error)).filter(([name]) => !QUOTES_DATA.has(name)),
  );
}

function maskFields(fields: Record<string, unknown>): Record<string, unknown> {
  let masked: Record<string, unknown> | undefined;
  for (const [name, value] of Object.entries(fields)) {
    if (typeof value === 'string' && PHONE_FIELDS.has(name)) {
      masked ??= { ...fields };
      masked[name] = maskPhoneNumber(value);
    }
  }
  return masked ?? fields;
}

/** For tests and tools that have nothing to say. */
export const silentLogger: Logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  child: () => silentLogger,
};
