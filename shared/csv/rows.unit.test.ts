import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import fc from 'fast-check';
import { runs } from '#test/properties/runs.ts';
import { type CsvOptions, type CsvRow, csvRows } from './rows.ts';
import { csvTable } from './table.ts';

const OPTIONS: CsvOptions = { longestRowBytes: 200, sameWidth: true };

/** In chunks of these sizes, over and over. */
function* cut(bytes: Buffer, sizes: readonly number[]): Generator<Buffer> {
  for (let at = 0, turn = 0; at < bytes.length; turn += 1) {
    const size = sizes[turn % sizes.length] ?? 1;
    yield bytes.subarray(at, at + size);
    at += size;
  }
}

async function read(
  text: string | Buffer,
  { sizes = [65_536], ...options }: Partial<CsvOptions> & { sizes?: readonly number[] } = {},
): Promise<CsvRow[]> {
  const rows: CsvRow[] = [];
  for await (const some of csvRows(Readable.from(cut(Buffer.from(text), sizes)), {
    ...OPTIONS,
    ...options,
  })) {
    rows.push(...some);
  }
  return rows;
}

/** As line and cells, or line and what is wrong. */
const told = (rows: readonly CsvRow[]): (string | number)[][] =>
  rows.map(({ line, cells, fault }) => (fault === null ? [line, ...cells] : [line, `! ${fault}`]));

