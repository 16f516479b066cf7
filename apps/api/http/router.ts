import express, {
  type ErrorRequestHandler,
  type Request,
  type RequestHandler,
  type Response,
  Router,
} from 'express';
import type { z } from 'zod';
import type { Clock } from '#shared/clock.ts';
import { CarillonError } from '#shared/errors.ts';
import type { Logger } from '#shared/logger.ts';
import { inTransaction, isTransientDatabaseError, type Pool } from '#shared/postgres/pool.ts';
import { type AuditChange, appendAudit } from '../audit/audit.ts';
import { authenticate, type SignIn } from '../identity/authenticate.ts';
import { type Identity, includes } from '../identity/identity.ts';
import { etagOf, ifMatchOf, isSeen } from './etag.ts';
import { openEventStream } from './event-stream.ts';
import type { ChangeOperation, GivenRequest, Operation, ReplySpecs } from './operation.ts';
import { documentOf, type Fault, faultsOf, Problem, type ProblemCode, problemCodes } from './problem.ts';
import type { RateLimit } from './rate-limit.ts';
import { requestIdOf } from './request-id.ts';
import { IDEMPOTENCY_KEY, requestHash, type StoredReply, storeReply, takeKey } from './stored-reply.ts';
import { sendText } from './text-stream.ts';

/** Longest JSON body, in bytes. Files come as streams, by operations of their own. */
export const MAX_BODY_BYTES = 256 * 1024;

/** As requests are counted: refused are those that were at fault themselves. */
export type Outcome = 'answered' | 'refused' | 'failed';

export interface ApiDeps {
  pool: Pool;
  clock: Clock;
  logger: Logger;
  /** Hears of every answer, and how long it took. */
  answered(outcome: Outcome, ms: number): void;
  /** In the order in which they are tried. */
  signIn: readonly SignIn[];
  rateLimit: RateLimit;
  /** Whether replies are checked against their schemas: a fault then is a 500. For tests; costs time. */
  checkReplies: boolean;
}

/** A request with what the frame found out about it. */
interface Seen {
  id: string;
  operationId: string | null;
  identity: Identity | null;
  /** Counts and logs the answer, once: when it has gone out or, of a stream, when it has begun. */
  answered(status: number): void;
}
const seen = new WeakMap<Request, Seen>();

const seenOf = (request: Request): Seen => {
  const known = seen.get(request);
  if (!known) throw new Error('the request did not come through the frame');
  return known;
};

/**
 * Operations as a router. Of each request, in this order: who asks, whether they may, whether they ask too often, whether
 * what they ask is well-formed (all faults at once), and then the operation. Changes run in one transaction with their
 * audit entries and, under an Idempotency-Key, their reply.
 */
export function createApi(operations: readonly Operation[], deps: ApiDeps): Router {
  const router = Router({ caseSensitive: true, strict: true });
  router.use(beginning(deps));
  const byPath = new Map<string, Operation[]>();
  for (const operation of operations) {
    byPath.set(operation.path, [...(byPath.get(operation.path) ?? []), operation]);
  }
  for (const [path, there] of byPath) {
    const route = path.replaceAll(/\{(\w+)\}/g, ':$1');
    for (const operation of there) router[operation.method](route, ...handlersOf(operation, deps));
    router.all(route, refuseMethod(there));
  }
  router.use(() => {
    throw new Problem('not_found', 'There is nothing under this path. /v1/docs lists what there is.');
  });
  router.use(onError(deps));
  return router;
}

const beginning =
  ({ clock, logger, answered }: ApiDeps): RequestHandler =>
  (request, response, next) => {
    const id = requestIdOf(request, () => clock.newId());
    const startedAt = clock.monotonic();
    response.setHeader('x-request-id', id);
    response.setHeader('cache-control', 'no-store');
    let counted = false;
    const count = (status: number): void => {
      if (counted) return;
      counted = true;
      const { identity, operationId } = seenOf(request);
      const ms = clock.monotonic() - startedAt;
      const outcome = status >= 500 ? 'failed' : status >= 400 ? 'refused' : 'answered';
      answered(outcome, ms);
      const who = identity === null ? null : `${identity.kind} ${identity.id}`;
      // No path and no query: both may hold a person's number.
      const fields = { requestId: id, operationId, status, ms: Math.round(ms), who };
      if (operationId !== null || status >= 400) logger.info(fields, 'a request was answered');
    };
    seen.set(request, { id, operationId: null, identity: null, answered: count });
    response.once('finish', () => count(response.statusCode));
    next();
  };

