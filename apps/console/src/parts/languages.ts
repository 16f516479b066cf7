/** Languages in which messages are often written; others are given through the API. */
export const MESSAGE_LANGUAGES = ['en', 'es', 'zh', 'vi', 'tl', 'ko', 'ar', 'fr', 'ht', 'pt', 'ru'] as const;

/** A language as the reader calls it. */
export function languageName(code: string, reader: string): string {
  try {
    return new Intl.DisplayNames(reader, { type: 'language' }).of(code) ?? code;
  } catch {
    // What is no code of a language stands for itself.
    return code;
  }
}
