import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { API_TYPES_FILE, apiTypes } from './api-client-types.ts';
import { apiParts } from './api-docs.ts';
import { replaceBetween } from './generated-docs.ts';

const read = (file: string): Promise<string> => readFile(new URL(`../${file}`, import.meta.url), 'utf8');

describe('What is generated from the API: run "npm run docs" when this fails', () => {
  it('the tables of docs/api.md are what the code says now', async () => {
    const page = await read('docs/api.md');
    for (const [name, content] of Object.entries(apiParts())) {
      assert.equal(replaceBetween(page, name, content), page, name);
    }
  });

  it("the client's types are those of the document", async () => {
    assert.equal(await read(API_TYPES_FILE), await apiTypes());
  });
});
