import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { createDatabase, type TestDatabase } from '#test/stack/stack.ts';
import { startTestApi, type TestApi } from '../../apps/api/test-api.ts';
import { differences, examplesOf, parseHttp, printed } from './page.ts';

const pages = await Promise.all(
  ['api', 'contacts', 'webhooks'].map(async (name) => ({
    name,
    text: await readFile(new URL(`../../docs/${name}.md`, import.meta.url), 'utf8'),
  })),
);

describe('Pages about the API', () => {
  let database: TestDatabase;
  let api: TestApi;
  let env: Record<string, string>;
  beforeEach(async () => {
    database = await createDatabase();
    api = await startTestApi(database);
    env = { CARILLON_URL: api.url, CARILLON_KEY: await api.key('admin') };
    // What the page reads is there: a second key, and something that was changed.
    await api.send('POST', '/v1/keys', { body: { name: 'Reports', role: 'viewer' } });
  });
  afterEach(async () => {
    await api.stop();
    await database.drop();
  });

  for (const { name, text } of pages) {
    for (const [index, { answer, script, title }] of examplesOf(text).entries()) {
      it(`show what comes back: docs/${name}.md, ${title} (example ${index + 1})`, async () => {
        const output = await printed(script, env);
        assert.ok(answer, 'an example without its answer');
        if (answer.kind === 'json') {
          assert.deepEqual(differences(JSON.parse(answer.text), JSON.parse(output)), [], output);
          return;
        }
        const [shown, given] = [parseHttp(answer.text), parseHttp(output)];
        assert.equal(given.status, shown.status, output);
        for (const name of shown.headers) assert.ok(given.headers.includes(name), `${name} in ${output}`);
        assert.deepEqual(differences(JSON.parse(shown.body), JSON.parse(given.body)), [], output);
      });
    }
  }
});