function handlersOf(operation: Operation, deps: ApiDeps): RequestHandler[] {
  const admit: RequestHandler = async (request, response, next) => {
    const state = seenOf(request);
    state.operationId = operation.id;
    if (operation.access !== 'everybody') {
      state.identity = await authenticate(request, deps.signIn);
      if (!includes(state.identity.role, operation.access)) {
        throw new Problem(
          'not_allowed',
          `This takes the role ${operation.access}; you have ${state.identity.role}.`,
        );
      }
    }
    const who = state.identity === null ? `ip ${request.ip}` : `${state.identity.kind} ${state.identity.id}`;
    const verdict = await deps.rateLimit(who);
    for (const [name, value] of Object.entries(verdict.headers)) response.setHeader(name, value);
    if (!verdict.allowed) {
      throw new Problem(
        'too_many_requests',
        `Too many requests. The next one is taken in ${verdict.retryAfterSeconds} s.`,
        { headers: { 'retry-after': String(verdict.retryAfterSeconds) } },
      );
    }
    next();
  };
  const run: RequestHandler = async (request, response) => {
    const given = parse(operation, request);
    if (operation.kind === 'stream') {
      operation.start(
        { ...given, body: undefined },
        {
          lastEventId: request.get('last-event-id') ?? null,
          open: () => {
            seenOf(request).answered(200);
            return openEventStream(response);
          },
        },
      );
      return;
    }
    const reply: AnyReply | AnyTextReply =
      operation.kind === 'read'
        ? await operation.handle(given, deps.pool)
        : await runChange(operation, given, request, deps);
    await send(operation, reply, request, response, deps);
  };
  const handlers: RequestHandler[] = [admit];
  if (operation.body) handlers.push(requireJson, express.json({ limit: MAX_BODY_BYTES, strict: false }));
  return [...handlers, run];
}

const requireJson: RequestHandler = (request, _response, next) => {
  if (!request.is('application/json')) {
    throw new Problem('unsupported_media_type', 'Send a body of Content-Type: application/json.');
  }
  next();
};

type AnyRequest = GivenRequest<z.ZodType, z.ZodType, z.ZodType>;

/** Checks all of a request at once. */
function parse(operation: Operation, request: Request): AnyRequest {
  const faults: Fault[] = [];
  const part = (where: Fault['in'], schema: z.ZodType | undefined, value: unknown): unknown => {
    if (!schema) {
      if (where === 'query' && Object.keys(value as object).length > 0) {
        for (const key of Object.keys(value as object))
          faults.push({ in: where, pointer: key, detail: 'is not known: leave it out' });
      }
      return undefined;
    }
    const parsed = schema.safeParse(value);
    if (parsed.success) return parsed.data;
    faults.push(...faultsOf(where, parsed.error));
    return undefined;
  };
  const params = part('path', operation.params, request.params);
  const query = part('query', operation.query, request.query);
  const body = part('body', operation.body, request.body);
  const key = request.get('idempotency-key');
  if (key !== undefined && operation.kind === 'change' && !IDEMPOTENCY_KEY.test(key)) {
    faults.push({
      in: 'header',
      pointer: 'Idempotency-Key',
      detail: 'must be 8 to 128 visible ASCII characters, best a new UUID',
    });
  }
  if (faults.length > 0) {
    const count = faults.length === 1 ? 'one fault' : `${faults.length} faults`;
    throw new Problem('invalid_request', `The request has ${count}: see faults.`, { faults });
  }
  const ifMatch = ifMatchOf(request);
  if (operation.kind === 'change' && operation.requiresVersion && request.get('if-match') === undefined) {
    throw new Problem(
      'precondition_required',
      'Send If-Match with the ETag of the version that you have seen.',
    );
  }
  const { id, identity } = seenOf(request);
  return {
    params,
    query,
    body,
    identity,
    requestId: id,
    ifMatch,
    ip: request.ip ?? '',
    userAgent: request.get('user-agent')?.slice(0, 500) ?? null,
  };
}

