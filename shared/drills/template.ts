import type { Profile } from '#shared/contracts/profile.ts';
import type { Programme } from './programme.ts';
import { localizedText } from './prompt.ts';

/**
 * Texts with placeholders: "Hi {{name}}, ...". A value is put in as it is: placeholders inside of it are not
 * expanded, so nothing that a person wrote can pull out anything else.
 */

const PLACEHOLDER = /\{\{\s*([A-Za-z][A-Za-z0-9]*)\s*\}\}/gu;

/** A value longer than this is cut: an answer of a whole page must not push a text over the carrier's limit. */
const LONGEST_VALUE = 160;

/** Placeholders that always have a meaning. */
export const builtInPlaceholders = [
  'name',
  'company',
  'organisation',
  'programme',
  'contact',
  'correctAnswer',
  'language',
  'timezone',
] as const;

/** Names of the placeholders in a text, in order, with repetitions. */
export const placeholdersOf = (template: string): string[] =>
  [...template.matchAll(PLACEHOLDER)].flatMap((match) => match[1] ?? []);

/** Anything in double braces that is no placeholder, as an author may have mistyped it: "{{first name}}". */
export const malformedPlaceholders = (template: string): string[] =>
  template.replace(PLACEHOLDER, '').match(/\{\{[^{}]*\}?\}?|\{?\}\}/gu) ?? [];

/** What the placeholders of a message stand for. */
export interface TemplateContext {
  profile: Profile;
  programme: Pick<Programme, 'name' | 'company' | 'contact' | 'labels' | 'defaultLanguage'> | null;
  /** In the language of the person; null where a message has no question. */
  correctAnswer: string | null;
}

/** The value of a placeholder: built-in names first, then stored answers, the account, and the programme's labels. */
export function placeholderValue(name: string, context: TemplateContext): string | null {
  const { profile, programme } = context;
  switch (name) {
    case 'name':
      return profile.name?.trim().split(/\s+/u)[0] ?? null;
    case 'company':
      return own(profile.accountInfo, 'employerName') ?? programme?.company ?? null;
    case 'organisation':
      return programme?.company ?? null;
    case 'programme':
      return programme?.name ?? null;
    case 'contact':
      return programme?.contact ?? null;
    case 'correctAnswer':
      return context.correctAnswer;
    case 'language':
      return profile.language;
    case 'timezone':
      return profile.timezone;
    default: {
      const label = own(programme?.labels ?? {}, name);
      return (
        own(profile.answers, name) ??
        own(profile.accountInfo, name) ??
        (label
          ? localizedText(label, profile.language, programme?.defaultLanguage ?? profile.language)
          : null)
      );
    }
  }
}

const own = <T>(record: Readonly<Record<string, T>>, name: string): T | null =>
  Object.hasOwn(record, name) ? (record[name] ?? null) : null;

/** The text with its values. A value that is missing leaves no gap: "Hi {{name}}, welcome" becomes "Hi, welcome". */
export function render(template: string, context: TemplateContext): string {
  let rendered = '';
  let position = 0;
  let gap = false;
  const append = (literal: string): void => {
    rendered = gap ? closeGap(rendered, literal) : rendered + literal;
    gap = gap && literal === '';
  };
  for (const match of template.matchAll(PLACEHOLDER)) {
    append(template.slice(position, match.index));
    position = match.index + match[0].length;
    const value = cut((placeholderValue(match[1] ?? '', context) ?? '').trim());
    if (value === '') gap = true;
    else {
      rendered += value;
      gap = false;
    }
  }
  append(template.slice(position));
  return gap ? rendered.trimEnd() : rendered;
}

/** Joins what stands before and after a missing value, without a doubled space or a comma that lost its word. */
function closeGap(before: string, after: string): string {
  if (after === '') return before;
  if (before.endsWith('(') && after.startsWith(')')) return before.slice(0, -1).trimEnd() + after.slice(1);
  if (/^\s*[.,;:!?)]/u.test(after))
    return before.replace(/[\s,;:]+$/u, '') + startOf(before, after.trimStart());
  if (before === '' || /\s$/u.test(before)) return before + after.replace(/^[ \t]+/u, '');
  return before + after;
}

/** At the beginning of a text a lost word leaves no punctuation behind. */
const startOf = (before: string, after: string): string =>
  before.trim() === '' ? after.replace(/^[.,;:!?)\s]+/u, '') : after;

const cut = (value: string): string => [...value].slice(0, LONGEST_VALUE).join('');
