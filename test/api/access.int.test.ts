import assert from 'node:assert/strict';
import fc from 'fast-check';
import { includes, type Role, roles } from '#shared/api-keys/role.ts';
import type { Pool } from '#shared/postgres/pool.ts';
import { createDatabase, type TestDatabase } from '#test/stack/stack.ts';
import { describedOperations } from '../../apps/api/describe.ts';
import { startTestApi, type TestApi } from '../../apps/api/test-api.ts';
import { type ApiOperation, operationsOf, parseDocument, Validators } from './document.ts';
import { openWire, type Wire, type WireAnswer } from './exchange.ts';
import { judge } from './judge.ts';
import { KnownRows } from './known.ts';
import { validRequests, wireRequest } from './requests.ts';
import { seed } from './seed.ts';
import { Values } from './values.ts';

/** Callers who get no further than the door, whatever they ask for. */
const strangers = [
  'without a key',
  'with an expired key',
  'with a revoked key',
  'with an unknown key',
  'with a changed key',
] as const;

/** All rows of all tables, as one value: what has no effect does not change it. */
async function contentOf(pool: Pool): Promise<string> {
  const { rows } = await pool.query<{ look: string }>(
    `SELECT string_agg(
              format('SELECT %L, md5(string_agg(t::text, '','' ORDER BY t::text)) FROM %I.%I AS t', tablename, schemaname, tablename),
              ' UNION ALL ' ORDER BY tablename) AS look
       FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema')`,
  );
  const { rows: contents } = await pool.query({ text: rows[0]?.look ?? '', rowMode: 'array' });
  assert.ok(contents.length > 10);
  return JSON.stringify(contents);
}

describe('Who may do what', () => {
  let database: TestDatabase;
  let api: TestApi;
  let wire: Wire;
  let keys: Record<Role | (typeof strangers)[number], string | null>;
  let documented: ApiOperation[];
  let values: Values;
  let validators: Validators;
  let rows: KnownRows;

  before(async () => {
    database = await createDatabase();
    rows = new KnownRows(await seed(database.adminPool));
    api = await startTestApi(database);
    wire = openWire(api.url);
    const expired = await api.key('admin', new Date(api.clock.now().getTime() + 1_000));
    api.clock.advance(1_000);
    const revoked = await api.key('admin');
    await api.send('POST', `/v1/keys/${revoked.split('_')[1]}/revoke`);
    const changed = await api.key('admin');
    keys = {
      viewer: await api.key('viewer'),
      operator: await api.key('operator'),
      admin: await api.key('admin'),
      'without a key': null,
      'with an expired key': expired,
      'with a revoked key': revoked,
      'with an unknown key': 'crl_aaaaaaaaaaaa_aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa',
      'with a changed key': `${changed.slice(0, -1)}${changed.endsWith('A') ? 'B' : 'A'}`,
    };
    const document = parseDocument((await api.send('GET', '/v1/openapi.json', { key: null })).body);
    documented = operationsOf(document);
    values = new Values(document);
    validators = new Validators(document);
  });
  after(async () => {
    wire.close();
    await api.stop();
    await database.drop();
  });

  const operationOf = (id: string): ApiOperation => {
    const found = documented.find(({ operationId }) => operationId === id);
    assert.ok(found, id);
    return found;
  };

  /** Asks with a valid request, and with one that nothing is right of: refusals do not depend on what is asked. */
  const askBoth = async (operation: ApiOperation, key: string | null): Promise<WireAnswer[]> => {
    const authorization: Record<string, string> = key === null ? {} : { authorization: `Bearer ${key}` };
    const [parts] = fc.sample(validRequests(operation, values, rows), 1);
    assert.ok(parts);
    const valid = wireRequest(parts);
    const answers: WireAnswer[] = [];
    for (const request of [
      valid,
      {
        ...valid,
        path: `${valid.path.split('?')[0]}?nothing=known`,
        body: Buffer.from('{'),
        headers: { 'idempotency-key': '' },
      },
    ]) {
      const answer = await wire.send({ ...request, headers: { ...request.headers, ...authorization } });
      judge(operation, answer, validators);
      answers.push(answer);
    }
    return answers;
  };

  for (const { access, id } of describedOperations()) {
    const isOpenTo = (role: Role): boolean => access === 'everybody' || includes(role, access);
    const barred = access === 'everybody' ? [] : strangers;
    const tooLow = roles.filter((role) => !isOpenTo(role));
    const open = access === 'everybody' ? [...strangers, ...roles] : roles.filter(isOpenTo);

    it(`${id} does nothing for ${[...barred, ...tooLow].join(', ') || 'nobody: it is open to everybody'}`, async () => {
      const operation = operationOf(id);
      assert.deepEqual(operation.security, access === 'everybody' ? [] : [{ apiKey: [] }]);
      const before = await contentOf(database.adminPool);
      for (const caller of [...barred, ...tooLow]) {
        const statuses = (await askBoth(operation, keys[caller])).map(({ status }) => status);
        const expected = tooLow.some((role) => role === caller) ? 403 : 401;
        assert.deepEqual(statuses, [expected, expected], caller);
      }
      assert.equal(await contentOf(database.adminPool), before);
    });

    it(`${id} is open to ${open.join(', ')}`, async () => {
      for (const caller of open) {
        for (const { status } of await askBoth(operationOf(id), keys[caller])) {
          assert.ok(status !== 401 && status !== 403, `${caller}: ${status}`);
        }
      }
    });
  }
});
