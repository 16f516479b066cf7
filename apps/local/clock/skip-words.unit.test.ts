import assert from 'node:assert/strict';
import { readSkip, type SkipRequest } from './skip-words.ts';

describe('A skip as it is typed', () => {
  const table: [words: string, request: SkipRequest | null][] = [
    ['10m', { by: 'PT10M' }],
    ['10min', { by: 'PT10M' }],
    ['2h', { by: 'PT2H' }],
    ['3d', { by: 'P3D' }],
    ['1d2h30m15s', { by: 'P1DT2H30M15S' }],
    ['PT90S', { by: 'PT90S' }],
    ['09:00 America/Chicago', { to: '09:00', zone: 'America/Chicago' }],
    ['2026-11-27T15:00:00Z', { to: '2026-11-27T15:00:00Z' }],
    ['09:00', { to: '09:00' }],
    ['', null],
    ['9:00 in Chicago', null],
  ];
  for (const [words, request] of table) {
    it(`"${words}" is ${request === null ? 'none' : JSON.stringify(request)}`, () => {
      assert.deepEqual(readSkip(words.split(' ').filter((word) => word !== '')), request);
    });
  }
});
