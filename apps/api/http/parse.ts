import type { Request, RequestHandler } from 'express';
import type { z } from 'zod';
import { ifMatchOf } from './etag.ts';
import type { GivenRequest, Operation } from './operation.ts';
import type { PhoneReferences } from './phone-reference.ts';
import { type Fault, faultsOf, Problem } from './problem.ts';
import { stateOf } from './request-state.ts';
import { IDEMPOTENCY_KEY } from './stored-reply.ts';

/** Longest JSON body, in bytes. Files come as streams, by operations of their own. */
export const MAX_BODY_BYTES = 256 * 1024;

export const requireJson: RequestHandler = (request, _response, next) => {
  if (!request.is('application/json')) {
    throw new Problem('unsupported_media_type', 'Send a body of Content-Type: application/json.');
  }
  next();
};

export type AnyRequest = GivenRequest<z.ZodType, z.ZodType, z.ZodType>;

/** No body of ours is nested so deep, and what reads one may go down by itself. */
const DEEPEST = 64;

/** Whether a value from JSON is nested deeper than anything here reads. */
export function isTooDeep(value: unknown): boolean {
  let level: unknown[] = [value];
  for (let depth = 0; depth < DEEPEST && level.length > 0; depth += 1) {
    level = level.flatMap((each) => (typeof each === 'object' && each !== null ? Object.values(each) : []));
  }
  return level.length > 0;
}

/**
 * Checks all of a request at once: one problem with every fault. `further`: what was found to be wrong before. In its address
 * references stand for phone numbers, wherever one may be given.
 */
export function parse(
  operation: Operation,
  request: Request,
  references: PhoneReferences,
  further: readonly Fault[] = [],
): AnyRequest {
  const faults: Fault[] = [];
  const part = (where: Fault['in'], schema: z.ZodType | undefined, value: unknown): unknown => {
    if (!schema) {
      if (where === 'query' && Object.keys(value as object).length > 0) {
        for (const key of Object.keys(value as object))
          faults.push({ in: where, pointer: key, detail: 'is not known: leave it out' });
      }
      return undefined;
    }
    if (where === 'body' && isTooDeep(value)) {
      faults.push({ in: where, pointer: '', detail: `is nested more than ${DEEPEST} deep` });
      return undefined;
    }
    const parsed = schema.safeParse(value);
    if (parsed.success) return parsed.data;
    faults.push(...faultsOf(where, parsed.error));
    return undefined;
  };
  const numbered = (given: object): object =>
    Object.fromEntries(
      Object.entries(given).map(([name, value]) => [
        name,
        typeof value === 'string' ? references.unsealed(value) : value,
      ]),
    );
  const params = part('path', operation.params, numbered(request.params));
  const query = part('query', operation.query, numbered(request.query));
  const body = part('body', operation.body, request.body);
  const key = request.get('idempotency-key');
  if (key !== undefined && operation.kind === 'change' && !IDEMPOTENCY_KEY.test(key)) {
    faults.push({
      in: 'header',
      pointer: 'Idempotency-Key',
      detail: 'must be 8 to 128 visible ASCII characters, best a new UUID',
    });
  }
  for (const fault of further) {
    if (!faults.some((known) => known.in === fault.in && known.pointer === fault.pointer)) faults.push(fault);
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
  const { id, identity } = stateOf(request);
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
