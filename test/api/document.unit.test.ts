import assert from 'node:assert/strict';
import { Validator } from '@seriousme/openapi-schema-validator';
import { API_VERSION, tags } from '../../apps/api/app.ts';
import { describeApi, describedOperations } from '../../apps/api/describe.ts';
import { operationsOf, parseDocument, resolve, Validators } from './document.ts';

/** Every value of a document, however deep. */
function* everythingIn(value: unknown): Generator<unknown> {
  yield value;
  if (typeof value !== 'object' || value === null) return;
  for (const each of Object.values(value)) yield* everythingIn(each);
}

describe('The OpenAPI document', () => {
  const json = JSON.stringify(describeApi());
  const document = parseDocument(JSON.parse(json));
  const operations = operationsOf(document);
  const refs = new Set(
    [...everythingIn(JSON.parse(json))].flatMap((value) =>
      typeof value === 'object' && value !== null && '$ref' in value ? [String(value.$ref)] : [],
    ),
  );

  it('is valid OpenAPI 3.1, by the schema of the specification', async () => {
    const validator = new Validator();
    const { errors, valid } = await validator.validate(JSON.parse(json));
    assert.deepEqual([valid, errors, validator.version], [true, undefined, '3.1']);
  });

  it('has every operation, each with an id of its own, a summary and a tag that is explained', () => {
    assert.deepEqual(
      operations.map(({ operationId }) => operationId).sort(),
      describedOperations()
        .map(({ id }) => id)
        .sort(),
    );
    assert.equal(new Set(operations.map(({ operationId }) => operationId)).size, operations.length);
    const named = document.tags.map(({ name }) => name);
    assert.deepEqual(named, Object.keys(tags));
    for (const { operationId, summary, tags: own } of operations) {
      assert.match(operationId, /^[a-z]+[A-Za-z]+$/);
      assert.match(summary ?? '', /^[A-Z].*[^.]$/, operationId);
      assert.equal(own.length, 1, operationId);
      assert.ok(named.includes(own[0] ?? ''), `${operationId} has the tag ${own}`);
    }
    const used = new Set(operations.flatMap(({ tags: own }) => own));
    assert.deepEqual([...used].sort(), [...named].sort(), 'a tag that no operation has');
  });

  it('has a parameter for every name in a path, and none that is not in it', () => {
    for (const { operationId, parameters, path } of operations) {
      const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
      const given = parameters.filter(({ in: where, required }) => where === 'path' && required);
      assert.deepEqual(given.map(({ name }) => name).sort(), inPath.sort(), operationId);
    }
  });

  it('refers to nothing that is not there, and holds no schema that nothing uses', () => {
    for (const ref of refs) assert.doesNotThrow(() => resolve(document, ref));
    const unused = Object.keys(document.components.schemas).filter(
      (name) => !refs.has(`#/components/schemas/${name}`),
    );
    assert.deepEqual(unused, []);
  });

  // Every schema is compiled: seconds of a processor, and minutes of one that others use as well.
  it('has schemas that say only what JSON Schema knows', () => {
    const validators = new Validators(document);
    for (const schema of Object.values(document.components.schemas)) validators.of(schema);
    for (const { parameters, requestBody, responses } of operations) {
      for (const { schema } of parameters) validators.of(schema);
      const contents = [
        requestBody?.content ?? {},
        ...Object.values(responses).map(({ content }) => content),
      ];
      for (const { schema } of contents.flatMap((content) => Object.values(content))) validators.of(schema);
    }
  }).timeout(60_000);

  it('is of the version that its paths begin with', () => {
    const [major] = API_VERSION.split('.');
    for (const { path } of operations) assert.ok(path.startsWith(`/v${major}/`), path);
  });
});
