import { once } from 'node:events';
import { Agent, createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import type { CallSet } from './recorded-call.ts';
import { callerOf, handsOutIterators, operationOf, Resources } from './request-facts.ts';

export interface RecordingProxy {
  url: string;
  close(): void;
}

/**
 * Stands in front of an emulator of Kinesis or SQS and notes who called what, from the signature of each request. It
 * changes nothing: services know it as the endpoint, and nothing of theirs is switched on for a test.
 * `target` gives the emulator's address at the first request, when it is known. A call that cannot be understood
 * fails, so that none is missed.
 */
export async function startRecordingProxy(
  target: () => Promise<string>,
  seen: CallSet,
): Promise<RecordingProxy> {
  const resources = new Resources();
  const agent = new Agent({ keepAlive: true });
  let address: URL | null = null;

  async function pass(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await text(incoming);
    const { operation, action } = operationOf(incoming.headers);
    const resource = resources.of(body);
    const service = callerOf(incoming.headers);
    if (service !== null) seen.add({ service, action, resource });

    address ??= new URL(await target());
    const { hostname, port } = address;
    // Gone meanwhile: a long poll for nobody would take messages.
    if (response.destroyed) return;
    const forwarded = request({
      hostname,
      port,
      method: incoming.method ?? 'POST',
      path: incoming.url ?? '/',
      headers: incoming.headers,
      agent,
    });
    // Who waits for the answer is told by a rejection. The emulator may come back at another address.
    forwarded.on('error', () => {
      address = null;
    });
    response.once('close', () => forwarded.destroy());
    forwarded.end(body);
    const [answer]: [IncomingMessage] = await once(forwarded, 'response').then(([one]) => [one]);
    if (!handsOutIterators(operation)) {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      return pipeline(answer, response);
    }
    const words = await text(answer);
    if (answer.statusCode === 200) resources.learn(resource, words);
    response.writeHead(answer.statusCode ?? 502, answer.headers);
    response.end(words);
  }

  const server = createServer((incoming, response) => {
    pass(incoming, response).catch((error: Error) => {
      if (response.headersSent || response.destroyed) response.destroy();
      else response.writeHead(502, { 'content-type': 'text/plain' }).end(error.message);
    });
  });
  // Above what the emulators and the SDK keep.
  server.keepAliveTimeout = 120_000;
  server.requestTimeout = 0;
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const bound = server.address();
  return {
    url: `http://127.0.0.1:${typeof bound === 'object' && bound ? bound.port : 0}`,
    close: () => {
      server.close();
      server.closeAllConnections();
      agent.destroy();
    },
  };
}
