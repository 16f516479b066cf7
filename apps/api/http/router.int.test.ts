import assert from 'node:assert/strict';
import { z } from 'zod';
import { createDatabase, type TestDatabase } from '#test/stack/stack.ts';
import { allOperations } from '../app.ts';
import { startTestApi, type TestApi } from '../test-api.ts';

describe('A request to the API', () => {
  let database: TestDatabase;
  let api: TestApi;
  before(async () => {
    database = await createDatabase();
    api = await startTestApi(database);
  });
  after(async () => {
    await api.stop();
    await database.drop();
  });
  const audited = async (): Promise<number> =>
    (await database.adminPool.query('SELECT FROM audit_entry')).rowCount ?? 0;

  it('without a key is told how to sign in', async () => {
    const { status, headers, body } = await api.send('GET', '/v1/audit', { key: null });
    assert.deepEqual([status, body.code], [401, 'not_signed_in']);
    assert.equal(headers.get('content-type'), 'application/problem+json; charset=utf-8');
    assert.match(body.detail, /Authorization: Bearer/);
  });

  it('is told all of its faults at once, with where each is', async () => {
    const { status, body } = await api.send('POST', '/v1/keys', {
      body: { name: ' ', role: 'owner', expiresAt: 'tomorrow', extra: 1 },
      headers: { 'idempotency-key': 'short' },
    });
    assert.equal(status, 400);
    assert.deepEqual(
      body.faults.map(({ in: where, pointer }: { in: string; pointer: string }) => `${where} ${pointer}`),
      ['body /name', 'body /role', 'body /expiresAt', 'body /extra', 'header Idempotency-Key'],
    );
  });

  it('to a path whose words another takes for a parameter reaches the one that has the words', async () => {
    const { status, body } = await api.send('POST', '/v1/dead-letters/rehearsal', {
      body: { ids: ['1'], does: 'redrive' },
    });
    assert.deepEqual([status, body.code], [404, 'not_found']);
    assert.equal((await api.send('GET', '/v1/dead-letters/rehearsal')).status, 405);
  });

  it('with a parameter that is not known is refused, not answered as if it had not been given', async () => {
    const { status, body } = await api.send('GET', '/v1/keys?limit=2&role=admin');
    assert.equal(status, 400);
    assert.deepEqual(body.faults, [{ in: 'query', pointer: 'role', detail: 'is not known: leave it out' }]);
  });

  for (const [title, send, status, code] of [
    ['no JSON', { body: '{', headers: {} }, 400, 'invalid_request'],
    [
      'a body of another type',
      { body: 'x', headers: { 'content-type': 'text/plain' } },
      415,
      'unsupported_media_type',
    ],
    ['a body that is too large', { body: JSON.stringify({ name: 'x'.repeat(300_000) }) }, 413, 'too_large'],
    [
      'an encoding that is none',
      { body: '{}', headers: { 'content-encoding': 'brotli9' } },
      415,
      'unsupported_media_type',
    ],
    [
      'a body that is not in its encoding',
      { body: '{}', headers: { 'content-encoding': 'gzip' } },
      400,
      'invalid_request',
    ],
  ] as const) {
    it(`with ${title} gets ${status}`, async () => {
      const answer = await api.send('POST', '/v1/keys', send);
      assert.deepEqual([answer.status, answer.body.code], [status, code]);
    });
  }

  it('to a path that is none gets 404, by a method that is none 405 with those that are', async () => {
    assert.equal((await api.send('GET', '/v1/nothing')).body.code, 'not_found');
    const { status, headers } = await api.send('DELETE', '/v1/keys');
    assert.deepEqual([status, headers.get('allow')], [405, 'GET, POST']);
    assert.equal((await api.send('GET', '/v1/keys/%E0%A4%A')).status, 400);
  });

  it('has an id, its own where it is one, in the reply and in the problem', async () => {
    const own = await api.send('GET', '/v1/nothing', { headers: { 'x-request-id': 'our-request-1' } });
    assert.deepEqual(
      [own.headers.get('x-request-id'), own.body.requestId],
      ['our-request-1', 'our-request-1'],
    );
    const { headers } = await api.send('GET', '/v1/nothing', { headers: { 'x-request-id': 'has spaces' } });
    assert.match(headers.get('x-request-id') ?? '', /^[0-9a-z-]{8,}$/);
  });

  it('is answered with security headers, without CORS, and never kept by a cache', async () => {
    const { headers } = await api.send('GET', '/v1/keys', {
      headers: { origin: 'https://elsewhere.example' },
    });
    assert.equal(headers.get('access-control-allow-origin'), null);
    assert.equal(headers.get('cache-control'), 'no-store');
    assert.equal(headers.get('x-content-type-options'), 'nosniff');
    assert.ok(headers.get('content-security-policy'));
    assert.equal(headers.get('x-powered-by'), null);
  });

  it('for what has no version is answered in full, whatever version was seen', async () => {
    const { status, body } = await api.send('GET', '/v1/keys', { headers: { 'if-none-match': '*' } });
    assert.deepEqual([status, body.nextCursor], [200, null]);
  });

  it('is answered compressed where it is worth it', async () => {
    const response = await fetch(`${api.url}/v1/openapi.json`, { headers: { 'accept-encoding': 'gzip' } });
    assert.equal(response.headers.get('content-encoding'), 'gzip');
    await response.body?.cancel();
  });

  it('that has changed something is heard of once it is committed, one that was refused is not', async () => {
    let heard = 0;
    const told = await startTestApi(database, {
      changed: () => {
        heard += 1;
      },
    });
    assert.equal((await told.send('POST', '/v1/keys', { body: { name: 'x', role: 'viewer' } })).status, 201);
    assert.equal(heard, 1);
    assert.equal((await told.send('POST', '/v1/keys/aaaaaaaaaaaa/revoke')).status, 404);
    assert.equal((await told.send('GET', '/v1/keys')).status, 200);
    assert.equal(heard, 1);
    await told.stop();
  });

  it('that fails here says nothing of how', async () => {
    const broken = await startTestApi(database, {
      rateLimit: async () => {
        throw new Error('a secret at /etc/passwd');
      },
    });
    const { status, body } = await broken.send('GET', '/v1/keys');
    assert.deepEqual([status, body.code], [500, 'unexpected']);
    assert.doesNotMatch(JSON.stringify(body), /secret|passwd|router/);
    await broken.stop();
  });

  it('with U+0000 in it is told so, wherever nobody looked for it', async () => {
    const broken = await startTestApi(database, {
      rateLimit: async () => {
        await database.adminPool.query('SELECT $1::text', ['a\0']);
        assert.fail('PostgreSQL took it');
      },
    });
    const { status, body } = await broken.send('GET', '/v1/keys');
    assert.deepEqual([status, body.code], [400, 'invalid_request']);
    await broken.stop();
  });

  it('that comes too often is told when to come back', async () => {
    const limited = await startTestApi(database, {
      rateLimit: async () => ({
        allowed: false,
        retryAfterSeconds: 7,
        headers: { ratelimit: '"minute";r=0;t=7' },
      }),
    });
    const { status, headers } = await limited.send('GET', '/v1/keys');
    assert.deepEqual(
      [status, headers.get('retry-after'), headers.get('ratelimit')],
      [429, '7', '"minute";r=0;t=7'],
    );
    await limited.stop();
  });

  describe('that changes something', () => {
    it('is in the audit log with who, what, before and after, in the same transaction', async () => {
      const before = await audited();
      const { body, headers } = await api.send('POST', '/v1/keys', {
        body: { name: 'Audited', role: 'viewer' },
      });
      assert.equal(await audited(), before + 1);
      const { body: log } = await api.send('GET', `/v1/audit?subject=api-key&subjectId=${body.id}`);
      const [entry] = log.items;
      assert.deepEqual(
        [entry.actor.kind, entry.actor.name, entry.operation, entry.action, entry.before, entry.after],
        [
          'key',
          'the admin',
          'createApiKey',
          'created',
          null,
          { name: 'Audited', role: 'viewer', expiresAt: null },
        ],
      );
      assert.equal(entry.requestId, headers.get('x-request-id'));
      assert.doesNotMatch(JSON.stringify(log), new RegExp(body.key.slice(-43)));
    });

    it('and is refused leaves nothing', async () => {
      const before = await audited();
      const headers = { 'idempotency-key': 'a-request-that-fails' };
      const body = { name: 'x', role: 'admin', expiresAt: '2020-01-01T00:00:00.000Z' };
      assert.equal((await api.send('POST', '/v1/keys', { body, headers })).status, 400);
      assert.equal(await audited(), before);
      const { rowCount } = await database.adminPool.query(
        "SELECT FROM api_reply WHERE idempotency_key = 'a-request-that-fails'",
      );
      assert.equal(rowCount, 0, 'it may be sent again, mended');
    });

    it('and the same again under its Idempotency-Key is done once, also at the same time', async () => {
      const { body: made } = await api.send('POST', '/v1/keys', {
        body: { name: 'Revoked once', role: 'viewer' },
      });
      const headers = { 'idempotency-key': 'revoke-that-key' };
      const path = `/v1/keys/${made.id}/revoke`;
      const answers = await Promise.all(Array.from({ length: 5 }, () => api.send('POST', path, { headers })));
      for (const answer of answers) assert.deepEqual(answer.body, answers[0]?.body);
      const replayed = answers.filter(({ headers }) => headers.get('idempotency-replayed') === 'true');
      assert.deepEqual(
        [answers.map(({ status }) => status), replayed.length],
        [[200, 200, 200, 200, 200], 4],
      );
      const { rowCount } = await database.adminPool.query(
        "SELECT FROM audit_entry WHERE subject_id = $1 AND action = 'revoked'",
        [made.id],
      );
      assert.equal(rowCount, 1);
    });

    it("under a key that was another request's is refused; keys of others do not count", async () => {
      const { body: one } = await api.send('POST', '/v1/keys', { body: { name: 'one', role: 'viewer' } });
      const { body: two } = await api.send('POST', '/v1/keys', { body: { name: 'two', role: 'viewer' } });
      const headers = { 'idempotency-key': 'used-by-two-requests' };
      await api.send('POST', `/v1/keys/${one.id}/revoke`, { headers });
      const other = await api.send('POST', `/v1/keys/${two.id}/revoke`, { headers });
      assert.deepEqual([other.status, other.body.code], [422, 'idempotency_key_reused']);
      const key = await api.key('admin');
      assert.equal((await api.send('POST', `/v1/keys/${two.id}/revoke`, { headers, key })).status, 200);
    });

    it('cannot take anything back from the audit log', async () => {
      await assert.rejects(database.adminPool.query('DELETE FROM audit_entry'), /append-only/);
      await assert.rejects(database.adminPool.query("UPDATE audit_entry SET action = 'x'"), /append-only/);
    });
  });
});

