import { once } from 'node:events';
import { Agent, createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import httpProxy from 'http-proxy-3';
import { callerOf, operationOf } from '../aws-calls/request-facts.ts';

/** A call to Kinesis or SQS on its way. */
export interface AwsCall {
  operation: string;
  /** The service that signed it; null: none of ours. */
  caller: string | null;
  input: Readonly<Record<string, unknown>>;
}

export interface AwsAnswer {
  status: number;
  body: unknown;
}

/** Asks the emulator; with another input, if one is given. */
export type Forward = (input?: Readonly<Record<string, unknown>>) => Promise<AwsAnswer>;

/** What becomes of a call. Null: the connection ends without an answer. */
export type Meddler = (call: AwsCall, forward: Forward) => Promise<AwsAnswer | null>;

/** An error as both services word it. */
export const awsError = (type: string, message: string, status = 400): AwsAnswer => ({
  status,
  body: { __type: type, message },
});

/** In front of an emulator of Kinesis or SQS: passes calls on as they are, until somebody meddles. */
export class AwsProxy {
  readonly url: string;
  /** Null: everything passes. */
  meddler: Meddler | null = null;
  readonly #server: Server;
  readonly #agent = new Agent({ keepAlive: true });
  readonly #proxy = httpProxy.createProxyServer({ agent: this.#agent });
  readonly #answers = new WeakMap<ServerResponse, PromiseWithResolvers<AwsAnswer>>();
  readonly #target: () => Promise<URL>;

  private constructor(server: Server, port: number, target: () => Promise<URL>) {
    this.#server = server;
    this.#target = target;
    this.url = `http://127.0.0.1:${port}`;
    this.#proxy.on('error', (error, _, out) => {
      const waiting = 'writeHead' in out ? this.#answers.get(out) : undefined;
      if (waiting) waiting.reject(error);
      else out.destroy();
    });
    this.#proxy.on('proxyRes', (answer, _, response) => {
      const waiting = this.#answers.get(response);
      if (waiting === undefined) return;
      text(answer)
        .then((words) => ({ status: answer.statusCode ?? 502, body: words === '' ? {} : JSON.parse(words) }))
        .then(waiting.resolve, waiting.reject);
    });
  }

  /** `target` gives the emulator's address, asked at each call. */
  static async start(target: () => Promise<string>): Promise<AwsProxy> {
    const server = createServer();
    // Above what the emulators and the SDK keep.
    server.keepAliveTimeout = 120_000;
    server.requestTimeout = 0;
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    const port = typeof address === 'object' && address ? address.port : 0;
    const proxy = new AwsProxy(server, port, async () => new URL(await target()));
    server.on('request', (request, response) => {
      proxy.#serve(request, response).catch(() => response.destroy());
    });
    return proxy;
  }

  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
    this.#agent.destroy();
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { hostname, port } = await this.#target();
    const target = { host: hostname, port: Number(port) };
    const { meddler } = this;
    if (meddler === null) {
      this.#proxy.web(request, response, { target });
      return;
    }
    const input: Record<string, unknown> = JSON.parse(await text(request));
    const { operation } = operationOf(request.headers);
    const answer = await meddler(
      { operation, caller: callerOf(request.headers), input },
      (changed = input) => {
        const body = Buffer.from(JSON.stringify(changed));
        request.headers['content-length'] = String(body.byteLength);
        const waiting = Promise.withResolvers<AwsAnswer>();
        this.#answers.set(response, waiting);
        this.#proxy.web(request, response, {
          target,
          buffer: Readable.from([body]),
          selfHandleResponse: true,
        });
        return waiting.promise;
      },
    );
    if (answer === null) response.destroy();
    else {
      response.writeHead(answer.status, { 'content-type': 'application/x-amz-json-1.1' });
      response.end(JSON.stringify(answer.body));
    }
  }
}
