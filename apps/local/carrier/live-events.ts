import type { ServerResponse } from 'node:http';
import type { CallView } from '#shared/simulator/call-view.ts';
import type { Message } from './message.ts';
import { phoneView } from './message-view.ts';

/**
 * Server-sent events for phones: one `message` event for every new message and every change of one, one `call` event for
 * every change of a call and everything that is heard in it.
 */
export interface LiveEvents {
  /** Of all these phones in one stream: whose an event is, its numbers say. */
  subscribe(phones: readonly string[], response: ServerResponse): void;
  /** To whoever follows the message's phone. */
  publish(message: Message): void;
  publishCall(phone: string, call: CallView): void;
  close(): void;
}

/** Keeps idle connections from being taken for dead. */
const HEARTBEAT_MS = 15_000;
/** A subscriber that reads slower than this much is cut off; it can fetch the conversation and subscribe again. */
const MAX_BACKLOG_BYTES = 1024 * 1024;

export function createLiveEvents(): LiveEvents {
  const subscribers = new Map<string, Set<ServerResponse>>();
  const heartbeat = setInterval(() => {
    for (const responses of subscribers.values()) {
      for (const response of responses) response.write(': alive\n\n');
    }
  }, HEARTBEAT_MS);
  heartbeat.unref();
  const send = (phone: string, name: string, view: () => object): void => {
    const responses = subscribers.get(phone);
    if (!responses) return;
    const event = `event: ${name}\ndata: ${JSON.stringify(view())}\n\n`;
    for (const response of responses) {
      if (response.writableLength > MAX_BACKLOG_BYTES) response.destroy();
      else response.write(event);
    }
  };
  return {
    subscribe: (phones, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
      // Sent at once, so that the subscriber knows that it will miss nothing from here on.
      response.write('event: ready\ndata: {}\n\n');
      for (const phone of phones) {
        subscribers.set(phone, (subscribers.get(phone) ?? new Set()).add(response));
      }
      response.on('close', () => {
        for (const phone of phones) {
          const responses = subscribers.get(phone);
          responses?.delete(response);
          if (responses?.size === 0) subscribers.delete(phone);
        }
      });
    },
    publish: (message) => send(message.phone, 'message', () => phoneView(message)),
    publishCall: (phone, call) => send(phone, 'call', () => call),
    close: () => {
      clearInterval(heartbeat);
      for (const responses of subscribers.values()) for (const response of responses) response.end();
      subscribers.clear();
    },
  };
}
