/** Languages that calls are held in, as language and region (BCP 47): what texts exist in, and every carrier can say. */
export const callLanguages = ['en-US', 'es-US'] as const;
export type CallLanguage = (typeof callLanguages)[number];

/** Which of a carrier's voices speaks. */
export const callVoices = ['female', 'male'] as const;
export type CallVoice = (typeof callVoices)[number];

/** The language that a person is called in; null: none of ours is theirs. `language`: of the person, as in contacts ("es", "es-MX"). */
export function callLanguageFor(language: string): CallLanguage | null {
  const [code] = language.toLowerCase().split(/[-_]/);
  return callLanguages.find((each) => each.split('-')[0] === code) ?? null;
}
