import { createServer, type RequestListener, type ServerResponse } from 'node:http';

/**
 * The load balancer keeps idle connections for 60 s and may send a request on one at any moment of them: ours must
 * stay open longer, or that request is lost.
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-load-balancer-attributes.html
 */
const KEEP_ALIVE_MS = 65_000;
/** Longest time for a whole request to come in. */
const REQUEST_MS = 20_000;

export interface PublicServer {
  /** Where it listens; differs from what was asked when that was 0. */
  port: number;
  /** Takes no new connection, answers what is in hand, closes. */
  stop(): Promise<void>;
}

/** Listens; rejects when it cannot. */
export function startPublicServer(
  listener: RequestListener,
  at: { host: string; port: number },
): Promise<PublicServer> {
  let draining = false;
  const inHand = new Set<ServerResponse>();
  // A client that is told to close opens its next connection to somebody who stays; one that is not would keep the
  // connection, and this server, open.
  const sendAway = (response: ServerResponse): void => {
    if (!response.headersSent) response.setHeader('connection', 'close');
  };
  const server = createServer((request, response) => {
    inHand.add(response);
    response.once('close', () => inHand.delete(response));
    if (draining) sendAway(response);
    listener(request, response);
  });
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  server.headersTimeout = KEEP_ALIVE_MS + 1_000;
  server.requestTimeout = REQUEST_MS;
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(at.port, at.host, () => {
      server.off('error', reject);
      const address = server.address();
      resolve({
        port: typeof address === 'object' && address !== null ? address.port : at.port,
        stop: () =>
          new Promise((stopped) => {
            draining = true;
            for (const response of inHand) sendAway(response);
            server.close(() => stopped());
            server.closeIdleConnections();
          }),
      });
    });
  });
}
