import { createContext, type ReactNode, useContext, useEffect, useMemo, useState } from 'react';
import { fill, type Language, languages, type Phrases, type Places, type Texts } from './define.ts';

const KEPT_AS = 'carillon.language';

function firstLanguage(): Language {
  let kept: string | null = null;
  try {
    kept = localStorage.getItem(KEPT_AS);
  } catch {
    // A browser that keeps nothing speaks as it is set.
  }
  const wanted = [kept, ...navigator.languages.map((tag) => tag.slice(0, 2))];
  return wanted.flatMap((tag) => languages.filter((language) => language === tag))[0] ?? 'en';
}

const LanguageContext = createContext<{ language: Language; choose(language: Language): void }>({
  language: 'en',
  choose: () => undefined,
});

export function LanguageProvider({ children }: { children: ReactNode }) {
  const [language, setLanguage] = useState<Language>(firstLanguage);
  useEffect(() => {
    document.documentElement.lang = language;
  }, [language]);
  const value = useMemo(
    () => ({
      language,
      choose: (chosen: Language) => {
        try {
          localStorage.setItem(KEPT_AS, chosen);
        } catch {
          // Holds until the page is left.
        }
        setLanguage(chosen);
      },
    }),
    [language],
  );
  return <LanguageContext value={value}>{children}</LanguageContext>;
}

/** The language of the interface, also for dates and numbers. */
export const useLanguage = (): Language => useContext(LanguageContext).language;

export const useChooseLanguage = (): ((language: Language) => void) => useContext(LanguageContext).choose;

/** Says a text of its part by name, with what stands in its places. */
export type Say<Of extends Phrases> = <Key extends keyof Of & string>(
  key: Key,
  ...places: Places<Of[Key]>
) => string;

/** Texts of a part in the language of the interface: `const say = useTexts(texts); say('title')`. */
export function useTexts<Of extends Phrases>(texts: Texts<Of>): Say<Of> {
  const language = useLanguage();
  return useMemo(() => {
    const spoken: Phrases = texts[language];
    return (key, ...places) => fill(language, spoken[key] ?? texts.en[key] ?? '', places[0]);
  }, [texts, language]);
}
