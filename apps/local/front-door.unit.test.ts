import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import fc from 'fast-check';
import { testPorts } from '#test/ports.ts';
import { type FrontDoor, openFrontDoor, type Route, routeFor } from './front-door.ts';

describe('Routes by path', () => {
  const routes: Route[] = [
    { service: 'api', paths: ['/*'], port: 1 },
    { service: 'gateway', paths: ['/webhooks/*', '/m/*'], port: 2 },
    { service: 'exact', paths: ['/webhooks/test'], port: 3 },
  ];

  it('belong to the longest pattern that matches', () => {
    const found = ['/', '/people', '/webhooks/twilio/sms', '/m/abc', '/webhooks/test', '/webhooks'].map(
      (path) => routeFor(path, routes)?.service,
    );
    assert.deepEqual(found, ['api', 'api', 'gateway', 'gateway', 'exact', 'api']);
  });

  it('are none where no pattern matches', () => {
    assert.equal(routeFor('/people', [{ service: 'gateway', paths: ['/webhooks/*'], port: 2 }]), null);
  });

  it('match as the same pattern does when written as a regular expression', () => {
    const text = fc.string({ unit: fc.constantFrom('/', 'a', 'b', '.'), maxLength: 6 });
    fc.assert(
      fc.property(fc.array(text, { minLength: 1, maxLength: 4 }), text, text, text, (parts, x, y, z) => {
        const pattern = parts.join('*');
        const expression = new RegExp(`^${parts.map((part) => part.replaceAll('.', '\\.')).join('.*')}$`);
        for (const path of [parts.join(''), parts.join(x), `${parts.join(y)}${z}`, x + y + z]) {
          const found = routeFor(path, [{ service: 's', paths: [pattern], port: 1 }]) !== null;
          assert.equal(found, expression.test(path), `${pattern} on ${path}`);
        }
      }),
    );
  });
});

describe('The front door', () => {
  let service: Server;
  let door: FrontDoor;
  let url: string;
  let port: number;

  const portOf = (server: Server): number => (server.address() as AddressInfo).port;

  beforeEach(async () => {
    service = createServer((incoming, response) => {
      if (incoming.url === '/events/stream') {
        response.writeHead(200, { 'content-type': 'text/event-stream' });
        response.write('data: first\n\n');
        return;
      }
      response.writeHead(201, { 'x-from': 'service' });
      incoming.pipe(response);
    });
    service.on('upgrade', (_incoming, socket) => {
      socket.write('HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n');
      socket.pipe(socket);
    });
    service.listen(0, '127.0.0.1');
    await once(service, 'listening');
    ({ port } = await testPorts('port'));
    url = `http://127.0.0.1:${port}`;
    door = await openFrontDoor({
      port,
      routes: [
        { service: 'here', paths: ['/here/*', '/events/*'], port: portOf(service) },
        { service: 'away', paths: ['/away/*'], port: 1 },
        { service: 'ours', paths: ['/ours/*'], port: portOf(service), isOurs: true },
      ],
      ownPages: new Map([['/', (_incoming, response) => response.end('own page')]]),
    });
  });
  afterEach(async () => {
    await door.close(0);
    service.closeAllConnections();
    await new Promise((resolve) => service.close(resolve));
  });

  it('hands requests over whole: method, path, body, and status and headers of the answer', async () => {
    const response = await fetch(`${url}/here/x?y=1`, { method: 'POST', body: 'Body=STOP' });
    assert.equal(response.status, 201);
    assert.equal(response.headers.get('x-from'), 'service');
    assert.equal(await response.text(), 'Body=STOP');
  });

  it('answers 503 with Retry-After while a service is away, so that a carrier repeats its webhook', async () => {
    const response = await fetch(`${url}/away/webhook`, { method: 'POST', body: 'x' });
    assert.equal(response.status, 503);
    assert.equal(response.headers.get('retry-after'), '2');
    assert.match(await response.text(), /away cannot be reached/);
  });

  it('lets no page of another site, and no other name, to what is for our own pages', async () => {
    const statusOf = (headers: Record<string, string>): Promise<number | undefined> =>
      new Promise((resolve, reject) => {
        const asked = request(`${url}/ours/levers`, { method: 'POST', headers }, (response) => {
          response.resume();
          resolve(response.statusCode);
        });
        asked.on('error', reject).end('{}');
      });
    const host = `localhost:${port}`;
    assert.equal(await statusOf({ host }), 201);
    assert.equal(await statusOf({ host, origin: `http://${host}` }), 201);
    assert.equal(await statusOf({ host, origin: 'http://elsewhere.test' }), 403);
    assert.equal(await statusOf({ host, origin: 'null' }), 403);
    assert.equal(await statusOf({ host: 'a-tunnel.test' }), 403);
    assert.equal(await statusOf({ host: 'elsewhere.test', origin: 'http://elsewhere.test' }), 403);
  });

  it('answers its own pages itself, and 404 for what nobody serves', async () => {
    assert.equal(await (await fetch(`${url}/`)).text(), 'own page');
    assert.equal((await fetch(`${url}/nobody`)).status, 404);
  });

  it('passes on events of a stream as they come', async () => {
    const response = await fetch(`${url}/events/stream`);
    const first = await response.body?.getReader().read();
    assert.equal(Buffer.from(first?.value ?? []).toString(), 'data: first\n\n');
  });

  it('passes on web sockets both ways', async () => {
    const upgrading = request(`${url}/here/socket`, {
      headers: { connection: 'Upgrade', upgrade: 'websocket' },
    });
    upgrading.end();
    const [, socket] = await once(upgrading, 'upgrade');
    socket.write('ping');
    const [answer] = await once(socket, 'data');
    assert.equal(String(answer), 'ping');
    socket.destroy();
  });

  it('says so when its port is taken', async () => {
    await assert.rejects(openFrontDoor({ port, routes: [], ownPages: new Map() }), { code: 'EADDRINUSE' });
  });
});
