import { Button, Group, Menu, Stack, Text, Textarea } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { useRef, useState } from 'react';
import type { Contact } from '#shared/api-client/api-types.ts';
import { useFields } from '../../../parts/contact-filter/use-fields.ts';
import { languageName, MESSAGE_LANGUAGES } from '../../../parts/languages.ts';
import { inPlainLetters } from '../../../parts/phone/characters.ts';
import { SegmentCounter } from '../../../parts/phone/segment-counter.tsx';
import { useLanguage, useTexts } from '../../../texts/language.tsx';
import { LanguageTabs } from './language-tabs.tsx';
import { MarkedText } from './marked-text.tsx';
import { insertable, ownValues, sampleText } from './sample-text.ts';
import { builderTexts } from './texts.ts';
import { useDraft } from './use-draft.ts';

/** Texts by language. */
export type Bodies = Readonly<Record<string, string>>;

/** The language whose text is shown, and how to show another. */
export function useSpoken(bodies: Bodies, defaultLanguage: string): [string, (language: string) => void] {
  const [spoken, setSpoken] = useState(defaultLanguage);
  const languages = Object.keys(bodies);
  return [languages.includes(spoken) ? spoken : (languages[0] ?? defaultLanguage), setSpoken];
}

/** A text in each language, with fields to put in, and what makes it longer than it need be. */
export function TextFields({
  bodies,
  changeAll,
  sample,
  setSpoken,
  shown,
}: {
  bodies: Bodies;
  changeAll: (bodies: Record<string, string>) => void;
  /** As whom it is counted. */
  sample: Contact | undefined;
  shown: string;
  setSpoken: (language: string) => void;
}) {
  const say = useTexts(builderTexts);
  const language = useLanguage();
  const languages = Object.keys(bodies);
  const body = bodies[shown] ?? '';
  const { campaign } = useDraft();
  const text = sampleText(body, sample, ownValues(campaign));
  const write = (written: string): void => changeAll({ ...bodies, [shown]: written });
  return (
    <>
      <Group gap="xs" align="flex-end" wrap="wrap">
        <LanguageTabs languages={languages} shown={shown} choose={setSpoken} />
        <Menu>
          <Menu.Target>
            <Button variant="subtle" color="gray" leftSection={<IconPlus size={14} aria-hidden />}>
              {say('addLanguage')}
            </Button>
          </Menu.Target>
          <Menu.Dropdown>
            {MESSAGE_LANGUAGES.filter((each) => !languages.includes(each)).map((each) => (
              <Menu.Item
                key={each}
                onClick={() => {
                  changeAll({ ...bodies, [each]: '' });
                  setSpoken(each);
                }}
              >
                {languageName(each, language)}
              </Menu.Item>
            ))}
          </Menu.Dropdown>
        </Menu>
      </Group>
      <Writing body={body} write={write} label={say('textIn', { language: languageName(shown, language) })} />
      <SegmentCounter text={text} replace={() => write(plainly(body))} />
      <MarkedText text={text} />
      <Text size="xs" c="dimmed">
        {say('linksHint')}
      </Text>
    </>
  );
}

/** Only what stands in the text itself is replaced: values are their own. */
const plainly = (body: string): string => inPlainLetters(body) ?? body;

function Writing({ body, label, write }: { body: string; label: string; write: (body: string) => void }) {
  const say = useTexts(builderTexts);
  const fields = useFields();
  const { campaign } = useDraft();
  const area = useRef<HTMLTextAreaElement>(null);
  const insert = (name: string): void => {
    const place = area.current;
    const [from, to] = [place?.selectionStart ?? body.length, place?.selectionEnd ?? body.length];
    const field = `{{${name}}}`;
    write(`${body.slice(0, from)}${field}${body.slice(to)}`);
    requestAnimationFrame(() => {
      place?.focus();
      place?.setSelectionRange(from + field.length, from + field.length);
    });
  };
  return (
    <Stack gap={4}>
      <Textarea
        ref={area}
        label={label}
        autosize
        minRows={5}
        maxRows={16}
        maxLength={4_000}
        value={body}
        onChange={(event) => write(event.currentTarget.value)}
      />
      <Menu position="bottom-start">
        <Menu.Target>
          <Button variant="subtle" w="fit-content" leftSection={<IconPlus size={14} aria-hidden />}>
            {say('insertField')}
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          {insertable.map((name) => (
            <Menu.Item key={name} onClick={() => insert(name === 'first_name' ? 'first_name|' : name)}>
              {name.replaceAll('_', ' ')}
            </Menu.Item>
          ))}
          {Object.keys(ownValues(campaign)).map((name) => (
            <Menu.Item key={`own ${name}`} onClick={() => insert(name)}>
              {name.replaceAll('_', ' ')}
            </Menu.Item>
          ))}
          {fields.map(({ label: called, name }) => (
            <Menu.Item key={name} onClick={() => insert(name)}>
              {called || name}
            </Menu.Item>
          ))}
        </Menu.Dropdown>
      </Menu>
    </Stack>
  );
}
