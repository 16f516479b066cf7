import { segmentsOf } from '#shared/texts/segments.ts';

/** Characters that look the same in plain letters: what word processors put in place of what was typed. */
const plain: Readonly<Record<string, string>> = {
  '‘': "'",
  '’': "'",
  '‚': "'",
  '“': '"',
  '”': '"',
  '„': '"',
  '–': '-',
  '—': '-',
  '‑': '-',
  '…': '...',
  '\u00a0': ' ',
  '\u2009': ' ',
  '\u202f': ' ',
  '•': '-',
  '´': "'",
  '`': "'",
  '«': '"',
  '»': '"',
};

/** Characters of a text that plain letters (GSM-7) lack, each once, in their order. */
export function specialCharacters(text: string): string[] {
  const clusters = new Intl.Segmenter('en', { granularity: 'grapheme' }).segment(text);
  const found = new Set<string>();
  for (const { segment } of clusters) if (segmentsOf(segment).encoding === 'UCS-2') found.add(segment);
  return [...found];
}

/** The text with the characters in plain letters that look like the special ones; null: none of them can be. */
export function inPlainLetters(text: string): string | null {
  const replaced = [...text]
    .map((character) => {
      const instead = plain[character];
      return instead !== undefined && segmentsOf(character).encoding === 'UCS-2' ? instead : character;
    })
    .join('');
  return replaced === text ? null : replaced;
}
