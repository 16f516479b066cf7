import assert from 'node:assert/strict';
import type { ListedDrill, ListedDrillDraft } from '#shared/api-client/api-types.ts';
import { drillRows, filtered } from './rows.ts';

const published = (slug: string, name: string): ListedDrill => ({
  ...{ slug, name, version: 1, defaultLanguage: 'en', languages: ['en'], prompts: 3, programmes: [] },
});
const draft = (slug: string, name: string): ListedDrillDraft => ({
  ...{ slug, name, publishedVersion: null, updatedAt: '2026-11-27T12:00:00.000Z', updatedBy: 'ann' },
});

describe('The list of drills', () => {
  const rows = drillRows(
    [published('soap', 'Soap'), published('gel', 'Gel')],
    [draft('soap', 'Soaps'), draft('masks', 'Masks')],
  );

  it('has each once, published, as a draft, or both', () => {
    assert.deepEqual(
      rows.map((row) => [row.name, row.published !== null, row.draft !== null]),
      [
        ['Gel', true, false],
        ['Masks', false, true],
        ['Soap', true, true],
      ],
    );
  });

  it('is filtered by how they stand, and by their name', () => {
    const found = (filters: Parameters<typeof filtered>[1]) =>
      filtered(rows, filters).map(({ slug }) => slug);
    assert.deepEqual(found({ state: 'draft' }), ['masks', 'soap']);
    assert.deepEqual(found({ state: 'published' }), ['gel', 'soap']);
    assert.deepEqual(found({ q: 'SO' }), ['soap']);
    assert.deepEqual(found({}), ['gel', 'masks', 'soap']);
  });
});
