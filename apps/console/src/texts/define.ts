/**
 * Interface texts as data, in every language that the console speaks. A text is a sentence with `{places}`, or one for
 * each plural form of `{count}` (https://www.unicode.org/cldr/charts/latest/supplemental/language_plural_rules.html).
 * English says what there is: the compiler refuses another language that lacks a text or a place, and a test looks at all.
 */
export const languages = ['en', 'es'] as const;
export type Language = (typeof languages)[number];

/** Names of languages in themselves. */
export const languageNames: Readonly<Record<Language, string>> = { en: 'English', es: 'Español' };

export interface Plural {
  one: string;
  other: string;
}
export type Phrase = string | Plural;
export type Phrases = Readonly<Record<string, Phrase>>;

type PlacesIn<Text extends string> = Text extends `${string}{${infer Place}}${infer Rest}`
  ? Place | PlacesIn<Rest>
  : never;
/** Places of a phrase; every plural has `{count}`. */
export type PlacesOf<Of extends Phrase> = Of extends string
  ? PlacesIn<Of>
  : Of extends Plural
    ? 'count' | PlacesIn<Of['other']>
    : never;

type SamePlaces<Of extends Phrases> = {
  readonly [Key in keyof Of]: Of[Key] extends string ? string : Plural;
};

export interface Texts<Of extends Phrases = Phrases> {
  en: Of;
  es: SamePlaces<Of>;
}

/** Texts of a part of the console. Kept in files called `texts.ts`, which a test finds and checks. */
export const defineTexts = <const Of extends Phrases>(texts: Texts<Of>): Texts<Of> => texts;

/** What stands in the places; none where there are none. */
export type Places<Of extends Phrase> = [PlacesOf<Of>] extends [never]
  ? []
  : [places: Readonly<Record<PlacesOf<Of>, string | number>>];

const rules = new Map<Language, Intl.PluralRules>();

function pluralOf(language: Language, count: number): keyof Plural {
  const known = rules.get(language) ?? new Intl.PluralRules(language);
  rules.set(language, known);
  // Spanish has a third form for whole millions ("un millón de"), whose words are those of the second here.
  return known.select(count) === 'one' ? 'one' : 'other';
}

/**
 * A text with its places filled. Numbers are written as the language writes them. Throws for a place that nothing fills:
 * the compiler has seen to it for texts that it knows.
 */
export function fill(
  language: Language,
  phrase: Phrase,
  places: Readonly<Record<string, string | number>> = {},
): string {
  const text = typeof phrase === 'string' ? phrase : phrase[pluralOf(language, Number(places.count))];
  return text.replaceAll(/\{(\w+)\}/g, (_whole, name: string) => {
    const value = places[name];
    if (value === undefined) throw new Error(`nothing fills {${name}} of "${text}"`);
    return typeof value === 'number' ? value.toLocaleString(language) : value;
  });
}
