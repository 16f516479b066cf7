import { Button, Group, Menu, Tabs } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { languageName, MESSAGE_LANGUAGES } from '../../../parts/languages.ts';
import { useLanguage, useTexts } from '../../../texts/language.tsx';
import { useEditing } from './editing.ts';
import { Marks } from './marks.tsx';
import { editorTexts } from './texts.ts';
import { missingIn, type Prompt } from './working.ts';

/** The languages of a prompt, each with what is missing or wrong in it. The one that is chosen is shown in all prompts. */
export function LanguageTabs({ at, prompt }: { at: number; prompt: Prompt }) {
  const say = useTexts(editorTexts);
  const reader = useLanguage();
  const { editor, findings, language, languages, speak } = useEditing();
  const { defaultLanguage } = editor.working;
  const others = MESSAGE_LANGUAGES.filter((each) => !languages.includes(each));
  return (
    <Group gap="xs" align="flex-end" wrap="wrap">
      <Tabs value={language} onChange={(value) => value !== null && speak(value)} keepMounted={false}>
        <Tabs.List aria-label={say('languages', { number: at + 1 })}>
          {languages.map((each) => {
            const missing = missingIn(prompt, each, defaultLanguage);
            const faults = findings.filter(
              (found) => found.prompt === at && found.language === each && found.tone === 'bad',
            ).length;
            return (
              <Tabs.Tab key={each} value={each}>
                {languageName(each, reader)}
                <Marks faults={faults} missing={missing} />
              </Tabs.Tab>
            );
          })}
        </Tabs.List>
      </Tabs>
      {editor.mayEdit && others.length > 0 && (
        <Menu>
          <Menu.Target>
            <Button
              size="compact-xs"
              variant="subtle"
              color="gray"
              leftSection={<IconPlus size={12} aria-hidden />}
            >
              {say('addLanguage')}
            </Button>
          </Menu.Target>
          <Menu.Dropdown>
            {others.map((each) => (
              <Menu.Item key={each} onClick={() => speak(each)}>
                {languageName(each, reader)}
              </Menu.Item>
            ))}
          </Menu.Dropdown>
        </Menu>
      )}
    </Group>
  );
}
