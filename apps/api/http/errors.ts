import type { ErrorRequestHandler } from 'express';
import { UnreadableCampaign } from '#shared/campaigns/store.ts';
import { CarillonError } from '#shared/errors.ts';
import { isTransientDatabaseError } from '#shared/postgres/pool.ts';
import type { ApiDeps } from './api-deps.ts';
import { MAX_BODY_BYTES } from './parse.ts';
import { documentOf, Problem, type ProblemCode, problemCodes } from './problem.ts';
import { stateOf } from './request-state.ts';

/** Every error becomes a problem document: never a stack, never what an exception says. */
export const onError =
  ({ logger }: Pick<ApiDeps, 'logger'>): ErrorRequestHandler =>
  (error, request, response, next) => {
    if (response.headersSent) {
      next(error);
      return;
    }
    const { id, operationId } = stateOf(request);
    const problem = problemOf(error);
    if (problemCodes[problem.code].status >= 500) {
      logger.error({ requestId: id, operationId, err: error }, 'a request failed');
    }
    for (const [name, value] of Object.entries(problem.headers)) response.setHeader(name, value);
    response.status(problemCodes[problem.code].status);
    response.type('application/problem+json').send(JSON.stringify(documentOf(problem, id)));
  };

/** What express and its parsers throw, by their types (https://github.com/expressjs/body-parser#errors). */
const PARSER_PROBLEMS: Readonly<Record<string, [ProblemCode, string]>> = {
  'entity.parse.failed': ['invalid_request', 'The body is no JSON.'],
  'entity.too.large': ['too_large', `The body is larger than ${MAX_BODY_BYTES} bytes.`],
  'request.size.invalid': ['invalid_request', 'The body is not as long as Content-Length says.'],
  'request.aborted': ['invalid_request', 'The request ended before its body did.'],
  'encoding.unsupported': [
    'unsupported_media_type',
    'The Content-Encoding is not supported: use gzip, or none.',
  ],
  'charset.unsupported': ['unsupported_media_type', 'The character set is not supported: use UTF-8.'],
};

/** A body that cannot be unpacked: an error of zlib, which the parser marks as the sender's fault, as http-errors are. */
const isUnreadableBody = (error: unknown): boolean =>
  error instanceof Error &&
  'status' in error &&
  error.status === 400 &&
  'expose' in error &&
  error.expose === true;

function problemOf(error: unknown): Problem {
  if (error instanceof Problem) return error;
  if (error instanceof UnreadableCampaign) return new Problem('unreadable', error.message, { cause: error });
  if (error instanceof CarillonError && error.code === 'unavailable')
    return new Problem('unavailable', 'A part of the system is away. Try again in a moment.', {
      headers: { 'retry-after': '5' },
      cause: error,
    });
  if (isTransientDatabaseError(error)) {
    return new Problem('unavailable', 'The database is away. Try again in a moment.', {
      headers: { 'retry-after': '5' },
      cause: error,
    });
  }
  // PostgreSQL: character_not_in_repertoire, which of UTF-8 is U+0000 alone.
  if (error instanceof Error && 'code' in error && error.code === '22021') {
    return new Problem(
      'invalid_request',
      'A text in the request contains U+0000, which nothing here can contain.',
      {
        cause: error,
      },
    );
  }
  const type = typeof error === 'object' && error !== null && 'type' in error ? error.type : undefined;
  const known = typeof type === 'string' ? PARSER_PROBLEMS[type] : undefined;
  if (known) return new Problem(known[0], known[1], { cause: error });
  // A path with a broken escape, which express refuses itself.
  if (error instanceof URIError)
    return new Problem('invalid_request', 'The path is not valid.', { cause: error });
  if (isUnreadableBody(error)) {
    return new Problem('invalid_request', 'The body is not in the encoding that Content-Encoding names.', {
      cause: error,
    });
  }
  return new Problem('unexpected', 'Something went wrong here. The request id names it in our logs.', {
    cause: error,
  });
}
