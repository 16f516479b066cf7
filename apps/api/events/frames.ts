import type { LiveEvent } from '#shared/live-events/stream.ts';

/** Server-sent events as bytes (https://html.spec.whatwg.org/multipage/server-sent-events.html). */

/** An update. `position`: from where somebody who has this frame goes on. Payloads are JSON, so without line breaks. */
export const updateFrame = ({ payload, topic }: LiveEvent, position: string): Buffer =>
  Buffer.from(
    `id: ${position}\nevent: update\ndata: {"topic":${JSON.stringify(topic)},"payload":${payload}}\n\n`,
  );

/** Something was missed: fetch again what is shown, and go on from `position`. */
export const resetFrame = (position: string): Buffer =>
  Buffer.from(`id: ${position}\nevent: reset\ndata: {}\n\n`);

/** Where a client begins: it sets the id and fires nothing. */
export const positionFrame = (position: string): Buffer => Buffer.from(`id: ${position}\n\n`);

/** Come back after so many ms. */
export const retryFrame = (ms: number): Buffer => Buffer.from(`retry: ${Math.round(ms)}\n\n`);

/** A comment, so that nothing on the way takes the connection for dead. */
export const HEARTBEAT = Buffer.from(':\n\n');
