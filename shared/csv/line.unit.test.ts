import assert from 'node:assert/strict';
import fc from 'fast-check';
import { csvLine, unguarded } from './line.ts';
import { csvRows } from './rows.ts';

const written = (text: string): string => csvLine([{ text }]).slice(0, -2);

describe('A line of CSV', () => {
  for (const formula of [
    '=1+1',
    '=cmd|"/C calc"!A1',
    '+1+1',
    '-2+3',
    '@SUM(1)',
    '\t=1',
    '\r=1',
    '\n=1',
    '\uff1d1+1',
    '\uff0b1',
    '\uff0d1',
    '\uff20SUM(1)',
  ]) {
    it(`has an apostrophe before ${JSON.stringify(formula)}, which a spreadsheet would compute`, () => {
      assert.match(written(formula), /^"?'/);
      assert.equal(unguarded(`'${formula}`), formula);
    });
  }

  it('keeps an apostrophe that somebody wrote before what would be a formula', () => {
    for (const text of ["'-", "''=1"]) {
      assert.equal(written(text), `'${text}`);
      assert.equal(unguarded(written(text)), text);
    }
  });

  it('leaves alone what we made ourselves, and texts that are no formula', () => {
    assert.equal(
      csvLine(['+14155550101', null, { text: 'Ana = Ben' }, { text: null }]),
      '+14155550101,,Ana = Ben,\r\n',
    );
    assert.equal(unguarded("'quoted'"), "'quoted'");
  });

  it('is one line, whatever is in it, and reads back as what was written', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.string({ unit: 'grapheme' }).map((text) => text.trim()),
          { minLength: 2, maxLength: 4 },
        ),
        async (texts) => {
          fc.pre(texts.some((text) => text !== ''));
          const header = csvLine(texts.map((_, n) => `c${n}`));
          const source = (async function* () {
            yield header + csvLine(texts.map((text) => ({ text })));
          })();
          const rows = [];
          for await (const part of csvRows(source, { longestRowBytes: 100_000, sameWidth: true }))
            rows.push(...part);
          assert.equal(rows.length, 2);
          assert.deepEqual(
            rows[1]?.cells.map(unguarded),
            texts.map((text) => text.replaceAll('\0', '')),
          );
        },
      ),
    );
  });
});
