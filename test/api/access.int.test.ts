import assert from 'node:assert/strict';
import fc, { type Arbitrary } from 'fast-check';
import { includes, type Role, roles } from '#shared/api-keys/role.ts';
import { contentOf, lookOver } from '#test/stack/content-of.ts';
import { createDatabase, type TestDatabase } from '#test/stack/stack.ts';
import { describedOperations } from '../../apps/api/describe.ts';
import { startTestApi, type TestApi } from '../../apps/api/test-api.ts';
import { type ApiOperation, operationsOf, parseDocument, Validators } from './document.ts';
import { openWire, type Wire, type WireAnswer } from './exchange.ts';
import { judge } from './judge.ts';
import { KnownRows } from './known.ts';
import { type Parts, validRequests, wireRequest } from './requests.ts';
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

describe('Who may do what', () => {
  let database: TestDatabase;
  let api: TestApi;
  let wire: Wire;
  let keys: Record<Role | (typeof strangers)[number], string | null>;
  let documented: ApiOperation[];
  let values: Values;
  let validators: Validators;
  let rows: KnownRows;
  let look: string;

  before(async () => {
    database = await createDatabase();
    look = await lookOver(database.adminPool);
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

  /** Made once for each operation, which takes longer than to ask. */
  const asked = new Map<ApiOperation, Arbitrary<Parts>>();

  /** Asks with a valid request, and with one that nothing is right of: refusals do not depend on what is asked. */
  const askBoth = async (operation: ApiOperation, key: string | null): Promise<WireAnswer[]> => {
    const authorization: Record<string, string> = key === null ? {} : { authorization: `Bearer ${key}` };
    const requests = asked.get(operation) ?? validRequests(operation, values, rows);
    asked.set(operation, requests);
    const [parts] = fc.sample(requests, 1);
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

  const allowed = describedOperations().map(({ access, id }) => {
    const isOpenTo = (role: Role): boolean => access === 'everybody' || includes(role, access);
    return {
      id,
      access,
      barred: access === 'everybody' ? [] : strangers,
      tooLow: roles.filter((role) => !isOpenTo(role)),
      open: access === 'everybody' ? [...strangers, ...roles] : roles.filter(isOpenTo),
    };
  });

  /** What there is, as the last test found it; null: not looked at since something may have changed. */
  let content: string | null = null;

  for (const { access, barred, id, tooLow } of allowed) {
    it(`${id} does nothing for ${[...barred, ...tooLow].join(', ') || 'nobody: it is open to everybody'}`, async () => {
      const operation = operationOf(id);
      assert.deepEqual(operation.security, access === 'everybody' ? [] : [{ apiKey: [] }]);
      const before = content ?? (await contentOf(database.adminPool, look));
      content = null;
      for (const caller of [...barred, ...tooLow]) {
        const statuses = (await askBoth(operation, keys[caller])).map(({ status }) => status);
        const expected = tooLow.some((role) => role === caller) ? 403 : 401;
        assert.deepEqual(statuses, [expected, expected], caller);
      }
      content = await contentOf(database.adminPool, look);
      assert.equal(content, before);
    });
  }

  for (const { id, open } of allowed) {
    it(`${id} is open to ${open.join(', ')}`, async () => {
      content = null;
      for (const caller of open) {
        for (const { status } of await askBoth(operationOf(id), keys[caller])) {
          assert.ok(status !== 401 && status !== 403, `${caller}: ${status}`);
        }
      }
    });
  }
});
