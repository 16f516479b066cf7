import assert from 'node:assert/strict';
import fc from 'fast-check';
import { runs } from '#test/properties/runs.ts';
import { describeApi } from '../../apps/api/describe.ts';
import { operationsOf, parseDocument, Validators } from './document.ts';
import { Values } from './values.ts';

describe('Values made from a schema', () => {
  const document = parseDocument(JSON.parse(JSON.stringify(describeApi())));
  const values = new Values(document);
  const validators = new Validators(document);

  it('are valid, for whatever the document asks for', function () {
    // 3 to 15 s, as busy as the machine is: some schemas contain themselves.
    this.timeout(60_000);
    const asked = operationsOf(document).flatMap(({ parameters, requestBody }) => [
      ...parameters.map(({ schema }) => schema),
      ...Object.values(requestBody?.content ?? {}).map(({ schema }) => schema),
    ]);
    for (const schema of asked) {
      fc.assert(
        fc.property(values.valid(schema), (value) => {
          assert.equal(validators.faults(schema, value), null);
        }),
        { numRuns: runs(20) },
      );
    }
  });

  it('are those of rows that exist, where such are known', () => {
    const schema = { type: 'object', properties: { listId: { type: 'string' } }, required: ['listId'] };
    const made = fc.sample(
      values.valid(schema, (name) => (name === 'listId' ? ['known'] : [])),
      100,
    );
    assert.ok(made.some((value) => JSON.stringify(value) === '{"listId":"known"}'));
  });

  for (const [what, schema] of [
    ['a keyword', { type: 'string', 'x-shape': 'round' }],
    ['a format', { type: 'string', format: 'iri' }],
    ['a type', { type: 'tuple' }],
  ] as const) {
    it(`are not made up where a schema has ${what} that they know nothing of`, () => {
      assert.throws(() => fc.sample(values.valid(schema), 5));
    });
  }
});
