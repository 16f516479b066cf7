import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';

/** For tests: an application's webhook address on loopback, which answers as it is told. */
export interface Received {
  path: string;
  headers: IncomingHttpHeaders;
  parameters: Record<string, string>;
}

export type Answer = (response: ServerResponse, request: Received, ordinal: number) => void;

export interface TestReceiver extends AsyncDisposable {
  url: string;
  /** All requests so far, in order of arrival. */
  received: Received[];
  /** Resolves when that many requests have arrived. */
  arrived(count: number): Promise<Received[]>;
  close(): Promise<void>;
}

export const emptyResponse: Answer = (response) => {
  response.writeHead(200, { 'content-type': 'text/xml' });
  response.end('<Response></Response>');
};

export async function startTestReceiver(answer: Answer = emptyResponse): Promise<TestReceiver> {
  const received: Received[] = [];
  let waiting: { count: number; resolve: (requests: Received[]) => void }[] = [];
  const server = createServer((request, response) => {
    let form = '';
    request.setEncoding('utf8');
    request.on('data', (chunk: string) => {
      form += chunk;
    });
    request.on('end', () => {
      const entry = {
        path: request.url ?? '',
        headers: request.headers,
        parameters: Object.fromEntries(new URLSearchParams(form)),
      };
      received.push(entry);
      answer(response, entry, received.length);
      const ready = waiting.filter(({ count }) => received.length >= count);
      waiting = waiting.filter(({ count }) => received.length < count);
      for (const { resolve } of ready) resolve(received);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  const close = (): Promise<void> => {
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    // Answers that a test holds back must not hold up its end.
    server.closeAllConnections();
    return closed;
  };
  return {
    url: `http://127.0.0.1:${port}`,
    received,
    arrived: (count) =>
      received.length >= count
        ? Promise.resolve(received)
        : new Promise((resolve) => waiting.push({ count, resolve })),
    close,
    [Symbol.asyncDispose]: close,
  };
}
