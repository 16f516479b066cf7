import { storable } from '#shared/contracts/storable-text.ts';
import { segmentsOf } from '#shared/texts/segments.ts';
import { withoutMarkdown } from './markdown.ts';

/** Signs that GSM-7 does not have, by those that mean the same to whoever reads. Letters are never changed. */
const SAME: Readonly<Record<string, string>> = {
  '\u2018': "'",
  '\u2019': "'",
  '\u201a': "'",
  '\u02bc': "'",
  '\u00b4': "'",
  '`': "'",
  '\u201c': '"',
  '\u201d': '"',
  '\u201e': '"',
  '\u00ab': '"',
  '\u00bb': '"',
  '\u2010': '-',
  '\u2011': '-',
  '\u2012': '-',
  '\u2013': '-',
  '\u2014': '-',
  '\u2212': '-',
  '\u2022': '-',
  '\u2026': '...',
  '\u00a0': ' ',
  '\u202f': ' ',
  '\u2009': ' ',
  '\t': ' ',
};
const SIGNS = new RegExp(`[${Object.keys(SAME).join('')}]`, 'gu');
/** Marks of direction and joints between words, which show nothing. Joints of emoji stay. */
const UNSEEN = /[\u200b\u200e\u200f\u2060\ufeff\u00ad]/gu;

const CUT = '...';
const words = new Intl.Segmenter('en', { granularity: 'grapheme' });
const sentences = new Intl.Segmenter('en', { granularity: 'sentence' });

/**
 * An answer as it is sent: without markdown, in GSM-7 where that loses nothing, cut behind the last sentence that fits into
 * so many segments, or within the first one where not even that fits. Null: nothing is left to send. Pure and total.
 */
export function fitForSms(answer: string, mostSegments: number): string | null {
  const plain = asPlainSigns(withoutMarkdown(storable(answer)));
  if (!/[\p{L}\p{N}]/u.test(plain)) return null;
  const fits = (text: string): boolean => segmentsOf(text).segments <= mostSegments;
  if (fits(plain)) return plain;
  let whole = '';
  for (const { segment } of sentences.segment(plain)) {
    if (!fits((whole + segment).trimEnd())) break;
    whole += segment;
  }
  const kept = withoutLostItem(whole.trimEnd());
  return /[\p{L}\p{N}]/u.test(kept) ? kept : cutWithin(plain, fits);
}

const asPlainSigns = (text: string): string =>
  text
    .replace(UNSEEN, '')
    .replace(SIGNS, (sign) => SAME[sign] ?? sign)
    .replace(/ +/gu, ' ')
    .replace(/ ?\n ?/gu, '\n')
    .replace(/\n{3,}/gu, '\n\n')
    .trim();

/** The mark of an item that was cut off says nothing. */
const withoutLostItem = (text: string): string => text.replace(/\n(?:-|\d+\.)$/u, '').trimEnd();

/** The longest beginning that fits, behind a word where there is one, with a sign that something is missing. */
function cutWithin(text: string, fits: (text: string) => boolean): string | null {
  const letters = [...words.segment(text)].map(({ segment }) => segment);
  let [fitting, tooLong] = [0, letters.length];
  while (tooLong - fitting > 1) {
    const middle = Math.floor((fitting + tooLong) / 2);
    if (fits(letters.slice(0, middle).join('') + CUT)) fitting = middle;
    else tooLong = middle;
  }
  const beginning = letters.slice(0, fitting).join('');
  const atWord = /^.*\S(?=\s)/su.exec(beginning)?.[0] ?? beginning;
  const kept = (atWord === '' ? beginning : atWord).replace(/[\s,;:(-]+$/u, '');
  return kept === '' ? null : kept + CUT;
}
