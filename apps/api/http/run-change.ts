import type { Request } from 'express';
import type { z } from 'zod';
import { type AuditChange, appendAudit } from '#shared/audit/append.ts';
import { inTransaction } from '#shared/postgres/pool.ts';
import type { ApiDeps } from './api-deps.ts';
import { etagOf } from './etag.ts';
import type { ChangeOperation, Operation, ReplySpecs } from './operation.ts';
import type { AnyRequest } from './parse.ts';
import type { AnyReply } from './reply.ts';
import { requestHash, type StoredReply, storeReply, takeKey } from './stored-reply.ts';

/**
 * Runs a change in one transaction with its audit entries and, under an Idempotency-Key, its reply: or gives the reply
 * that this key has had before.
 */
export async function runChange(
  operation: ChangeOperation<z.ZodType, z.ZodType, z.ZodType, ReplySpecs>,
  given: AnyRequest,
  request: Request,
  { changed, clock, pool }: ApiDeps,
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
    await appendAudit(tx, changes, { actor: identity, operationId: operation.id, requestId, ip, at });
    if (key !== undefined) await storeReply(tx, { actorId, key }, storedOf(operation, reply));
    return reply;
  });
  changed();
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