type AnyTextReply = { status: number; as: string; text: string };
type AnyReply = {
  status: number;
  body: unknown;
  headers?: Record<string, string>;
  version?: string | number;
};

async function runChange(
  operation: ChangeOperation<z.ZodType, z.ZodType, z.ZodType, ReplySpecs>,
  given: AnyRequest,
  request: Request,
  { clock, pool }: ApiDeps,
): Promise<AnyReply> {
  const { identity, ip, requestId } = given;
  const at = clock.now();
  const key = request.get('idempotency-key');
  const actorId = identity === null ? `everybody ${ip}` : `${identity.kind} ${identity.id}`;
  const answer = await inTransaction<AnyReply>(pool, async (tx) => {
    if (key !== undefined) {
      const hash = requestHash(operation.id, given.params, given.body);
      const before = await takeKey(tx, { actorId, key, hash, at });
      if (before !== null) {
        return { ...before, headers: { ...before.headers, 'idempotency-replayed': 'true' } };
      }
    }
    const changes: AuditChange[] = [];
    const reply: AnyReply = await operation.handle(given, { tx, audit: (change) => changes.push(change) });
    if (reply.status < 300 && changes.length === 0) {
      throw new Error(`${operation.id} changed something that it has not noted in the audit log`);
    }
    await appendAudit(tx, changes, { identity, operationId: operation.id, requestId, ip, at });
    if (key !== undefined) await storeReply(tx, { actorId, key }, storedOf(operation, reply));
    return reply;
  });
  await operation.beforeAnswer?.(given);
  return answer;
}

const storedOf = (
  { replyIsSecret }: Operation & { replyIsSecret?: boolean },
  { status, body, headers, version }: AnyReply,
): StoredReply =>
  replyIsSecret
    ? { secret: true, status, body: null, headers: {} }
    : {
        status,
        body,
        headers: { ...headers, ...(version === undefined ? {} : { etag: etagOf(version) }) },
      };

async function send(
  operation: Operation,
  reply: AnyReply | AnyTextReply,
  request: Request,
  response: Response,
  { checkReplies, logger }: ApiDeps,
): Promise<void> {
  const specs: ReplySpecs = operation.replies;
  const spec = specs[reply.status];
  if (!spec) throw new Error(`${operation.id} answered ${reply.status}, which it does not specify`);
  if ('as' in reply) {
    response.status(reply.status).type(reply.as).send(reply.text);
    return;
  }
  for (const [name, value] of Object.entries(reply.headers ?? {})) response.setHeader(name, value);
  if (
    checkReplies &&
    (reply.version !== undefined) !== (spec.versioned ?? false) &&
    !('etag' in (reply.headers ?? {}))
  ) {
    throw new Error(`${operation.id} answers ${reply.status} with a version exactly where it is versioned`);
  }
  if (reply.version !== undefined) response.setHeader('etag', etagOf(reply.version));
  const etag = response.getHeader('etag');
  if (operation.kind === 'read' && typeof etag === 'string' && isSeen(request, etag)) {
    response.status(304).end();
    return;
  }
  response.status(reply.status);
  if (spec.body === null) response.end();
  else if (spec.mediaType !== undefined) await sendText(reply.body, response.type(spec.mediaType), logger);
  else {
    // Through JSON first: a schema describes what is on the wire.
    const text = JSON.stringify(reply.body);
    if (checkReplies) spec.body.parse(JSON.parse(text));
    response.type('application/json').send(text);
  }
}

function refuseMethod(there: readonly Operation[]): RequestHandler {
  const allow = [...new Set(there.map(({ method }) => method.toUpperCase()))].join(', ');
  return () => {
    throw new Problem('method_not_allowed', `Here goes ${allow}.`, { headers: { allow } });
  };
}

/** Every error becomes a problem document: never a stack, never what an exception says. */
const onError =
  ({ logger }: ApiDeps): ErrorRequestHandler =>
  (error, request, response, next) => {
    if (response.headersSent) {
      next(error);
      return;
    }
    const { id, operationId } = seenOf(request);
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
