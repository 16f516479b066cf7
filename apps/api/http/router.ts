import express, { type RequestHandler, Router } from 'express';
import { includes } from '#shared/api-keys/role.ts';
import { authenticate } from '../identity/authenticate.ts';
import type { ApiDeps } from './api-deps.ts';
import { onError } from './errors.ts';
import { openEventStream } from './event-stream.ts';
import type { Operation } from './operation.ts';
import { isTooDeep, MAX_BODY_BYTES, parse, requireJson } from './parse.ts';
import { Problem } from './problem.ts';
import { type AnyReply, type AnyTextReply, send } from './reply.ts';
import { requestIdOf } from './request-id.ts';
import { begin, stateOf } from './request-state.ts';
import { runChange } from './run-change.ts';
import { requireFile, runUpload, type Uploads } from './run-upload.ts';

/**
 * Operations as a router. Of each request, in this order: who asks, whether they may, whether they ask too often, whether
 * what they ask is well-formed (all faults at once), and then the operation. Changes run in one transaction with their
 * audit entries and, under an Idempotency-Key, their reply.
 */
export function createApi(operations: readonly Operation[], deps: ApiDeps): Router {
  const uploads: Uploads = { count: 0 };
  const router = Router({ caseSensitive: true, strict: true });
  router.use(beginning(deps));
  const byPath = new Map<string, Operation[]>();
  for (const operation of operations) {
    byPath.set(operation.path, [...(byPath.get(operation.path) ?? []), operation]);
  }
  // The words of a path go before what a parameter takes: /v1/things/counts is no thing called counts.
  for (const [path, there] of [...byPath].sort(([one], [other]) => wordsFirst(one, other))) {
    const route = path.replaceAll(/\{(\w+)\}/g, ':$1');
    for (const operation of there) router[operation.method](route, ...handlersOf(operation, deps, uploads));
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
      const { identity, operationId } = stateOf(request);
      const ms = clock.monotonic() - startedAt;
      const outcome = status >= 500 ? 'failed' : status >= 400 ? 'refused' : 'answered';
      answered(outcome, ms);
      const who = identity === null ? null : `${identity.kind} ${identity.id}`;
      // No path and no query: both may hold a person's number.
      const fields = { requestId: id, operationId, status, ms: Math.round(ms), who };
      if (operationId !== null || status >= 400) logger.info(fields, 'a request was answered');
    };
    begin(request, { id, operationId: null, identity: null, answered: count });
    response.once('finish', () => count(response.statusCode));
    next();
  };

/** Orders paths so that of two that may both fit, the one with a word where the other has a parameter comes first. */
function wordsFirst(one: string, other: string): number {
  const [ones, others] = [one.split('/'), other.split('/')];
  for (let place = 0; place < Math.min(ones.length, others.length); place += 1) {
    const [a = '', b = ''] = [ones[place], others[place]];
    const isWord = [a, b].map((segment) => !segment.startsWith('{'));
    if (isWord[0] !== isWord[1]) return isWord[0] ? -1 : 1;
    if (a !== b && isWord[0]) return a < b ? -1 : 1;
  }
  return ones.length - others.length;
}

function handlersOf(operation: Operation, deps: ApiDeps, uploads: Uploads): RequestHandler[] {
  const admit: RequestHandler = async (request, response, next) => {
    const state = stateOf(request);
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
    const { body, query } = request;
    const further = isTooDeep(body) ? [] : await operation.furtherFaults?.({ query, body }, deps.pool);
    const given = parse(operation, request, deps.references, further);
    if (operation.kind === 'stream') {
      operation.start(
        { ...given, body: undefined },
        {
          lastEventId: request.get('last-event-id') ?? null,
          open: () => {
            stateOf(request).answered(200);
            return openEventStream(response);
          },
        },
      );
      return;
    }
    const reply: AnyReply | AnyTextReply =
      operation.kind === 'read'
        ? await operation.handle(given, deps.pool)
        : operation.kind === 'upload'
          ? await runUpload(operation, given, request, deps, uploads)
          : await runChange(operation, given, request, deps);
    await send(operation, reply, request, response, deps);
  };
  const handlers: RequestHandler[] = [admit];
  if (operation.kind === 'upload') handlers.push(requireFile(operation));
  if (operation.body) handlers.push(requireJson, express.json({ limit: MAX_BODY_BYTES, strict: false }));
  return [...handlers, run];
}

function refuseMethod(there: readonly Operation[]): RequestHandler {
  const allow = [...new Set(there.map(({ method }) => method.toUpperCase()))].join(', ');
  return () => {
    throw new Problem('method_not_allowed', `Here goes ${allow}.`, { headers: { allow } });
  };
}