describe('The document of the API', () => {
  let database: TestDatabase;
  let api: TestApi;
  before(async () => {
    database = await createDatabase();
    api = await startTestApi(database);
  });
  after(async () => {
    await api.stop();
    await database.drop();
  });

  it('is OpenAPI 3.1, has every operation, and needs no key', async () => {
    const { status, body } = await api.send('GET', '/v1/openapi.json', { key: null });
    assert.equal(status, 200);
    assert.equal(z.string().parse(body.openapi), '3.1.0');
    const described = Object.entries<Record<string, unknown>>(body.paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method} ${path}`),
    );
    const operations = allOperations(api.deps).map(({ method, path }) => `${method} ${path}`);
    assert.deepEqual(described.sort(), operations.sort());
    assert.ok(described.includes('post /v1/keys/{id}/revoke'));
    assert.deepEqual(body.paths['/v1/keys'].get.security, [{ apiKey: [] }]);
  });

  it('is browsed at /v1/docs, from files of ours alone', async () => {
    const { body, headers } = await api.send('GET', '/v1/docs', { key: null });
    assert.doesNotMatch(body, /https?:\/\//);
    assert.match(headers.get('content-security-policy') ?? '', /script-src 'self'/);
    const sources = [...body.matchAll(/(?:src|href)="([^"]+)"/g)].map(
      (match: RegExpMatchArray) => match[1] ?? '',
    );
    assert.ok(sources.length >= 4);
    for (const path of sources) assert.equal((await api.send('GET', path, { key: null })).status, 200, path);
    assert.equal((await api.send('GET', '/v1/docs/package.json', { key: null })).status, 404);
  });
});
