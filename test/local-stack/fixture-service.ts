import { createServer } from 'node:http';
import { integer, readConfig } from '#shared/config.ts';

/**
 * The smallest process that keeps to the contract of a service, for tests of the supervisor: health and readiness,
 * a public path that says who answers, one that ends the process as a crash does, one that blocks its event loop for good, SIGTERM, and the IPC channel.
 */
const port = { min: 1, max: 65_535 };
const config = readConfig(
  {
    HEALTH_PORT: integer(port, { help: 'Port of /health and /ready.' }),
    PORT: integer(port, { help: 'Port of the public paths.' }),
  },
  process.env,
);

const health = createServer((request, response) => {
  response.writeHead(request.url === '/ready' || request.url === '/health' ? 200 : 404).end('ok');
}).listen(config.HEALTH_PORT, '127.0.0.1');

const server = createServer((request, response) => {
  if (request.url?.endsWith('/crash')) process.exit(3);
  if (request.url?.endsWith('/hang')) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
  response.writeHead(200, { 'content-type': 'application/json' });
  response.end(JSON.stringify({ pid: process.pid, url: request.url, headers: request.headers }));
});
server.on('upgrade', (_request, socket) => {
  socket.write('HTTP/1.1 101 Switching Protocols\r\nUpgrade: echo\r\nConnection: Upgrade\r\n\r\n');
  socket.pipe(socket);
});
server.listen(config.PORT, '127.0.0.1');

const stop = (): void => {
  health.close();
  server.close();
  process.exit(0);
};
process.on('SIGTERM', stop);
process.on('disconnect', stop);
