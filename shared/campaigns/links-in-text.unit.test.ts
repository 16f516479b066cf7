import assert from 'node:assert/strict';
import fc from 'fast-check';
import { anyCodePoint } from '#test/code-points.ts';
import { piecesOf, renderPieces } from './links-in-text.ts';
import { parseTemplate } from './template.ts';

const values: Readonly<Record<string, string>> = {
  name: 'Ana',
  code: 'a b&c',
  path: 'x/y',
  evil: 'https://evil.example/',
  host: 'evil.example',
  hole: '\uFFFC',
};

/** The text with every link in angle brackets, and the addresses that links lead to. */
function linked(source: string): { text: string; urls: string[] } {
  const urls: string[] = [];
  const rendered = renderPieces(
    piecesOf(parseTemplate(source)),
    (field) => values[field] ?? null,
    (url) => {
      urls.push(url);
      return `<${urls.length}>`;
    },
  );
  return { text: rendered.kind === 'text' ? rendered.text : rendered.fields.join(), urls };
}

describe('Links in texts of campaigns', () => {
  for (const [source, text, ...urls] of [
    ['See https://example.org/flu for more', 'See <1> for more', 'https://example.org/flu'],
    ['See https://example.org.', 'See <1>.', 'https://example.org/'],
    ['(https://example.org/a)', '(<1>)', 'https://example.org/a'],
    ['https://example.org/a_(b), and', '<1>, and', 'https://example.org/a_(b)'],
    ['HTTPS://Example.org/A!', '<1>!', 'https://example.org/A'],
    ['"https://example.org/?q=1"', '"<1>"', 'https://example.org/?q=1'],
    ['http://example.org', '<1>', 'http://example.org/'],
    ['https://a.example/ https://b.example/', '<1> <2>', 'https://a.example/', 'https://b.example/'],
    ['Go to https://example.org/c?id={{code}}.', 'Go to <1>.', 'https://example.org/c?id=a%20b&c'],
    ['https://example.org/{{path}}#top', '<1>', 'https://example.org/x/y#top'],
    ['https://example.org/{{none|all}}', '<1>', 'https://example.org/all'],
    ['https://пример.example/', '<1>', 'https://xn--e1afmkfd.example/'],
    // No links of ours.
    ['{{evil}}', 'https://evil.example/'],
    ['Hi {{name}}, https://{{host}}/x', 'Hi Ana, https://evil.example/x'],
    ['https://example.org{{host}}/x', 'https://example.orgevil.example/x'],
    ['https://ann:secret@example.org/', 'https://ann:secret@example.org/'],
    ['example.org/flu', 'example.org/flu'],
    ['mailto:ann@example.org ftp://example.org/', 'mailto:ann@example.org ftp://example.org/'],
    ['https://', 'https://'],
    ['\uFFFC{{hole}}', '\uFFFC\uFFFC'],
  ] as const) {
    it(`${source} is ${text}`, () => {
      assert.deepEqual(linked(source), { text, urls });
    });
  }

  it('that lack a value are not written, and say which', () => {
    assert.deepEqual(linked('{{b}} https://example.org/{{a}} {{c}}'), { text: 'b,a,c', urls: [] });
  });

  it('are all that changes of a text, for any words, links and values', () => {
    const word = fc.stringMatching(/^[A-Za-zñ,]{1,8}$/);
    const link = fc.webUrl({ validSchemes: ['https'], withQueryParameters: true }).filter((url) => {
      const parsed = URL.parse(url);
      return parsed !== null && /[A-Za-z0-9/]$/.test(url) && parsed.username === '';
    });
    fc.assert(
      fc.property(fc.array(fc.oneof(word, link, fc.constant('{{name}}')), { maxLength: 12 }), (words) => {
        const isLink = (text: string): boolean => text.startsWith('https://');
        const { text, urls } = linked(words.join(' '));
        let count = 0;
        const expected = words.map((each) => {
          if (!isLink(each)) return each === '{{name}}' ? 'Ana' : each;
          count += 1;
          return `<${count}>`;
        });
        assert.equal(text, expected.join(' '));
        assert.deepEqual(
          urls,
          words.filter(isLink).map((each) => new URL(each).href),
        );
      }),
    );
  });

  it('lead to the host that the author wrote, whatever is put in', () => {
    fc.assert(
      fc.property(fc.string({ unit: anyCodePoint }), (value) => {
        const pieces = piecesOf(parseTemplate('https://example.org/{{x}}'));
        renderPieces(
          pieces,
          () => value,
          (url) => {
            assert.equal(new URL(url).host, 'example.org');
            return '';
          },
        );
      }),
    );
  });
});