describe('Rows of a CSV file', () => {
  it('are told with the line on which they begin, empty lines and quoted line breaks included', async () => {
    assert.deepEqual(told(await read('a,b\r\n\r\n"1\r\n2",x\r\n  \n3,"say ""no"", he said"\n')), [
      [1, 'a', 'b'],
      [3, '1\r\n2', 'x'],
      [6, '3', 'say "no", he said'],
    ]);
  });

  it('may end with LF, CRLF or CR, also in one file, and without any at its end', async () => {
    assert.deepEqual(told(await read('a,b\n1,2\r\n3,4\r5,6')), [
      [1, 'a', 'b'],
      [2, '1', '2'],
      [3, '3', '4'],
      [4, '5', '6'],
    ]);
  });

  for (const [name, separator] of [
    ['commas', ','],
    ['semicolons', ';'],
    ['tabs', '\t'],
  ] as const) {
    it(`may be separated by ${name}, as the first line is`, async () => {
      const text = [
        ['"x,;\t,;\t"', 'b', 'c'],
        ['"1,5;\t"', '', '3'],
      ]
        .map((row) => row.join(separator))
        .join('\n');
      assert.deepEqual(told(await read(text)), [
        [1, 'x,;\t,;\t', 'b', 'c'],
        [2, '1,5;\t', '', '3'],
      ]);
    });
  }

  it('begin behind a BOM, and hold no NUL', async () => {
    assert.deepEqual(told(await read('\uFEFF"a",b\nx\0y,\0\n', { sizes: [1] })), [
      [1, 'a', 'b'],
      [2, 'xy', ''],
    ]);
  });

  it('of UTF-16 are refused with what to do', async () => {
    await assert.rejects(read(Buffer.from('\uFEFFa\tb\r\n', 'utf16le')), /UTF-16: save it as CSV in UTF-8/);
  });

  it('of an empty file are none', async () => {
    for (const text of ['', '\n', '\uFEFF', ' \r\n\r\n']) assert.deepEqual(await read(text), []);
  });

  for (const [what, line, why] of [
    ['a quote that is not closed', '"2,x', /is a quote missing|not closed|closed before/],
    ['a quote closed too early', '"2"x,y', /closed before the end|between a quote/],
    ['something behind a quote', '"2" x,y', /between a quote/],
    ['a quote within a cell', '5" nails,y', /does not begin with one/],
    ['too many cells', '2,x,y', /has 3 cells where the first row has 2/],
    ['too few cells', '2', /has 1 cells where the first row has 2/],
    ['more than a row may be long', `2,${'x'.repeat(300)}`, /longer than 200 bytes/],
  ] as const) {
    for (const sizes of [[65_536], [7], [1]]) {
      it(`with ${what} cost their own line alone (chunks of ${sizes})`, async () => {
        const rows = await read(`a,b\n1,"fine, that"\n${line}\n3,"so, is this"\n4,z\n`, { sizes });
        const [first, second, third, ...others] = told(rows);
        assert.deepEqual(
          [first, second],
          [
            [1, 'a', 'b'],
            [2, '1', 'fine, that'],
          ],
        );
        assert.equal(third?.[0], 3);
        assert.match(String(third?.[1]), why);
        assert.deepEqual(others, [
          [4, '3', 'so, is this'],
          [5, '4', 'z'],
        ]);
      });
    }
  }

  for (const sizes of [[65_536], [1]]) {
    it(`that are none keep what stands between their separators, but for what is too long (chunks of ${sizes})`, async () => {
      for (const quoted of ['x', '"x, y"']) {
        const text = `a,b\n1,${quoted},3\0\n2\n"3"z,x\n4,${'x'.repeat(300)},y\n"5"z,${'x'.repeat(300)}\n"6,é`;
        assert.deepEqual(
          (await read(text, { sizes })).map(({ cells, torn }) => [cells, torn]),
          [
            [['a', 'b'], undefined],
            [[], ['1', quoted.replaceAll('"', ''), '3']],
            [[], ['2']],
            [[], ['3 z', 'x']],
            [[], undefined],
            [[], undefined],
            [[], ['6', 'é']],
          ],
        );
      }
    });
  }

  it('behind a quote that nobody closes are read, to the last one', async () => {
    assert.deepEqual(
      (await read('a,b\n"1,x\n2,y\n3,z')).map(({ line, fault }) => [line, fault !== null]),
      [
        [1, false],
        [2, true],
        [3, false],
        [4, false],
      ],
    );
  });

  it('behind a line that hardly ends are read, and it costs one', async () => {
    const endless = function* () {
      for (let n = 0; n < 1_000; n += 1) yield Buffer.alloc(1_000, 'x');
      yield Buffer.from('\r');
      yield Buffer.from('\n1,2');
    };
    const rows: CsvRow[] = [];
    for await (const some of csvRows(Readable.from(endless()), OPTIONS)) rows.push(...some);
    assert.deepEqual(
      told(rows).map(([line]) => line),
      [1, 2],
    );
    assert.deepEqual(rows[1]?.cells, ['1', '2']);
  });

  it('reject with the error of a source that cannot be read to its end', async () => {
    const broken = async function* () {
      yield Buffer.from('a,b\n1,2\n');
      throw new Error('the disk is gone');
    };
    const rows: CsvRow[] = [];
    await assert.rejects(async () => {
      for await (const some of csvRows(broken(), OPTIONS)) rows.push(...some);
    }, /the disk is gone/);
    assert.deepEqual(told(rows)[0], [1, 'a', 'b']);
  });

  const cell = fc
    .array(fc.constantFrom('a', '1', ' ', ',', ';', '\t', '"', '\n', '\r\n', "'", 'é', '😀'), {
      maxLength: 6,
    })
    .map((parts) => parts.join(''));
  const table = fc
    .integer({ min: 1, max: 4 })
    .chain((width) =>
      fc.array(fc.array(cell, { minLength: width, maxLength: width }), { minLength: 1, maxLength: 8 }),
    );
  const quoted = (text: string): string => `"${text.replaceAll('"', '""')}"`;
  const sizes = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 5 });
  const line = (cells: readonly string[], separator: string): string => cells.map(quoted).join(separator);

  it('are read as they were written, in whatever chunks they come', async () => {
    await fc.assert(
      fc.asyncProperty(
        table,
        fc.constantFrom(',', ';', '\t'),
        fc.constantFrom('\n', '\r\n'),
        sizes,
        fc.boolean(),
        async (rows, separator, lineEnd, chunks, hasBom) => {
          const text = rows.map((cells) => line(cells, separator)).join(lineEnd);
          const found = await read(`${hasBom ? '\uFEFF' : ''}${text}`, {
            sizes: chunks,
            longestRowBytes: 2_000,
          });
          assert.deepEqual(
            found.map(({ cells, fault }) => [fault, cells]),
            rows.map((cells) => [null, cells]),
          );
          const lines = rows.map(
            (_, n) =>
              `${rows
                .slice(0, n)
                .map((cells) => `${line(cells, separator)}\n`)
                .join('')}.`.split('\n').length,
          );
          assert.deepEqual(
            found.map((row) => row.line),
            lines,
          );
        },
      ),
      { numRuns: runs(300) },
    );
  });

  it('without any quote are what the parser makes of them, byte for byte, in whatever chunks they come', async () => {
    const piece = fc.oneof(
      { weight: 4, arbitrary: fc.constantFrom('a', '1', ' ', ',', ';', '\t', '\n', '\r\n', '\r', 'é', '😀') },
      fc.constantFrom('\0', '\v', '\f', "'"),
      // On which line a row begins behind one of such spaces alone, the parser's side counts wrong.
      fc.constantFrom('\u00a0', '\ufeff', '\u2028', '\u3000', '\u0085').map((space) => `${space}x${space}`),
      fc
        .uint8Array({ minLength: 1, maxLength: 3 })
        .map((bytes) => Buffer.from(bytes.map((byte) => (byte === 0x22 ? 0x23 : byte)))),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(piece, { maxLength: 40 }),
        fc.constantFrom(',', ';', '\t'),
        sizes,
        fc.boolean(),
        async (pieces, separator, chunks, sameWidth) => {
          const rest = pieces.map((each) => Buffer.from(each));
          const file = (first: string): Buffer =>
            Buffer.concat([Buffer.from(`${first}${separator}b\n`), ...rest]);
          // A quote in the first and only chunk leaves all of it to the parser.
          const parsed = await read(file('"a"'), { sameWidth });
          assert.deepEqual(await read(file('a'), { sameWidth, sizes: chunks }), parsed);
        },
      ),
      { numRuns: runs(3_000) },
    );
  });

  it('beside one that is none are all read, in whatever chunks they come', async () => {
    const plain = fc.constantFrom('a', 'b c', 'é', '1');
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(plain, fc.oneof(plain, cell)), { minLength: 1, maxLength: 8 }),
        fc.constantFrom('"', '"x,y', 'x,"y', '"x"y,z', 'x"y,z', 'x,y,z', 'x'),
        fc.nat(),
        sizes,
        async (rows, broken, place, chunks) => {
          const at = 1 + (place % rows.length);
          const lines = rows.map((cells) => line(cells, ','));
          const text = [...lines.slice(0, at), broken, ...lines.slice(at)].join('\n');
          const found = await read(text, { sizes: chunks, longestRowBytes: 2_000 });
          const good = found.flatMap(({ cells, fault }) => (fault === null ? [cells] : []));
          assert.deepEqual(good, rows);
          assert.equal(found.length, rows.length + 1);
        },
      ),
      { numRuns: runs(300) },
    );
  });
});

