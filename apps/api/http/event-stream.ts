import type { Response } from 'express';
import { EVENT_STREAM, type OpenStream } from './operation.ts';

/** How long a last frame may take to go out, in ms; who takes nothing any more is cut off. */
const LAST_FRAME_MS = 10_000;

/** Begins a response that stays open. No proxy and no middleware may compress it or hold it back. */
export function openEventStream(response: Response): OpenStream {
  response.writeHead(200, {
    'content-type': EVENT_STREAM,
    'cache-control': 'no-store, no-transform',
    'x-accel-buffering': 'no',
  });
  response.flushHeaders();
  return {
    get bufferedBytes() {
      return response.writableLength;
    },
    write: (frame) => {
      response.write(frame);
    },
    end: (frame) => {
      const { socket } = response;
      // Counted anew whenever something went out.
      socket?.setTimeout(LAST_FRAME_MS, () => socket.destroy());
      response.end(frame);
      response.once('finish', () => socket?.setTimeout(0));
    },
    onClose: (listener) => {
      response.once('close', listener);
    },
  };
}
