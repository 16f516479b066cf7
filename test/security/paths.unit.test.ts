import assert from 'node:assert/strict';
import { join, normalize } from 'node:path';
import fc from 'fast-check';
import { readAuthored } from '#shared/drills/content.ts';
import { slugSchema } from '#shared/drills/programme.ts';
import { TOKEN } from '#shared/links/token.ts';
import { anyCodePoint } from '../code-points.ts';

const ESCAPES = [
  '..',
  '.',
  '../x',
  '../../etc/passwd',
  '/etc/passwd',
  'a/b',
  'a\\b',
  'a\0b',
  'a%2fb',
  '-',
  'a-',
  'A',
  ' a',
  'a\n',
  '~',
  'con.yaml',
  '',
];

describe('What people name is no path', () => {
  it('as the slug of a drill or a programme, which exports are called by', () => {
    for (const slug of ESCAPES) assert.equal(slugSchema.safeParse(slug).success, false, JSON.stringify(slug));
    fc.assert(
      fc.property(fc.string({ unit: anyCodePoint }), (text) => {
        if (!slugSchema.safeParse(text).success) return;
        assert.equal(normalize(join('/folder', `${text}.yaml`)), `/folder/${text}.yaml`);
      }),
    );
  });

  it('as the slug in a file of content', () => {
    for (const kind of ['drill', 'programme']) {
      assert.throws(
        () =>
          readAuthored(
            [{ name: 'a.yaml', source: `kind: ${kind}\nslug: ../../etc/cron.d/x\nname: x\n` }],
            null,
          ),
        /slug.*must be lower-case words/s,
      );
    }
  });

  it('as the token of a short link, which is asked about in the table alone', () => {
    for (const token of ESCAPES) assert.equal(TOKEN.test(token), false, JSON.stringify(token));
  });
});
