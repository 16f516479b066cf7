import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';

/** Longest time for a whole request to come in, but for one that may come slowly. */
const REQUEST_MS = 20_000;
/** The same for those: a file of a gigabyte over a slow line. */
const FILE_MS = 4 * 60 * 60_000;

/** When a request is cut off, and how long that is. */
const deadlines = new WeakMap<IncomingMessage, { timer: NodeJS.Timeout; requestMs: number }>();

/**
 * Lets a request take its time: a file that is read piece by piece. It is cut off only when nothing comes for as long as
 * another whole request may take. For whoever has seen who sends it.
 */
export function mayComeSlowly(request: IncomingMessage): void {
  const deadline = deadlines.get(request);
  clearTimeout(deadline?.timer);
  request.setTimeout(deadline?.requestMs ?? REQUEST_MS, () => request.destroy());
}

export interface PublicServer {
  /** Where it listens; differs from what was asked when that was 0. */
  port: number;
  /**
   * Sends clients away with their next answer, for `lingerMs` also those that still come; then takes no new connection,
   * answers what is in hand, closes.
   */
  stop(lingerMs: number): Promise<void>;
}

/**
 * Listens; rejects when it cannot. `requestMs`: longest time for a whole request, 20 s where it is left out. `keepAliveMs`:
 * how long an idle connection stays open. A load balancer may send a request on a connection at any moment of its own idle time-out, so ours must be longer, or that request is lost.
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-load-balancer-attributes.html
 */
export function startPublicServer(
  listener: RequestListener,
  at: { host: string; port: number; keepAliveMs: number; requestMs?: number },
): Promise<PublicServer> {
  const requestMs = at.requestMs ?? REQUEST_MS;
  let draining = false;
  const inHand = new Set<ServerResponse>();
  // A client that is told to close opens its next connection to somebody who stays; one that is not would keep the
  // connection, and this server, open.
  const sendAway = (response: ServerResponse): void => {
    if (!response.headersSent) response.setHeader('connection', 'close');
  };
  const server = createServer((request, response) => {
    inHand.add(response);
    const timer = setTimeout(() => request.complete || request.destroy(), requestMs);
    deadlines.set(request, { timer, requestMs });
    response.once('close', () => {
      clearTimeout(timer);
      inHand.delete(response);
    });
    if (draining) sendAway(response);
    listener(request, response);
  });
  server.keepAliveTimeout = at.keepAliveMs;
  // Counted from the end of the request before, where the connection was idle: a shorter one would undo the other.
  server.headersTimeout = at.keepAliveMs + 1_000;
  // Of each request by the deadline above: the server's own knows no exception.
  server.requestTimeout = FILE_MS;
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(at.port, at.host, () => {
      server.off('error', reject);
      const address = server.address();
      resolve({
        port: typeof address === 'object' && address !== null ? address.port : at.port,
        stop: async (lingerMs) => {
          draining = true;
          for (const response of inHand) sendAway(response);
          await delay(lingerMs);
          await new Promise<void>((stopped) => {
            server.close(() => stopped());
            server.closeIdleConnections();
          });
        },
      });
    });
  });
}
