import assert from 'node:assert/strict';
import { bytesInWords, isSpreadsheet } from './file.ts';

describe('A file to be imported', () => {
  it('has a size that people can read', () => {
    assert.equal(bytesInWords(12, 'en'), '12 bytes');
    assert.equal(bytesInWords(1_250, 'en'), '1.3 kB');
    assert.equal(bytesInWords(48_000_000, 'en'), '48 MB');
    assert.equal(bytesInWords(1_024 ** 3, 'en'), '1.1 GB');
  });

  it('is none where it is of a spreadsheet program', () => {
    assert.deepEqual(['a.xlsx', 'A.XLS', 'b.ods', 'c.csv', 'xlsx'].map(isSpreadsheet), [
      ...[true, true, true],
      ...[false, false],
    ]);
  });
});
