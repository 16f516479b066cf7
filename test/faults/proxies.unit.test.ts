import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { AwsProxy, awsError } from './aws-proxy.ts';
import { TcpProxy } from './tcp-proxy.ts';

describe('What stands between services and their stores', () => {
  let server: Server;
  let port: number;
  /** Bodies that reached the server. */
  const reached: string[] = [];
  const clients: Socket[] = [];
  before(async () => {
    server = createServer(async (request, response) => {
      const body = await text(request);
      reached.push(body);
      response.end(`{"heard":${body}}`);
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    ({ port } = server.address() as AddressInfo);
  });
  beforeEach(() => {
    reached.length = 0;
  });
  after(async () => {
    for (const client of clients) client.destroy();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  describe('of PostgreSQL', () => {
    let proxy: TcpProxy;
    beforeEach(async () => {
      proxy = await TcpProxy.start(async () => port);
    });
    afterEach(() => proxy.close());

    const connected = async (): Promise<Socket> => {
      const socket = connect(proxy.port, '127.0.0.1');
      clients.push(socket);
      await once(socket, 'connect');
      return socket;
    };
    const ask = (socket: Socket, word: string): void => {
      const body = JSON.stringify(word);
      socket.write(`POST / HTTP/1.1\r\nHost: here\r\nContent-Length: ${body.length}\r\n\r\n${body}`);
    };
    const answer = async (socket: Socket): Promise<string> => String((await once(socket, 'data'))[0]);

    it('passes everything on', async () => {
      const socket = await connected();
      ask(socket, 'one');
      assert.match(await answer(socket), /"heard":"one"/);
    });

    it('lets both ends know when it cuts', async () => {
      const socket = await connected();
      ask(socket, 'one');
      await answer(socket);
      const broken = new Promise<Error>((resolve) => socket.once('error', resolve));
      assert.equal(proxy.cut(), 1);
      assert.match((await broken).message, /ECONNRESET/);
    });

    it('loses what is written on a half-open connection, and not what is on a new one', async () => {
      const socket = await connected();
      ask(socket, 'one');
      await answer(socket);
      assert.equal(proxy.silence(), 1);
      ask(socket, 'lost');
      const other = await connected();
      ask(other, 'two');
      await answer(other);
      assert.deepEqual(reached, ['"one"', '"two"']);
      const ended = once(socket, 'close');
      proxy.bury();
      await ended;
    });

    it('passes on later what was written while it stood still', async () => {
      const before = await connected();
      ask(before, 'one');
      await answer(before);
      assert.equal(proxy.stall(), 1);
      const since = await connected();
      ask(before, 'two');
      ask(since, 'three');
      const answers = [answer(before), answer(since)];
      proxy.flow();
      await Promise.all(answers);
      assert.deepEqual(reached.sort(), ['"one"', '"three"', '"two"']);
    });
  });

  describe('of Kinesis and SQS', () => {
    let proxy: AwsProxy;
    beforeEach(async () => {
      proxy = await AwsProxy.start(async () => `http://127.0.0.1:${port}`);
    });
    afterEach(() => proxy.close());

    const call = async (): Promise<{ status: number; body: unknown }> => {
      const response = await fetch(proxy.url, {
        method: 'POST',
        headers: { 'x-amz-target': 'Kinesis_20131202.PutRecords' },
        body: '{"Records":[1,2]}',
      });
      return { status: response.status, body: await response.json() };
    };

    it('passes calls on as they are', async () => {
      assert.deepEqual(await call(), { status: 200, body: { heard: { Records: [1, 2] } } });
    });

    it('passes on what somebody made of a call, longer or shorter', async () => {
      for (const Records of [[1], [1, 2, 3, 4]]) {
        proxy.meddler = (_, forward) => forward({ Records });
        assert.deepEqual(await call(), { status: 200, body: { heard: { Records } } });
      }
    });

    it('refuses, or ends without an answer, as it is told', async () => {
      proxy.meddler = async ({ operation }) => awsError('Throttled', operation);
      assert.deepEqual(await call(), { status: 400, body: { __type: 'Throttled', message: 'PutRecords' } });
      proxy.meddler = async (_, forward) => {
        await forward();
        return null;
      };
      await assert.rejects(call(), TypeError);
      assert.deepEqual(reached, ['{"Records":[1,2]}']);
    });
  });
});
