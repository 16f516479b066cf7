import { createServer, type Server } from 'node:http';

/** What a service says of itself when it is asked. */
export interface Health {
  /** Why it hangs; null: it does not. Draining and starting are no hanging: both have deadlines of their own. */
  hanging(): string | null;
  /** Why it takes nothing on now; null: it does. */
  notReady(): string | null;
}

/**
 * /health: 200, or 503 with the loop that hangs: whoever watches over the process replaces it. /ready: 200, or 503 with
 * the reason why others should be asked: outages belong here, they replace nothing. A process whose event loop is stuck
 * answers neither.
 */
export function healthServer(health: Health): Server {
  const checks: Readonly<Record<string, () => string | null>> = {
    '/health': () => health.hanging(),
    '/ready': () => health.notReady(),
  };
  return createServer((request, response) => {
    const check = checks[request.url ?? ''];
    const reason = check === undefined ? 'not found' : check();
    response.writeHead(check === undefined ? 404 : reason === null ? 200 : 503, {
      'content-type': 'text/plain',
    });
    response.end(reason ?? 'ok');
  });
}
