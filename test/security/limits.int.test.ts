import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { type ClientRequest, request as httpRequest } from 'node:http';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { mayComeSlowly, type PublicServer, startPublicServer } from '#shared/http/public-server.ts';
import { createDatabase, type TestDatabase } from '#test/stack/stack.ts';
import { MAX_UPLOADS } from '../../apps/api/http/run-upload.ts';
import { startTestApi, type TestApi } from '../../apps/api/test-api.ts';
import { exchangeRaw, statusesIn } from './raw.ts';

/** Until a connection is over, by whatever end: a reset is one too, for which `once` would reject. */
const closed = (socket: Socket): Promise<void> =>
  new Promise((resolve) => socket.once('close', () => resolve()));

describe('A server that the world reaches', () => {
  const servers: PublicServer[] = [];
  const started = async (
    listener: Parameters<typeof startPublicServer>[0],
    requestMs: number,
  ): Promise<number> => {
    const server = await startPublicServer(listener, {
      host: '127.0.0.1',
      port: 0,
      keepAliveMs: 65_000,
      requestMs,
    });
    servers.push(server);
    return server.port;
  };
  after(() => Promise.all(servers.map((server) => server.stop(0))));

  /** Sends a head that promises a body, a byte of it now and then, and says when the connection is over. */
  const drip = async (port: number): Promise<void> => {
    const socket = connect(port, '127.0.0.1');
    // The other side cuts it off, which is what is waited for.
    socket.on('error', () => undefined);
    socket.write('POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n');
    const dripping = setInterval(() => socket.write('x'), 5);
    socket.resume();
    await closed(socket);
    clearInterval(dripping);
  };

  it('cuts off a request whose body does not come to its end in time, however steadily it drips', async () => {
    const port = await started((request) => void request.resume(), 50);
    await drip(port);
  });

  it('lets one take longer that it knows, as long as something comes, and no longer when nothing does', async () => {
    let bytes = 0;
    const port = await started((request, response) => {
      mayComeSlowly(request);
      request.on('data', (piece: Buffer) => {
        bytes += piece.length;
      });
      request.on('end', () => response.end('whole'));
      request.on('error', () => undefined);
    }, 1_500);
    const slow = connect(port, '127.0.0.1');
    slow.write('POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 30\r\n\r\n');
    // Thirty pieces that take longer together than a request may, and not one by one.
    const pieces = async (): Promise<void> => {
      for (let n = 0; n < 30; n += 1) {
        await new Promise((resolve) => setTimeout(resolve, 60));
        slow.write('x');
      }
    };
    const answered = (await Promise.all([slow.setEncoding('utf8').toArray(), pieces()]))[0].join('');
    assert.match(answered, /whole$/);
    assert.equal(bytes, 30);
    const silent = connect(port, '127.0.0.1');
    silent.on('error', () => undefined);
    silent.write('POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 30\r\n\r\nx');
    silent.resume();
    await closed(silent);
  });
});

