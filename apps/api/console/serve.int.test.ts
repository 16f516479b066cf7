import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliCompressSync } from 'node:zlib';
import { createDatabase, type TestDatabase } from '#test/stack/stack.ts';
import { startTestApi, type TestApi } from '../test-api.ts';

const PAGE = '<!doctype html><title>Carillon</title>';

describe('The web console', () => {
  let database: TestDatabase;
  let folder: string;
  let api: TestApi;
  before(async () => {
    database = await createDatabase();
    folder = await mkdtemp(join(tmpdir(), 'carillon-console-'));
    await mkdir(join(folder, 'assets'));
    await writeFile(join(folder, 'index.html'), PAGE);
    await writeFile(join(folder, 'scheme.js'), '1;');
    await writeFile(join(folder, 'assets/index-abc123.js'), 'console.log(1);');
    await writeFile(join(folder, 'assets/index-abc123.js.br'), brotliCompressSync('console.log(1);'));
    api = await startTestApi(database, {}, folder);
  });
  after(async () => {
    await api.stop();
    await database.drop();
    await rm(folder, { recursive: true, force: true });
  });
  const get = (path: string, headers: Record<string, string> = {}) =>
    fetch(api.url + path, { headers, redirect: 'manual' });

  it('has one page, without signing in, which is asked for anew every time and runs no script but its own', async () => {
    for (const path of ['/console/', '/console/campaigns', '/console/contacts/0197c5d0?q=Ana']) {
      const response = await get(path);
      assert.equal(await response.text(), PAGE, path);
      assert.equal(response.headers.get('cache-control'), 'no-cache');
      const policy = response.headers.get('content-security-policy') ?? '';
      assert.match(policy, /script-src 'self'(;|$)/);
      assert.match(policy, /default-src 'none'/);
    }
  });

  it('keeps files that are named by what is in them for good, packed beforehand; others are asked for anew', async () => {
    const asset = await get('/console/assets/index-abc123.js', { 'accept-encoding': 'br' });
    assert.equal(await asset.text(), 'console.log(1);');
    assert.equal(asset.headers.get('content-encoding'), 'br');
    assert.match(asset.headers.get('content-type') ?? '', /^text\/javascript/);
    assert.equal(asset.headers.get('cache-control'), 'public, max-age=31536000, immutable');
    const scheme = await get('/console/scheme.js');
    assert.equal(scheme.headers.get('cache-control'), 'no-cache');
    const again = await get('/console/scheme.js', { 'if-none-match': scheme.headers.get('etag') ?? '' });
    assert.equal(again.status, 304);
  });

  it('is no page for a file that is not there, nor for a path that is none of its own', async () => {
    const gone = await get('/console/assets/index-of-yesterday.js');
    assert.deepEqual([gone.status, gone.headers.get('cache-control')], [404, 'no-store']);
    for (const path of ['/campaigns', '/v1/nothing', '/consoles']) {
      const response = await get(path);
      assert.equal(response.status, 404, path);
      assert.match(response.headers.get('content-type') ?? '', /problem\+json/, path);
    }
    for (const path of ['/', '/console']) {
      const response = await get(path);
      assert.deepEqual([response.status, response.headers.get('location')], [302, '/console/']);
    }
    assert.equal((await fetch(`${api.url}/console/`, { method: 'POST' })).status, 404);
  });

  it('says that it was not built where it was not', async () => {
    const bare = await startTestApi(database, {}, join(folder, 'nothing'));
    try {
      assert.equal((await fetch(`${bare.url}/console/`)).status, 503);
    } finally {
      await bare.stop();
    }
  });
});
