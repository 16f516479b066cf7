import { ActionIcon, Button, Group, Menu, Stack, Text, Textarea, TextInput } from '@mantine/core';
import { IconPhotoPlus, IconPlus, IconTrash } from '@tabler/icons-react';
import { useRef } from 'react';
import { sampleBody } from '#shared/content/lengths.ts';
import { languageName } from '../../../parts/languages.ts';
import { inPlainLetters } from '../../../parts/phone/characters.ts';
import { SegmentCounter } from '../../../parts/phone/segment-counter.tsx';
import { useLanguage, useTexts } from '../../../texts/language.tsx';
import { useEditing, usePromptChange } from './editing.ts';
import { about } from './findings.ts';
import { FindingsHere } from './findings-list.tsx';
import { editorTexts } from './texts.ts';
import { type Message, type Prompt, withText } from './working.ts';

/** What a prompt says, message by message, in the language that is shown. */
export function MessageFields({ at, prompt }: { at: number; prompt: Prompt }) {
  const { language } = useEditing();
  const change = usePromptChange(at);
  const setMessages = (how: (messages: Message[]) => Message[]): void =>
    change((before) => ({ ...before, messages: how(before.messages) }));
  return (
    <Stack gap="sm">
      {prompt.messages.map((message, n) => (
        <OneMessage
          // biome-ignore lint/suspicious/noArrayIndexKey: a message is its place in the prompt
          key={n}
          {...{ at, message, n, prompt }}
          set={(how) => setMessages((all) => all.map((each, index) => (index === n ? how(each) : each)))}
          add={
            n === prompt.messages.length - 1
              ? () => setMessages((all) => [...all, { text: { [language]: '' } }])
              : undefined
          }
          remove={prompt.messages.length > 1 ? () => setMessages((all) => all.toSpliced(n, 1)) : undefined}
        />
      ))}
    </Stack>
  );
}

function OneMessage({
  add,
  at,
  message,
  n,
  prompt,
  remove,
  set,
}: {
  at: number;
  message: Message;
  n: number;
  prompt: Prompt;
  set: (how: (message: Message) => Message) => void;
  /** Another one behind it. */
  add: (() => void) | undefined;
  remove: (() => void) | undefined;
}) {
  const say = useTexts(editorTexts);
  const reader = useLanguage();
  const { editor, fields, findings, language, programme } = useEditing();
  const { defaultLanguage } = editor.working;
  const area = useRef<HTMLTextAreaElement>(null);
  const text = message.text?.[language] ?? '';
  const fallback = message.text?.[defaultLanguage] ?? '';
  const called = languageName(language, reader);
  const write = (written: string): void =>
    set((before) => ({ ...before, text: withText(before.text, language, written) }));
  const insert = (name: string): void => {
    const [from, to] = [
      area.current?.selectionStart ?? text.length,
      area.current?.selectionEnd ?? text.length,
    ];
    const field = `{{${name}}}`;
    write(`${text.slice(0, from)}${field}${text.slice(to)}`);
    requestAnimationFrame(() => {
      area.current?.focus();
      area.current?.setSelectionRange(from + field.length, from + field.length);
    });
  };
  const found = about(findings, at, `messages.${n}.text`, language);
  const isLacking = text.trim() === '' && language !== defaultLanguage && fallback.trim() !== '';
  return (
    <Stack gap={4}>
      {(message.text !== undefined || message.mediaUrl === undefined) && (
        <>
          <Textarea
            ref={area}
            label={
              prompt.messages.length > 1
                ? say('messageAt', { number: n + 1, language: called })
                : say('messageIn', { language: called })
            }
            autosize
            minRows={2}
            maxRows={14}
            maxLength={4_000}
            lang={language}
            readOnly={!editor.mayEdit}
            error={found.some(({ tone }) => tone === 'bad')}
            value={text}
            onChange={(event) => write(event.currentTarget.value)}
          />
          <FindingsHere found={found} />
          {isLacking ? (
            <Group gap="xs">
              <Text size="xs" c="var(--c-held-text)">
                {say('fallsBack', { language: languageName(defaultLanguage, reader) })}
              </Text>
              {editor.mayEdit && (
                <Button size="compact-xs" variant="default" onClick={() => write(fallback)}>
                  {say('copyFrom', { language: languageName(defaultLanguage, reader) })}
                </Button>
              )}
            </Group>
          ) : (
            <SegmentCounter
              text={sampleBody({ [language]: text }, prompt, language, defaultLanguage, programme)}
              replace={() => write(inPlainLetters(text) ?? text)}
            />
          )}
        </>
      )}
      {message.mediaUrl !== undefined && (
        <Group gap={4} align="flex-end" wrap="nowrap">
          <TextInput
            label={say('media')}
            placeholder={say('mediaHint')}
            flex={1}
            type="url"
            readOnly={!editor.mayEdit}
            value={message.mediaUrl}
            onChange={({ currentTarget: { value } }) => set((before) => ({ ...before, mediaUrl: value }))}
          />
          {editor.mayEdit && (
            <ActionIcon
              size="lg"
              aria-label={say('removeMedia', { number: n + 1 })}
              onClick={() =>
                set(({ mediaUrl: _, ...rest }) => (rest.text === undefined ? { text: {} } : rest))
              }
            >
              <IconTrash size={16} aria-hidden />
            </ActionIcon>
          )}
        </Group>
      )}
      {editor.mayEdit && (
        <Group gap={4}>
          <Menu position="bottom-start">
            <Menu.Target>
              <Button size="compact-xs" variant="subtle" leftSection={<IconPlus size={12} aria-hidden />}>
                {say('insertField')}
              </Button>
            </Menu.Target>
            <Menu.Dropdown mah={320} style={{ overflowY: 'auto' }}>
              {fields.map((name) => (
                <Menu.Item key={name} onClick={() => insert(name)}>
                  {`{{${name}}}`}
                </Menu.Item>
              ))}
            </Menu.Dropdown>
          </Menu>
          {message.mediaUrl === undefined && (
            <Button
              size="compact-xs"
              variant="subtle"
              leftSection={<IconPhotoPlus size={12} aria-hidden />}
              onClick={() => set((before) => ({ ...before, mediaUrl: '' }))}
            >
              {say('addPicture')}
            </Button>
          )}
          {add && (
            <Button
              size="compact-xs"
              variant="subtle"
              leftSection={<IconPlus size={12} aria-hidden />}
              onClick={add}
            >
              {say('addMessage')}
            </Button>
          )}
          {remove && (
            <Button
              size="compact-xs"
              variant="subtle"
              color="gray"
              leftSection={<IconTrash size={12} aria-hidden />}
              onClick={remove}
            >
              {say('removeMessage', { number: n + 1 })}
            </Button>
          )}
        </Group>
      )}
    </Stack>
  );
}
