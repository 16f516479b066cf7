import { ownTextNames, type Programme } from '#shared/drills/programme.ts';
import { localizedText } from '#shared/drills/prompt.ts';
import { en } from './en.ts';
import { es } from './es.ts';
import { fr } from './fr.ts';
import { pt } from './pt.ts';
import type { BuiltInTexts, TextName } from './text-names.ts';

/** Built-in texts by language. Another language is another file of this folder and its name here. */
export const builtInTexts: Readonly<Record<string, BuiltInTexts>> = { en, es, fr, pt };

type OwnTextName = (typeof ownTextNames)[number];

const isOwn = (name: string): name is OwnTextName => ownTextNames.some((own) => own === name);

/**
 * The text of that name, not yet rendered: the programme's own wording in the person's language, else the built-in one in
 * it, else the same in the programme's default language, else English. Null: a text that only a programme can
 * have (dashboard, demo), and this one has not.
 */
export function textFor(
  name: TextName | OwnTextName,
  language: string,
  programme: Pick<Programme, 'texts' | 'defaultLanguage'> | null,
): string | null {
  const fallback = programme?.defaultLanguage ?? 'en';
  const own = isOwn(name) ? programme?.texts[name] : undefined;
  if (own) return localizedText(own, language, fallback);
  const texts = [language, fallback].map((code) =>
    Object.hasOwn(builtInTexts, code) ? builtInTexts[code] : null,
  );
  const found = texts.find((candidate) => candidate !== null && candidate !== undefined) ?? en;
  return isBuiltIn(name) ? found[name] : null;
}

/** Whether a message of ours asked for words in place of a picture, in whatever language. */
export const asksForWords = (text: string): boolean =>
  Object.values(builtInTexts).some(({ wordsOnly }) => wordsOnly === text);

const isBuiltIn = (name: string): name is TextName => Object.hasOwn(en, name);
