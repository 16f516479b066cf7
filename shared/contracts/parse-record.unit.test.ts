import assert from 'node:assert/strict';
import { z } from 'zod';
import { CarillonError } from '#shared/errors.ts';
import { parseRecord } from './parse-record.ts';

const schema = z.object({ type: z.literal('GREETING'), text: z.string() });
const nested = (depth: number): string => `${'['.repeat(depth)}${']'.repeat(depth)}`;
const recursive: z.ZodType<unknown> = z.lazy(() => z.array(recursive));

/** The message of the one error that it may throw. */
function refusal(body: string, by: z.ZodType<unknown> = schema): string {
  try {
    parseRecord(by, body);
  } catch (error) {
    assert.ok(error instanceof CarillonError && error.code === 'invalid_record', String(error));
    return error.message;
  }
  return assert.fail('it was read');
}

describe('a record of a stream', () => {
  it('is read by its schema', () => {
    assert.deepEqual(parseRecord(schema, '{"type":"GREETING","text":"Hi"}'), {
      type: 'GREETING',
      text: 'Hi',
    });
  });

  it('that is wrong is refused with its type and what is wrong with it', () => {
    assert.match(refusal('{"type":"GREETING"}'), /a record of type "GREETING" does not parse: .*text/s);
    assert.match(refusal('{"type":7}'), /^a record does not parse/);
    assert.match(refusal('hello'), /^not JSON/);
  });

  for (const [what, body, by] of [
    ['all of it', nested(200_000), schema],
    ['its type', `{"type":${nested(50_000)}}`, schema],
    ['what its schema follows into the depth', nested(50_000), recursive],
  ] as const) {
    it(`is refused like any other when ${what} is nested too deeply`, () => {
      assert.match(refusal(body, by), /./);
    });
  }
});
