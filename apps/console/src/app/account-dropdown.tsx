import { Menu, Text, useMantineColorScheme } from '@mantine/core';
import { IconBook2, IconKeyboard, IconLogout } from '@tabler/icons-react';
import { useQueryClient } from '@tanstack/react-query';
import { keepKey } from '../api/key.ts';
import { languageNames, languages } from '../texts/define.ts';
import { useChooseLanguage, useLanguage, useTexts } from '../texts/language.tsx';
import { AccountButton, useMyName } from './account-menu.tsx';
import { useMe } from './me.ts';
import { shellTexts } from './texts.ts';

const schemes = [
  ['light', 'light'],
  ['dark', 'dark'],
  ['auto', 'asSystem'],
] as const;

/** See `AccountMenu`: open when it first comes. */
export function AccountDropdown({ isNarrow, showHelp }: { isNarrow: boolean; showHelp: () => void }) {
  const say = useTexts(shellTexts);
  const me = useMe();
  const cache = useQueryClient();
  const language = useLanguage();
  const choose = useChooseLanguage();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const name = useMyName();
  return (
    <Menu position="right-end" width={240} defaultOpened>
      <Menu.Target>
        <AccountButton isNarrow={isNarrow} />
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>
          {say('signedInAs')}
          <Text size="sm" c="var(--c-text)">
            {name}
          </Text>
          {say(`role_${me.role}`)}
        </Menu.Label>
        <Menu.Divider />
        <Menu.Label>{say('language')}</Menu.Label>
        <Menu.RadioGroup
          value={language}
          onChange={(value) => choose(languages.find((each) => each === value) ?? 'en')}
        >
          {languages.map((each) => (
            <Menu.RadioItem key={each} value={each} lang={each}>
              {languageNames[each]}
            </Menu.RadioItem>
          ))}
        </Menu.RadioGroup>
        <Menu.Label>{say('colours')}</Menu.Label>
        <Menu.RadioGroup
          value={colorScheme}
          onChange={(value) => setColorScheme(schemes.find(([each]) => each === value)?.[0] ?? 'auto')}
        >
          {schemes.map(([scheme, label]) => (
            <Menu.RadioItem key={scheme} value={scheme}>
              {say(label)}
            </Menu.RadioItem>
          ))}
        </Menu.RadioGroup>
        <Menu.Divider />
        <Menu.Item leftSection={<IconKeyboard size={16} aria-hidden />} onClick={showHelp}>
          {say('keyboard')}
        </Menu.Item>
        <Menu.Item
          component="a"
          href="/v1/docs"
          target="_blank"
          leftSection={<IconBook2 size={16} aria-hidden />}
        >
          {say('reference')}
        </Menu.Item>
        {me.kind === 'key' && (
          <Menu.Item
            leftSection={<IconLogout size={16} aria-hidden />}
            onClick={() => {
              keepKey(null);
              void cache.resetQueries();
            }}
          >
            {say('signOut')}
          </Menu.Item>
        )}
      </Menu.Dropdown>
    </Menu>
  );
}
