import type { Definition } from '#shared/campaigns/definition.ts';
import { parseTemplate } from '#shared/campaigns/template.ts';
import { segmentsOf } from '#shared/texts/segments.ts';

const graphemes = new Intl.Segmenter('und', { granularity: 'grapheme' });

/** Characters of a text that GSM-7 does not have, each once, in order: any of them makes the whole text UCS-2. */
export function wideCharacters(text: string): string[] {
  if (segmentsOf(text).encoding === 'GSM-7') return [];
  const each = new Set(Array.from(graphemes.segment(text), ({ segment }) => segment));
  return [...each].filter((character) => segmentsOf(character).encoding === 'UCS-2');
}

/**
 * What the values of somebody do to the encoding of their text: characters that are in it and not in what everybody gets,
 * where that alone would be GSM-7. Empty: they change nothing.
 */
export function encodingChange({ variants }: Pick<Definition, 'variants'>) {
  const literal = new Map<string, boolean>();
  return ({
    body,
    language,
    variant,
  }: {
    body: string;
    language: string | null;
    variant: number;
  }): string[] => {
    if (language === null) return [];
    const key = `${variant} ${language}`;
    const narrow = literal.get(key) ?? isNarrow(variants[variant]?.bodies[language] ?? '');
    literal.set(key, narrow);
    return narrow ? wideCharacters(body) : [];
  };
}

/** Whether a template, with what stands in for missing values, is GSM-7 before any value is put in. */
const isNarrow = (body: string): boolean =>
  parseTemplate(body).parts.every(
    (part) => segmentsOf(part.kind === 'text' ? part.text : (part.fallback ?? '')).encoding === 'GSM-7',
  );
