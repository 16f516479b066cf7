import fc from 'fast-check';
import { anyCodePoint } from './code-points.ts';

/**
 * Texts of campaigns, put together from parts, and what somebody is to get of one, put together from the same parts: it takes no text
 * apart, and shares nothing with what does.
 */

const FIELDS = ['a', 'clinic', 'next_visit_2'] as const;
export type Part =
  | { kind: 'words'; words: string }
  | { kind: 'field'; name: string; fallback: string | null; before: string; behind: string }
  /** With a value in its query, or none. */
  | { kind: 'link'; path: string; name: string | null };

/** Braces stand alone in it, as people write them; two would be a placeholder. No links: those are parts of their own. */
const words = fc
  .string({ unit: fc.constantFrom(...'abz 09.,;:!?\'"#$&\\|/{}\nñ€漢😀'), maxLength: 12 })
  .filter((text) => !/\{\{|\}\}/.test(text));
const spaces = fc.constantFrom('', ' ', '  ');
const name = fc.constantFrom(...FIELDS);
export const anyPart: fc.Arbitrary<Part> = fc.oneof(
  fc.record({ kind: fc.constant('words' as const), words }),
  fc.record({
    kind: fc.constant('field' as const),
    name,
    fallback: fc.option(fc.string({ unit: fc.constantFrom(...'ab |$\\ñ漢😀'), maxLength: 8 }), {
      nil: null,
      freq: 2,
    }),
    before: spaces,
    behind: spaces,
  }),
  fc.record({
    kind: fc.constant('link' as const),
    path: fc.stringMatching(/^[a-z0-9-]{1,8}$/),
    name: fc.option(name, { nil: null }),
  }),
);
/** Anything that can be stored, as people type it, or missing, or blank. */
const value = fc.oneof(
  { weight: 6, arbitrary: fc.string({ unit: anyCodePoint, minLength: 1, maxLength: 12 }) },
  // What templates and replacements are made of.
  {
    weight: 3,
    arbitrary: fc.string({ unit: fc.constantFrom(..."{}|$&a1`'\n\r\t ñ", '👩🏽\u200d⚕️'), minLength: 1 }),
  },
  { weight: 2, arbitrary: fc.constantFrom('{{a}}', '{{clinic|x}}', '$& $1', 'https://example.com/x', ' ') },
  { weight: 2, arbitrary: fc.constant(null) },
);
const storable = (text: string | null): string | null => text?.toWellFormed().replaceAll('\0', '') ?? null;
export const anyPerson = fc.record({ a: value, clinic: value, next_visit_2: value }).map((values) => ({
  a: storable(values.a),
  clinic: storable(values.clinic),
  next_visit_2: storable(values.next_visit_2),
}));
export type Person = Record<string, string | null>;

const isBlank = (text: string | null | undefined): boolean => (text ?? '').trim() === '';

/** As an author writes it. A link stands between spaces; the marks keep the whole from being blank. */
export const written = (parts: readonly Part[]): string =>
  `<${parts
    .map((each) => {
      if (each.kind === 'words') return each.words;
      if (each.kind === 'link')
        return ` https://example.org/${each.path}${each.name === null ? '' : `?v={{${each.name}}}`} `;
      const fallback = each.fallback === null ? '' : `|${each.fallback}`;
      return `{{${each.before}${each.name}${each.behind}${fallback}}}`;
    })
    .join('')}>`;

/** What somebody is to get, with the addresses that its short links lead to in their places; or the first value that they lack. */
export function expectedFor(parts: readonly Part[], values: Person, short: (url: string) => string) {
  const missing: string[] = [];
  const text = parts
    .map((each) => {
      if (each.kind === 'words') return each.words;
      const known = each.name === null ? null : values[each.name];
      const isMissing = each.name !== null && isBlank(known);
      if (isMissing && (each.kind === 'link' || each.fallback === null)) missing.push(each.name ?? '');
      if (each.kind === 'field') return isMissing ? (each.fallback ?? '').trim() : known;
      const query = each.name === null ? '' : `?v=${known}`;
      return ` ${short(new URL(`https://example.org/${each.path}${query}`).href)} `;
    })
    .join('');
  return missing.length > 0 ? { missing: missing[0] } : { text: `<${text}>` };
}

/** No two parts make up a placeholder, or more of a link, that neither is. */
export const isPlain = (parts: readonly Part[]): boolean => {
  const rest = written(parts)
    .replace(/ https:\/\/example\.org\/[a-z0-9-]+(\?v=\{\{[a-z0-9_]+\}\})? /g, ' ')
    .replace(/\{\{ *[a-z][a-z0-9_]* *(\|[^{}]*)?\}\}/g, '.');
  const pieces = parts.map((each) => (each.kind === 'words' ? each.words : each.kind === 'link' ? ' ' : '.'));
  return rest === `<${pieces.join('')}>` && !/\{\{|\}\}/.test(rest);
};

/** Where links stay as they are, a value stands in one as it was given. */
export function plain(parts: readonly Part[], values: Person, url: string): string {
  for (const each of parts) {
    if (each.kind !== 'link') continue;
    const verbatim = `https://example.org/${each.path}${each.name === null ? '' : `?v=${values[each.name]}`}`;
    if (new URL(verbatim).href === url) return verbatim;
  }
  return url;
}
