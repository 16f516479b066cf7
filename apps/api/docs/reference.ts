import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import express, { Router } from 'express';

/** Folder of Swagger UI's files, which are served from here: the reference needs no network. */
const ASSETS = dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'));
const SERVED = ['swagger-ui.css', 'swagger-ui-bundle.js', 'favicon-32x32.png'];

/**
 * The reference that people browse, at `/v1/docs`, and the document behind it at `/v1/openapi.json`. Without signing in:
 * they say what there is and nothing about anybody.
 */
export function referenceRouter(document: unknown): Router {
  const router = Router({ strict: true });
  const text = JSON.stringify(document);
  router.get('/v1/openapi.json', (_request, response) => {
    response.setHeader('cache-control', 'no-cache');
    response.type('application/json').send(text);
  });
  router.get('/v1/docs', (_request, response) => {
    response.type('text/html').send(PAGE);
  });
  router.get('/v1/docs/start.js', (_request, response) => {
    response.type('text/javascript').send(START);
  });
  router.use(
    '/v1/docs',
    (request, _response, next) => {
      // Of the package only what the page needs.
      if (SERVED.includes(request.path.slice(1))) next();
      else next('router');
    },
    express.static(ASSETS, { index: false, maxAge: '1 day', fallthrough: false }),
  );
  return router;
}

const PAGE = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Carillon API</title>
<link rel="icon" type="image/png" href="/v1/docs/favicon-32x32.png">
<link rel="stylesheet" href="/v1/docs/swagger-ui.css">
</head>
<body>
<div id="reference"></div>
<script src="/v1/docs/swagger-ui-bundle.js"></script>
<script src="/v1/docs/start.js"></script>
</body>
</html>
`;

const START = `SwaggerUIBundle({
  url: '/v1/openapi.json',
  dom_id: '#reference',
  deepLinking: true,
  displayRequestDuration: true,
  persistAuthorization: false,
  validatorUrl: null,
});
`;