describe('A CSV file with a header', () => {
  const columns = { required: ['phone_number'], optional: ['reason'] };
  const parts = async (text: string) => {
    const found: { columns: [string, number][]; cells: string[][] }[] = [];
    for await (const part of csvTable(Readable.from([Buffer.from(text)]), columns, 200)) {
      found.push({ columns: [...part.columns], cells: part.rows.map(({ cells }) => [...cells]) });
    }
    return found;
  };

  it('says where its columns are, however they are written', async () => {
    assert.deepEqual(await parts('Reason;Phone Number\nleft;+14155550101\n'), [
      {
        columns: [
          ['reason', 0],
          ['phone_number', 1],
        ],
        cells: [['left', '+14155550101']],
      },
    ]);
  });

  for (const [text, why] of [
    [
      'number\n1\n',
      /column phone_number is missing; column "number" is not known. Columns: phone_number; optional/,
    ],
    ['phone_number,PHONE-NUMBER\n1,2\n', /phone_number stands twice/],
    ['phone_number,"reason\n1,2\n', /line 1 is no header: .*quote/],
  ] as const) {
    it(`is refused before any row for ${JSON.stringify(text)}`, () => assert.rejects(parts(text), why));
  }

  it('has no rows where it has no header', async () => {
    assert.deepEqual(await parts(''), []);
    assert.deepEqual(await parts('phone_number\n'), []);
  });
});
