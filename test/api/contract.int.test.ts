import assert from 'node:assert/strict';
import fc from 'fast-check';
import { type Logger, silentLogger } from '#shared/logger.ts';
import { runs } from '#test/properties/runs.ts';
import { createDatabase, type TestDatabase } from '#test/stack/stack.ts';
import { byApiKey, byLocalSeat } from '../../apps/api/identity/authenticate.ts';
import { startTestApi, type TestApi } from '../../apps/api/test-api.ts';
import { type ApiDocument, type ApiOperation, operationsOf, parseDocument, Validators } from './document.ts';
import { openWire, type Wire, type WireAnswer, type WireRequest } from './exchange.ts';
import { hostileRequests } from './hostile.ts';
import { judge, judgeAnyAnswer } from './judge.ts';
import { KnownRows } from './known.ts';
import { validRequests, wireRequest } from './requests.ts';
import { seed } from './seed.ts';
import { Values } from './values.ts';

/** Requests in all; shared out among the operations. A request takes 2 to 4 ms. */
const HOSTILE_REQUESTS = 2_500;
const VALID_REQUESTS = 500;
/** Most rounds in which an operation that none has reached yet is tried again. */
const MORE_ROUNDS = 30;

/**
 * Every operation of the document with valid, boundary and hostile input, all of it made from the document's own
 * schemas: whatever is asked, the answer is one that the document gives.
 */
describe('The API does what its document says', function () {
  // 5 to 20 s, as busy as the machine is.
  this.timeout(300_000);
  let database: TestDatabase;
  let api: TestApi;
  let wire: Wire;
  let document: ApiDocument;
  let operations: ApiOperation[];
  let values: Values;
  let validators: Validators;
  let rows: KnownRows;
  const errors: object[] = [];

  before(async () => {
    database = await createDatabase();
    rows = new KnownRows(await seed(database.adminPool));
    const noting: Logger = { ...silentLogger, error: (fields) => errors.push(fields), child: () => noting };
    api = await startTestApi(database, { logger: noting });
    // Whoever sends no key is the person at this machine: an operation that revokes keys cannot shut the test out.
    const { clock, pepper } = api.deps;
    await api.stop();
    api = await startTestApi(database, {
      // What reads drills had the pool that is closed now.
      logger: noting,
      signIn: [byApiKey({ db: database.adminPool, pepper, clock, used: () => undefined }), byLocalSeat()],
    });
    wire = openWire(api.url);
    document = parseDocument((await api.send('GET', '/v1/openapi.json')).body);
    operations = operationsOf(document).sort((a, b) => turnOf(a) - turnOf(b));
    values = new Values(document);
    validators = new Validators(document);
  });
  after(async () => {
    wire.close();
    await api.stop();
    await database.drop();
  });

  const ask = async (operation: ApiOperation, request: WireRequest): Promise<WireAnswer> => {
    errors.length = 0;
    const answer = await wire.send(request);
    try {
      judge(operation, answer, validators);
    } catch (error) {
      throw new Error(`${request.method} ${request.path}: ${String(error)}\n${errors.map(told).join('\n')}`, {
        cause: error,
      });
    }
    rows.learn(operation, request.path, answer);
    return answer;
  };

  it('when it is asked what the schemas allow, and every operation is reached', async () => {
    const answered = new Map<string, Set<number>>();
    const askValid = (operation: ApiOperation, tries: number): Promise<void> =>
      fc.assert(
        fc.asyncProperty(validRequests(operation, values, rows), async (parts) => {
          const { status } = await ask(operation, wireRequest(parts));
          const statuses = answered.get(operation.operationId) ?? new Set();
          answered.set(operation.operationId, statuses.add(status));
        }),
        { numRuns: runs(tries) },
      );
    const missed = (): ApiOperation[] =>
      operations.filter(
        ({ operationId }) => ![...(answered.get(operationId) ?? [])].some((status) => status < 300),
      );
    const tries = Math.max(4, Math.ceil(VALID_REQUESTS / operations.length / 2));
    for (const operation of [...operations, ...operations]) await askValid(operation, tries);
    // What takes luck, because rules beyond the schema decide, gets more tries, while the others change what is there.
    for (let round = 0; round < MORE_ROUNDS && missed().length > 0; round += 1) {
      for (const operation of missed()) await askValid(operation, 10);
      if (round % 5 === 4) for (const operation of operations) await askValid(operation, 2);
    }
    assert.deepEqual(
      missed().map(({ operationId }) => `${operationId}: ${[...(answered.get(operationId) ?? [])]}`),
      [],
      'never answered 2xx: give their schemas examples, or seed.ts the rows that they need',
    );
  });

  it('when it is asked what no schema allows', async () => {
    const tries = Math.ceil(HOSTILE_REQUESTS / operations.length);
    for (const operation of operations) {
      const names = operation.parameters.flatMap(({ in: where, name }) => (where === 'query' ? [name] : []));
      const requests = hostileRequests(validRequests(operation, values, rows), names);
      await fc.assert(
        fc.asyncProperty(requests, async (request) => {
          await ask(operation, request);
        }),
        { numRuns: runs(tries) },
      );
    }
    assert.equal(Reflect.get({}, 'polluted'), undefined, 'a prototype was changed');
  });

  it('when the method or the path is none of its own', async () => {
    const methods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE', 'PROPFIND'];
    for (const path of Object.keys(document.paths)) {
      const allowed = operations
        .filter((each) => each.path === path)
        .map(({ method }) => method.toUpperCase());
      const asked = path.replaceAll(/\{\w+\}/g, 'x');
      for (const method of methods.filter((each) => !allowed.includes(each) && each !== 'HEAD')) {
        const answer = await wire.send({ method, path: asked, headers: {}, body: null });
        judgeAnyAnswer(answer);
        assert.deepEqual(
          [answer.status, answer.headers.allow?.split(', ').sort()],
          [405, allowed.sort()],
          `${method} ${path}`,
        );
      }
      for (const trick of [
        '/',
        '//',
        '/.',
        '/..',
        '/%2e%2e/',
        '%00',
        '%',
        '/%ff',
        ';x=1',
        '.json',
        '\\..\\x',
        '/../../v1/keys',
      ]) {
        judgeAnyAnswer(await wire.send({ method: 'GET', path: `${asked}${trick}`, headers: {}, body: null }));
      }
    }
  });
});

/** What makes rows comes first, what takes them away last. */
const turnOf = ({ method, path }: ApiOperation): number => {
  const turn = { put: 0, post: 1, get: 2, patch: 3, delete: 5 }[method] ?? 4;
  return turn + (path.includes('{') ? 0.5 : 0);
};

const told = (fields: object): string =>
  'err' in fields && fields.err instanceof Error
    ? (fields.err.stack ?? fields.err.message)
    : JSON.stringify(fields);