describe('The API keeps its limits', () => {
  let database: TestDatabase;
  let api: TestApi;
  let folder: string;
  let key: string;

  before(async () => {
    database = await createDatabase();
    folder = await mkdtemp(join(tmpdir(), 'carillon-console-'));
    await writeFile(join(folder, 'secret.txt'), 'outside of the console');
    await mkdir(join(folder, 'console'));
    await writeFile(join(folder, 'console', 'index.html'), 'the console');
    await writeFile(join(folder, 'console', '.env'), 'hidden');
    api = await startTestApi(database, {}, join(folder, 'console'));
    key = await api.key('operator');
  });
  after(async () => {
    await api.stop();
    await database.drop();
    await rm(folder, { recursive: true });
  });

  it('of bodies: 256 kB as they come and as they are unpacked', async () => {
    const name = 'x'.repeat(300_000);
    assert.equal((await api.send('POST', '/v1/keys', { body: { name, role: 'viewer' } })).status, 413);
    const packed = await fetch(`${api.url}/v1/keys`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${await api.key('admin')}`,
        'content-type': 'application/json',
        'content-encoding': 'gzip',
      },
      body: new Uint8Array(
        await new Response(
          new Blob([JSON.stringify({ name: 'y'.repeat(5_000_000) })])
            .stream()
            .pipeThrough(new CompressionStream('gzip')),
        ).arrayBuffer(),
      ),
    });
    assert.equal(packed.status, 413);
  });

  it('of headers: 16 kB in all', async () => {
    const answers = await exchangeRaw(
      api.url,
      `GET /v1/keys HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${'x'.repeat(20_000)}\r\n\r\n`,
    );
    assert.deepEqual(statusesIn(answers), [431]);
  });

  it('of pages: 200 rows', async () => {
    for (const limit of ['201', '0', '-1', '1e3', '9007199254740993', '']) {
      assert.equal((await api.send('GET', `/v1/contacts?limit=${limit}`)).status, 400, limit);
    }
    assert.equal((await api.send('GET', '/v1/contacts?limit=200')).status, 200);
  });

  it('of files that come in at once: the next one is told to come again, and comes in when another has ended', async () => {
    const created = async (): Promise<string> =>
      (await api.send('POST', '/v1/imports', { key, body: { kind: 'contacts', fileName: 'a.csv' } })).body.id;
    const sending: ClientRequest[] = [];
    /** Begins to send a file, and holds the rest of it back; the status comes with the answer. */
    const begin = (id: string): { request: ClientRequest; status: Promise<number> } => {
      const request = httpRequest(`${api.url}/v1/imports/${id}/file`, {
        method: 'PUT',
        headers: { authorization: `Bearer ${key}`, 'content-type': 'text/csv' },
      });
      const status = new Promise<number>((resolve, reject) => {
        request.once('error', reject);
        request.once('response', (response) => {
          response.resume();
          resolve(response.statusCode ?? 0);
        });
      });
      request.write('phone,name\n');
      return { request, status };
    };
    const held = [];
    for (let n = 0; n < MAX_UPLOADS; n += 1) {
      const id = await created();
      held.push({ id, ...begin(id) });
    }
    sending.push(...held.map(({ request }) => request));
    // Each has arrived when it says that it comes in.
    for (const { id } of held) {
      for (;;) {
        const { body } = await api.send('GET', `/v1/imports/${id}`, { key });
        if (body.status === 'uploading') break;
      }
    }
    const more = await created();
    const refused = await api.send('PUT', `/v1/imports/${more}/file`, {
      key,
      body: 'phone,name\n4155550101,Ana\n',
      headers: { 'content-type': 'text/csv' },
    });
    assert.deepEqual(
      [refused.status, refused.body.code, refused.headers.get('retry-after')],
      [503, 'unavailable', '10'],
    );
    const [first, ...others] = held;
    assert.ok(first);
    first.request.end('4155550101,Ana\n');
    assert.equal(await first.status, 200);
    const taken = await api.send('PUT', `/v1/imports/${more}/file`, {
      key,
      body: 'phone,name\n4155550102,Ben\n',
      headers: { 'content-type': 'text/csv' },
    });
    assert.equal(taken.status, 200);
    for (const { request, status } of others) {
      request.end('4155550103,Cy\n');
      assert.equal(await status, 200);
    }
  });

  describe('of paths: no file outside of the console is read', () => {
    for (const path of [
      '/console/../secret.txt',
      '/console/%2e%2e/secret.txt',
      '/console/%2e%2e%2fsecret.txt',
      '/console/..%2fsecret.txt',
      '/console/..%5csecret.txt',
      '/console/..\\secret.txt',
      '/console/....//secret.txt',
      '/console/%252e%252e%252fsecret.txt',
      '/console//../../secret.txt',
      '/console/assets/../../secret.txt',
      '/console/%00/../secret.txt',
      '/console/..;/secret.txt',
      '/console/%c0%ae%c0%ae/secret.txt',
      '/console/.env',
      '//secret.txt',
      '/v1/docs/../../../package.json',
      '/v1/docs/%2e%2e%2f%2e%2e%2fpackage.json',
      '/v1/docs/..%2f..%2f..%2fpackage.json',
    ]) {
      it(path, async () => {
        const answers = await exchangeRaw(
          api.url,
          `GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`,
        );
        assert.doesNotMatch(answers, /outside of the console|hidden|"dependencies"|"version"/);
        const [status = 0] = statusesIn(answers);
        // Paths of the console that are no files are its page.
        assert.ok(
          status === 200
            ? /the console$|swagger/i.test(answers)
            : [301, 302, 400, 401, 403, 404].includes(status),
          answers,
        );
      });
    }
  });
});
