import assert from 'node:assert/strict';
import { z } from 'zod';
import type { ApiOperation, ApiResponse, JsonSchema, Validators } from './document.ts';
import type { WireAnswer } from './exchange.ts';

/** What no answer may say: how we are built, or what PostgreSQL complains about. */
const LEAKS =
  /node_modules|\.ts:\d|^\s+at \S+ \(|\bSELECT\b|\bINSERT INTO\b|\bDELETE FROM\b|\bsyntax error at\b|violates|\bduplicate key\b|ZodError|ECONNREFUSED/m;

const problem = z.looseObject({
  type: z.string(),
  code: z.string(),
  title: z.string().min(1),
  status: z.int(),
  detail: z.string().min(1),
  requestId: z.string().min(1),
});

/** A media type without its parameters. */
export const mediaTypeOf = (answer: WireAnswer): string =>
  (answer.headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase() ?? '';

/**
 * Whether an answer is one that the document says the operation gives: its status, its media type, its body; problems
 * complete; nothing about our insides; not kept by caches. Throws what is wrong.
 */
export function judge(operation: ApiOperation, answer: WireAnswer, validators: Validators): void {
  judgeAnyAnswer(answer);
  const { status } = answer;
  const documented: ApiResponse | undefined = operation.responses[String(status)];
  assert.ok(
    documented,
    `${operation.operationId} answered ${status}, which it does not document: ${answer.body}`,
  );
  if ('etag' in answer.headers && status !== 304) {
    assert.ok(
      'ETag' in documented.headers,
      `${operation.operationId} does not document the ETag of its ${status}`,
    );
  }
  const types = Object.keys(documented.content);
  if (types.length === 0) {
    assert.equal(answer.body.length, 0, `${operation.operationId} answered ${status} with a body`);
    return;
  }
  const mediaType = mediaTypeOf(answer);
  const content = documented.content[mediaType];
  assert.ok(content, `${operation.operationId} answered ${status} as ${mediaType}, not as ${types}`);
  if (!/json$/.test(mediaType)) return;
  const body: unknown = JSON.parse(answer.body.toString());
  judgeBody(operation, status, content.schema, body, validators);
  if (mediaType === 'application/problem+json') {
    const { code } = problem.parse(body);
    assert.ok(
      documented.description.includes(`\`${code}\``),
      `${operation.operationId} does not document that ${status} may be ${code}`,
    );
  }
}

function judgeBody(
  operation: ApiOperation,
  status: number,
  schema: JsonSchema,
  body: unknown,
  validators: Validators,
): void {
  const faults = validators.faults(schema, body);
  assert.equal(faults, null, `the ${status} of ${operation.operationId}: ${JSON.stringify(body)}`);
}

/** What holds of every answer of the service, whatever was asked. */
export function judgeAnyAnswer({ body, headers, status }: WireAnswer): void {
  const text = body.toString();
  assert.ok(status < 500, `${status}: ${text}`);
  assert.equal(headers['x-content-type-options'], 'nosniff');
  assert.equal(headers['x-powered-by'], undefined);
  assert.equal(headers['set-cookie'], undefined);
  assert.equal(headers['access-control-allow-origin'], undefined);
  assert.match(headers['cache-control'] ?? '', /^no-store\b/);
  assert.match(String(headers['x-request-id']), /^[A-Za-z0-9._-]{8,128}$/);
  if (status < 400) return;
  assert.match(headers['content-type'] ?? '', /^application\/problem\+json/, text);
  const said = problem.parse(JSON.parse(text));
  assert.equal(said.status, status);
  assert.equal(said.type, `/v1/docs#problem-${said.code}`);
  assert.equal(said.requestId, headers['x-request-id']);
  assert.doesNotMatch(text, LEAKS);
}
