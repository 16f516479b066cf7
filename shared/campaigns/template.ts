/**
 * Texts of campaigns: "Hi {{first_name|there}}, your clinic is {{clinic}}." A value is put in as it is, character by
 * character, and is never looked through for placeholders. A value that is missing and has no default keeps its row from
 * being sent, and no other.
 */

/** A text, taken apart. */
export type Part = { kind: 'text'; text: string } | { kind: 'field'; name: string; fallback: string | null };
export interface Template {
  parts: readonly Part[];
  /** Whatever stands in double braces and is no placeholder, as somebody may have mistyped it. */
  malformed: readonly string[];
}

/** Names are those of fields: lower case, digits, underscores. A default is any text without braces. */
const PLACEHOLDER = /\{\{\s*([a-z][a-z0-9_]{0,39})\s*(?:\|([^{}]*))?\}\}/gu;
const LOOKS_LIKE_ONE = /\{\{[^{}]*\}?\}?|\{?\}\}/gu;

export function parseTemplate(source: string): Template {
  const parts: Part[] = [];
  let position = 0;
  const literal = (to: number): void => {
    if (to > position) parts.push({ kind: 'text', text: source.slice(position, to) });
  };
  for (const match of source.matchAll(PLACEHOLDER)) {
    literal(match.index);
    parts.push({ kind: 'field', name: match[1] ?? '', fallback: match[2]?.trim() ?? null });
    position = match.index + match[0].length;
  }
  literal(source.length);
  const malformed = parts.flatMap((part) =>
    part.kind === 'text' ? (part.text.match(LOOKS_LIKE_ONE) ?? []) : [],
  );
  return { parts, malformed };
}

/** Fields that a text names, each once, in order. */
export const fieldsOf = ({ parts }: Template): string[] => [
  ...new Set(parts.flatMap((part) => (part.kind === 'field' ? [part.name] : []))),
];

/** Fields that everybody must have who is to get it. */
export const requiredFieldsOf = ({ parts }: Template): string[] => [
  ...new Set(parts.flatMap((part) => (part.kind === 'field' && part.fallback === null ? [part.name] : []))),
];

export type Rendered = { kind: 'text'; text: string } | { kind: 'missing'; fields: readonly string[] };

/** The text for somebody. A value that is blank is missing. */
export function renderTemplate(
  { parts }: Template,
  valueOfField: (field: string) => string | null,
): Rendered {
  const missing = new Set<string>();
  let text = '';
  for (const part of parts) {
    if (part.kind === 'text') text += part.text;
    else {
      const value = valueOfField(part.name);
      if (value !== null && value.trim() !== '') text += value;
      else if (part.fallback !== null) text += part.fallback;
      else missing.add(part.name);
    }
  }
  return missing.size > 0 ? { kind: 'missing', fields: [...missing] } : { kind: 'text', text };
}
