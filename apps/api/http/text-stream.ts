import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Response } from 'express';
import { z } from 'zod';
import { messageOf } from '#shared/errors.ts';
import type { Logger } from '#shared/logger.ts';

/** The body of a reply that comes piece by piece, in the memory of one piece: a file of any length. */
export const textStream = z.custom<AsyncIterable<string>>().meta({ override: { type: 'string' } });

const isStream = (body: unknown): body is AsyncIterable<string> =>
  typeof body === 'object' && body !== null && Symbol.asyncIterator in body;

/**
 * Sends a text, or one that comes piece by piece. When such a one breaks off, the connection is cut, so that half a file
 * is not taken for a whole one; the first piece is had before anything is sent, so that a fault before it is a problem
 * document like any other.
 */
export async function sendText(body: unknown, response: Response, logger: Logger): Promise<void> {
  if (!isStream(body)) {
    response.send(body);
    return;
  }
  const pieces = body[Symbol.asyncIterator]();
  const first = await pieces.next();
  try {
    await pipeline(Readable.from(from(first, pieces)), response);
  } catch (error) {
    // Whoever asked went away, or the database did: the pipeline has cut the connection, and nobody is left to tell.
    logger.warn({ reason: messageOf(error) }, 'a reply broke off');
  }
}

async function* from(first: IteratorResult<string>, pieces: AsyncIterator<string>): AsyncGenerator<string> {
  try {
    for (let piece = first; !piece.done; piece = await pieces.next()) yield piece.value;
  } finally {
    await pieces.return?.();
  }
}
