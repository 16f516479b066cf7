import { z } from 'zod';
import { CarillonError, messageOf } from '#shared/errors.ts';

/** Reads a stream record by its schema, or throws CarillonError `invalid_record` that says what is wrong with it. */
export function parseRecord<T>(schema: z.ZodType<T>, body: string): T {
  let json: unknown;
  let result: z.ZodSafeParseResult<T>;
  try {
    // A RangeError among them: nested deeper than the stack is.
    json = JSON.parse(body);
    result = schema.safeParse(json);
  } catch (error) {
    throw new CarillonError('invalid_record', `not JSON that can be read: ${messageOf(error)}`, {
      cause: error,
    });
  }
  if (result.success) return result.data;
  const kind = typeOf(json);
  throw new CarillonError('invalid_record', `${kind} does not parse: ${z.prettifyError(result.error)}`);
}

const typeOf = (json: unknown): string =>
  typeof json === 'object' && json !== null && 'type' in json && typeof json.type === 'string'
    ? `a record of type ${JSON.stringify(json.type)}`
    : 'a record';
