import { Tabs } from '@mantine/core';
import { languageName } from '../../../parts/languages.ts';
import { useLanguage, useTexts } from '../../../texts/language.tsx';
import { builderTexts } from './texts.ts';

/** The languages that something is written in, by their names; the one that is shown. */
export function LanguageTabs({
  choose,
  languages,
  shown,
}: {
  languages: readonly string[];
  shown: string;
  choose: (language: string) => void;
}) {
  const say = useTexts(builderTexts);
  const language = useLanguage();
  return (
    <Tabs value={shown} onChange={(value) => choose(value ?? shown)}>
      <Tabs.List aria-label={say('languages')}>
        {languages.map((each) => (
          <Tabs.Tab key={each} value={each}>
            {languageName(each, language)}
          </Tabs.Tab>
        ))}
      </Tabs.List>
    </Tabs>
  );
}
