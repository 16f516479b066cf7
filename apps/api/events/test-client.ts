import { get, type IncomingMessage } from 'node:http';
import { createParser, type EventSourceMessage } from 'eventsource-parser';

/** What a test or a benchmark listens with: a browser's reading of the stream. */
export interface TestListener {
  status: number;
  headers: IncomingMessage['headers'];
  events: EventSourceMessage[];
  /** Of the last event that it has, as a browser would send it. */
  lastEventId: string;
  /** In ms, as the server last said. */
  retry: number | null;
  ended: boolean;
  close(): void;
}

export function listenTo(
  url: string,
  parts: { key: string; lastEventId?: string; onEvent?: (event: EventSourceMessage) => void },
): Promise<TestListener> {
  return new Promise((resolve, reject) => {
    const headers = {
      authorization: `Bearer ${parts.key}`,
      accept: 'text/event-stream',
      'accept-encoding': 'gzip',
      ...(parts.lastEventId === undefined ? {} : { 'last-event-id': parts.lastEventId }),
    };
    const request = get(url, { headers, agent: false }, (response) => {
      const listener: TestListener = {
        status: response.statusCode ?? 0,
        headers: response.headers,
        events: [],
        lastEventId: parts.lastEventId ?? '',
        retry: null,
        ended: false,
        close: () => request.destroy(),
      };
      const parser = createParser({
        onEvent: (event) => {
          if (parts.onEvent) parts.onEvent(event);
          else listener.events.push(event);
        },
        onRetry: (ms) => {
          listener.retry = ms;
        },
      });
      response.setEncoding('utf8');
      response.on('data', (text: string) => {
        // The parser says nothing of an id without an event, which a browser keeps.
        for (const [, id] of text.matchAll(/^id: (.*)$/gm)) listener.lastEventId = id ?? '';
        parser.feed(text);
      });
      response.on('end', () => {
        listener.ended = true;
      });
      response.on('error', () => {
        listener.ended = true;
      });
      resolve(listener);
    });
    request.once('error', reject);
  });
}
