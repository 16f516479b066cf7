import assert from 'node:assert/strict';
import { exportAddress, filterOfAsked, isNumber, queryOf } from './asked.ts';

describe('What is asked of the list of contacts', () => {
  it('is a number where it looks like one, else the beginning of a name', () => {
    for (const text of ['+14155550101', '(415) 555-0101', '415 555 0101', '4155550101'])
      assert.ok(isNumber(text), text);
    for (const text of ['Ana', '415', '2026-11', 'Unit 4155550101', '']) assert.ok(!isNumber(text), text);
    assert.deepEqual(queryOf({ q: '415 555 0101', list: 'l' }), { phone: '415 555 0101', list: 'l' });
    assert.deepEqual(queryOf({ q: 'Ana' }), { q: 'Ana' });
  });

  it('is one filter, unless it is a search', () => {
    assert.deepEqual(filterOfAsked({}), { all: [] });
    assert.deepEqual(filterOfAsked({ tag: 'flu' }), { tag: 'flu' });
    assert.deepEqual(filterOfAsked({ tag: 'flu', filter: { replied: true } }), {
      all: [{ tag: 'flu' }, { replied: true }],
    });
    assert.equal(filterOfAsked({ q: 'Ana', tag: 'flu' }), null);
  });

  it('leads to the same contacts as a file', () => {
    const address = new URL(exportAddress({ tag: 'a&b', filter: { replied: true } }), 'http://x');
    assert.deepEqual(Object.fromEntries(address.searchParams), { tag: 'a&b', filter: '{"replied":true}' });
  });
});
