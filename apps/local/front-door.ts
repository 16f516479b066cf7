import { Agent, createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import httpProxy from 'http-proxy-3';
import { isFromElsewhere } from './from-elsewhere.ts';

/** A service that takes requests from outside, as it stands behind a load balancer on AWS. */
export interface Route {
  service: string;
  /** Patterns as the load balancer has them: `*` is any text. */
  paths: readonly string[];
  port: number;
  /** Of no pages but our own: a route without credentials that changes things. */
  isOurs?: boolean;
}

export type OwnPage = (request: IncomingMessage, response: ServerResponse) => void;

/** Most services are back by then: a crashed one is started again after 0.2 s and takes about a second. */
const RETRY_AFTER_SECONDS = 2;

export interface FrontDoor {
  /** Takes no new requests, waits up to `graceMs` for those that are in it, then cuts them. */
  close(graceMs: number): Promise<void>;
}

/** The route of a path: the longest pattern that matches it, as there is no order among services. */
export function routeFor(path: string, routes: readonly Route[]): Route | null {
  let best: { route: Route; length: number } | null = null;
  for (const route of routes) {
    for (const pattern of route.paths) {
      if (matches(path, pattern) && pattern.length > (best?.length ?? -1))
        best = { route, length: pattern.length };
    }
  }
  return best?.route ?? null;
}

function matches(path: string, pattern: string): boolean {
  const [first = '', ...rest] = pattern.split('*');
  if (rest.length === 0) return path === pattern;
  if (!path.startsWith(first)) return false;
  let from = first.length;
  const last = rest.pop() ?? '';
  for (const part of rest) {
    const at = path.indexOf(part, from);
    if (at < 0) return false;
    from = at + part.length;
  }
  return path.length - last.length >= from && path.endsWith(last);
}

/**
 * Listens on loopback and hands each request to the service that its path belongs to; our own pages come first.
 * While a service is away the answer is 503 with Retry-After, which carriers repeat. Web sockets and event streams pass through.
 * Rejects when the port is taken.
 */
export async function openFrontDoor(options: {
  port: number;
  routes: readonly Route[];
  /** By path. */
  ownPages: ReadonlyMap<string, OwnPage>;
}): Promise<FrontDoor> {
  const agent = new Agent({ keepAlive: true, maxSockets: 256 });
  const proxy = httpProxy.createProxyServer({ agent, xfwd: true, proxyTimeout: 0 });
  const routeOf = (request: IncomingMessage): Route | null =>
    routeFor(new URL(request.url ?? '/', 'http://localhost').pathname, options.routes);
  proxy.on('error', (error, request, out) => refuse(error, routeOf(request), out));
  const server = createServer((request, response) => {
    const route = routeOf(request);
    const page = route ? undefined : options.ownPages.get(request.url ?? '/');
    if (page) page(request, response);
    else if (route?.isOurs && isFromElsewhere(request)) answer(response, 403, 'not for other sites');
    else if (!route) answer(response, 404, 'nothing is served under this path');
    else proxy.web(request, response, { target: { host: '127.0.0.1', port: route.port } });
  });
  server.on('upgrade', (request, socket: Socket, head) => {
    const route = routeOf(request);
    // A client that goes away in the middle of the hand-over has nobody else to report it to.
    socket.on('error', () => socket.destroy());
    if (route) proxy.ws(request, socket, head, { target: { host: '127.0.0.1', port: route.port } });
    else socket.destroy();
  });
  // Longer than a load balancer's idle time-out, so that no end closes a connection the other is about to use.
  server.keepAliveTimeout = 75_000;
  // Event streams last as long as their readers.
  server.requestTimeout = 0;
  await listen(server, options.port);
  return {
    close: (graceMs) => close(server, agent, graceMs),
  };
}

function refuse(error: Error, route: Route | null, out: ServerResponse | Socket): void {
  if (!('writeHead' in out)) out.destroy();
  else if (out.headersSent) out.destroy();
  else {
    out.setHeader('retry-after', RETRY_AFTER_SECONDS);
    answer(out, 503, `${route?.service ?? 'the service'} cannot be reached: ${error.message}`);
  }
}

function answer(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8' });
  response.end(`${text}\n`);
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

function close(server: Server, agent: Agent, graceMs: number): Promise<void> {
  return new Promise((resolve) => {
    const cut = setTimeout(() => server.closeAllConnections(), graceMs);
    server.close(() => {
      clearTimeout(cut);
      agent.destroy();
      resolve();
    });
    server.closeIdleConnections();
  });
}
