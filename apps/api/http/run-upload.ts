import type { Request, RequestHandler } from 'express';
import type { z } from 'zod';
import { type AuditChange, appendAudit } from '#shared/audit/append.ts';
import { mayComeSlowly } from '#shared/http/public-server.ts';
import { inTransaction } from '#shared/postgres/pool.ts';
import type { ApiDeps } from './api-deps.ts';
import type { ReplySpecs, UploadOperation, UploadTools } from './operation.ts';
import type { AnyRequest } from './parse.ts';
import { Problem } from './problem.ts';
import type { AnyReply } from './reply.ts';

/** Most files that come in at once in one task: each takes the memory of two batches of rows, and comes as slowly as it likes. */
export const MAX_UPLOADS = 8;

/** Files that are coming in. */
export interface Uploads {
  count: number;
}

type AnyUpload = UploadOperation<z.ZodType, z.ZodType, ReplySpecs>;

/** Refuses what is no such file before any of it is read. */
export const requireFile =
  ({ maxBytes, mediaTypes }: Pick<AnyUpload, 'maxBytes' | 'mediaTypes'>): RequestHandler =>
  (request, _response, next) => {
    if (mediaTypeOf(request, mediaTypes) === null) {
      throw new Problem('unsupported_media_type', `Send a file of Content-Type: ${mediaTypes.join(', ')}.`);
    }
    if (request.get('content-encoding') !== undefined) {
      throw new Problem('unsupported_media_type', 'Send the file as it is, without a Content-Encoding.');
    }
    if (Number(request.get('content-length') ?? 0) > maxBytes) throw tooLarge(maxBytes);
    next();
  };

const mediaTypeOf = (request: Request, mediaTypes: readonly string[]): string | null =>
  // `false` or `null` for none of them, and for a request without a body.
  request.is([...mediaTypes]) || null;

const tooLarge = (maxBytes: number): Problem =>
  new Problem('too_large', `The file is larger than ${maxBytes} bytes. Send it in parts.`, {
    headers: { connection: 'close' },
  });

/**
 * Runs an upload: the file passes through in pieces, and what it changes is committed with its audit entries. Refused at once
 * while `MAX_UPLOADS` others are `inHand`.
 */
export async function runUpload(
  operation: AnyUpload,
  given: AnyRequest,
  request: Request,
  deps: ApiDeps,
  inHand: Uploads,
): Promise<AnyReply> {
  if (inHand.count >= MAX_UPLOADS) {
    throw new Problem(
      'unavailable',
      `${MAX_UPLOADS} files are coming in already. Send it again in a moment.`,
      {
        headers: { 'retry-after': '10', connection: 'close' },
      },
    );
  }
  inHand.count += 1;
  try {
    return await takeFile(operation, given, request, deps);
  } finally {
    inHand.count -= 1;
  }
}

async function takeFile(
  operation: AnyUpload,
  given: AnyRequest,
  request: Request,
  { changed, clock, pool }: ApiDeps,
): Promise<AnyReply> {
  const { identity, ip, requestId } = given;
  let committed = false;
  const commit: UploadTools['commit'] = (work) =>
    inTransaction(pool, async (tx) => {
      const changes: AuditChange[] = [];
      const result = await work({ tx, audit: (change) => changes.push(change) });
      if (changes.length === 0) {
        throw new Error(`${operation.id} changed something that it has not noted in the audit log`);
      }
      const at = clock.now();
      await appendAudit(tx, changes, { actor: identity, operationId: operation.id, requestId, ip, at });
      committed = true;
      return result;
    });
  mayComeSlowly(request);
  const mediaType = mediaTypeOf(request, operation.mediaTypes) ?? operation.mediaTypes[0];
  const file = { mediaType, pieces: piecesOf(request, operation.maxBytes) };
  const reply: AnyReply = await operation.handle({ ...given, body: undefined }, file, { db: pool, commit });
  if (reply.status < 300 && !committed) throw new Error(`${operation.id} took a file and committed nothing`);
  changed();
  return reply;
}

async function* piecesOf(request: Request, maxBytes: number): AsyncGenerator<Buffer> {
  let bytes = 0;
  try {
    // An operation that stops reading still has an answer to give: the connection stays open for it.
    for await (const piece of request.iterator({ destroyOnReturn: false })) {
      bytes += piece.length;
      if (bytes > maxBytes) throw tooLarge(maxBytes);
      yield piece;
    }
  } catch (error) {
    if (error instanceof Problem || !request.destroyed) throw error;
    throw new Problem('invalid_request', 'The request ended before the file did: send it again.', {
      cause: error,
    });
  }
  if (!request.complete) {
    throw new Problem('invalid_request', 'The request ended before the file did: send it again.');
  }
}
