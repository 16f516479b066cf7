import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type RequestHandler, Router } from 'express';
import helmet from 'helmet';
import sirv from 'sirv';

/** Where the console is. Its own router has the same. */
export const CONSOLE_PATH = '/console';

/** Names of these files have a hash of what is in them, so they never change. */
const NAMED_BY_CONTENT = /^\/assets\//;

/**
 * Scripts, styles and fonts are ours; no script stands in a page. Mantine writes its variables into style elements. Pictures
 * of messages are wherever the organisation keeps them, over HTTPS.
 */
const securityPolicy = helmet.contentSecurityPolicy({
  useDefaults: false,
  directives: {
    defaultSrc: ["'none'"],
    scriptSrc: ["'self'"],
    styleSrc: ["'self'", "'unsafe-inline'"],
    fontSrc: ["'self'"],
    imgSrc: ["'self'", 'data:', 'https:'],
    mediaSrc: ["'self'", 'https:'],
    connectSrc: ["'self'"],
    manifestSrc: ["'self'"],
    baseUri: ["'none'"],
    formAction: ["'self'"],
    frameAncestors: ["'none'"],
  },
});

/**
 * The web console: its files, packed beforehand, and its page under every path of its own that is no file. `folder` is
 * what `npm run console:build` made; where nothing was built, the answer is 503. `/` leads to the console.
 */
export function consoleRouter(folder: string): Router {
  const router = Router({ strict: true });
  router.get(['/', CONSOLE_PATH], (_request, response) => {
    response.setHeader('cache-control', 'no-cache');
    response.redirect(302, `${CONSOLE_PATH}/`);
  });
  router.use(CONSOLE_PATH, securityPolicy, isBuilt(folder) ? files(folder) : notBuilt);
  return router;
}

export const isBuilt = (folder: string): boolean => existsSync(join(folder, 'index.html'));

function files(folder: string): RequestHandler {
  const serve = sirv(folder, {
    brotli: true,
    gzip: true,
    etag: true,
    // Paths of the console have no file endings; a file that is not there is a 404, not a page.
    single: true,
    setHeaders: (response, path) => {
      response.setHeader(
        'cache-control',
        NAMED_BY_CONTENT.test(path) ? 'public, max-age=31536000, immutable' : 'no-cache',
      );
    },
    onNoMatch: (_request, response) => {
      response.writeHead(404, { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store' });
      response.end('There is no such file of the console. Reload the page: it may be of an older version.\n');
    },
  });
  return (request, response, next) => {
    if (request.method === 'GET' || request.method === 'HEAD') serve(request, response);
    else next();
  };
}

const notBuilt: RequestHandler = (_request, response) => {
  response.setHeader('cache-control', 'no-store');
  response.status(503).type('text/plain').send('The console is not built: npm run console:build.\n');
};
