import { Agent, type IncomingHttpHeaders, request } from 'node:http';

/** One request as it goes over the wire. Names of headers are lower case; `path` has its query and is sent as it stands. */
export interface WireRequest {
  method: string;
  path: string;
  headers: Readonly<Record<string, string | string[]>>;
  body: Buffer | null;
}

export interface WireAnswer {
  status: number;
  headers: IncomingHttpHeaders;
  body: Buffer;
}

export interface Wire {
  /** Sends what no well-behaved client would. Of a stream that does not end (server-sent events) only the head is read. */
  send(wanted: WireRequest): Promise<WireAnswer>;
  close(): void;
}

export function openWire(url: string): Wire {
  const agent = new Agent({ keepAlive: true, maxSockets: 8 });
  const { hostname, port } = new URL(url);
  return {
    send: ({ body, headers, method, path }) =>
      new Promise((resolve, reject) => {
        const length = body === null ? {} : { 'content-length': String(body.length) };
        const sent = request(
          {
            agent,
            hostname,
            port,
            method,
            path,
            headers: { ...length, ...headers },
            insecureHTTPParser: false,
          },
          (response) => {
            const status = response.statusCode ?? 0;
            if (/event-stream/.test(response.headers['content-type'] ?? '')) {
              response.destroy();
              resolve({ status, headers: response.headers, body: Buffer.alloc(0) });
              return;
            }
            const pieces: Buffer[] = [];
            response.on('data', (piece: Buffer) => pieces.push(piece));
            response.once('end', () =>
              resolve({ status, headers: response.headers, body: Buffer.concat(pieces) }),
            );
            response.once('error', reject);
          },
        );
        sent.once('error', reject);
        sent.end(body ?? undefined);
      }),
    close: () => agent.destroy(),
  };
}
