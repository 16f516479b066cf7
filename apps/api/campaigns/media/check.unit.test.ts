import assert from 'node:assert/strict';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ALSO_THIS_MACHINE, PUBLIC_INTERNET } from '../../webhooks/public-address.ts';
import { mediaFaults } from './check.ts';
import { type AskedHead, askHead } from './head.ts';

const variants = (...addresses: string[][]) => ({
  variants: addresses.map((mediaUrls, n) => ({
    name: String(n),
    weight: 1,
    bodies: {},
    calls: {},
    templates: {},
    mediaUrls,
  })),
});

async function serving<T>(listener: RequestListener, work: (url: string) => Promise<T>): Promise<T> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    return await work(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  } finally {
    await new Promise((resolve) => server.close(resolve));
  }
}

describe('Files that go with texts, asked for', () => {
  it('are judged each by its server, in their places, and asked for once', async () => {
    const asked: string[] = [];
    const faults = await mediaFaults(
      variants(
        ['https://example.org/a.png', 'https://example.org/b.svg'],
        ['https://example.org/a.png', 'https://example.org/c'],
      ),
      async (url): Promise<AskedHead> => {
        asked.push(url);
        return url.endsWith('c')
          ? { kind: 'none', reason: 'is not answered in time' }
          : { kind: 'head', head: { status: 200, type: 'image/png', bytes: 3_000_000 } };
      },
    );
    assert.deepEqual(asked, ['https://example.org/a.png', 'https://example.org/c']);
    assert.deepEqual(faults, [
      { pointer: '/variants/0/mediaUrls/0', message: 'has 3.0 MB: of image/png carriers take 2.0 MB' },
      { pointer: '/variants/1/mediaUrls/0', message: 'has 3.0 MB: of image/png carriers take 2.0 MB' },
      { pointer: '/variants/1/mediaUrls/1', message: 'is not answered in time' },
    ]);
  });

  it('are known by their heads alone', async () => {
    const head = await serving(
      (request, response) => {
        assert.equal(request.method, 'HEAD');
        response
          .writeHead(200, { 'content-type': 'Image/PNG; charset=binary', 'content-length': '1234' })
          .end();
      },
      (url) => askHead(ALSO_THIS_MACHINE)(`${url}/a.png`),
    );
    assert.deepEqual(head, { kind: 'head', head: { status: 200, type: 'image/png', bytes: 1_234 } });
  });

  it('are not followed anywhere, and never fetched from where only this service can reach', async () => {
    const head = await serving(
      (_request, response) => response.writeHead(302, { location: 'http://127.0.0.1:1/' }).end(),
      (url) => askHead(ALSO_THIS_MACHINE)(`${url}/a.png`),
    );
    assert.deepEqual(head, { kind: 'head', head: { status: 302, type: null, bytes: null } });
    for (const url of [
      'https://169.254.169.254/a.png',
      'https://127.0.0.1/a.png',
      'https://db.internal/a.png',
    ]) {
      assert.equal((await askHead(PUBLIC_INTERNET)(url)).kind, 'none', url);
    }
  });

  it('that nobody answers for are said to be so', async () => {
    const url = await serving(
      () => undefined,
      async (served) => served,
    );
    const asked = await askHead(ALSO_THIS_MACHINE)(`${url}/a.png`);
    assert.match(asked.kind === 'none' ? asked.reason : '', /^cannot be fetched/);
  });
});
