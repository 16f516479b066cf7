import assert from 'node:assert/strict';
import fc from 'fast-check';
import { segmentsOf } from '#shared/texts/segments.ts';
import { runs } from '#test/properties/runs.ts';
import { fitForSms } from './format.ts';

describe('An answer, made fit for SMS,', () => {
  const rows: readonly [string, string, string | null][] = [
    ['has no marks of bold and headings', '# Hours\n\nWe are **open** _today_.', 'Hours\nWe are open today.'],
    [
      'keeps items on lines of their own',
      'Bring:\n\n- a photo ID\n- your *card*',
      'Bring:\n- a photo ID\n- your card',
    ],
    ['keeps the numbers of items', '3. Call\n4. Wait', '3. Call\n4. Wait'],
    ['says where links lead', 'See [our map](https://x.example/map).', 'See our map https://x.example/map.'],
    ['says an address once', 'See <https://x.example/map>.', 'See https://x.example/map.'],
    ['shows numbers that can be called', '[Call us](tel:+14155550140)', 'Call us +14155550140'],
    ['has nothing of HTML and rules', '<b>Open</b> today\n\n---\n\nBye', 'Open today\nBye'],
    ['keeps signs that mean nothing in markdown', '2 * 3 = 6, snake_case, $5', '2 * 3 = 6, snake_case, $5'],
    [
      'says quotes and dashes in GSM-7',
      '\u201cIt\u2019s fine\u201d \u2013 yes\u2026',
      '"It\'s fine" - yes...',
    ],
    ['keeps letters as they are', 'Ma\u00f1ana a las 9, s\u00ed', 'Ma\u00f1ana a las 9, s\u00ed'],
    ['is none where nothing is said', '**\n\n---\n\n\u2026', null],
    ['is none where there is nothing', '', null],
    ['has nothing that a database refuses', 'Open\0 now', 'Open now'],
  ];
  for (const [name, given, expected] of rows) {
    it(name, () => assert.equal(fitForSms(given, 2), expected));
  }

  it('ends behind the last sentence that fits', () => {
    const sentence = 'We are open from eight to five on every day of the week. ';
    const cut = fitForSms(sentence.repeat(9), 2);
    assert.equal(cut, sentence.repeat(5).trim());
  });

  it('ends behind a word, and says that it was cut, where no sentence fits', () => {
    const cut = fitForSms('word '.repeat(90), 1);
    assert.equal(cut, `${'word '.repeat(31).trim()}...`);
  });

  it('does not end with the mark of an item that was cut off', () => {
    const cut = fitForSms(`Bring these things.\n\n- ${'x'.repeat(140)}.\n- ${'y'.repeat(200)}.`, 1);
    assert.doesNotMatch(cut ?? '', /-$/);
  });

  it('never takes more segments than allowed, and is never empty, whatever a model says', () => {
    const words = fc.oneof(
      fc.string({ unit: 'grapheme', maxLength: 400 }),
      fc
        .array(
          fc.constantFrom(
            'We are open. ',
            '**Hi** ',
            '- item\n',
            '\n\n',
            '\u{1F600}',
            'se\u00f1or ',
            '`x`',
            '1. ',
            'https://x.example/a_b_c ',
          ),
        )
        .map((parts) => parts.join('')),
    );
    fc.assert(
      fc.property(words, fc.integer({ min: 1, max: 3 }), (answer, most) => {
        const fitted = fitForSms(answer, most);
        if (fitted === null) return;
        assert.ok(segmentsOf(fitted).segments <= most, fitted);
        assert.match(fitted, /\S/);
        assert.equal(fitted, fitted.trim());
        assert.ok(fitted.isWellFormed());
      }),
      { numRuns: runs(300) },
    );
  });
});
