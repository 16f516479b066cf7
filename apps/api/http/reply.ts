import type { Request, Response } from 'express';
import type { ApiDeps } from './api-deps.ts';
import { etagOf, isSeen } from './etag.ts';
import type { Operation, ReplySpecs } from './operation.ts';
import { sendText } from './text-stream.ts';

/** What any handler answers, for the frame. */
export type AnyTextReply = { status: number; as: string; text: string };
export type AnyReply = {
  status: number;
  body: unknown;
  headers?: Record<string, string>;
  version?: string | number;
};

/** Sends a reply as its operation specifies it; a read that the caller has seen already is answered 304. */
export async function send(
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
