import { ActionIcon, Button, Group, Stack, Text, TextInput } from '@mantine/core';
import { IconPlus, IconX } from '@tabler/icons-react';
import type { ReactNode } from 'react';

/** Short texts under each other, to be added, changed and taken away; each with what there is to say about it. */
export function TextList({
  add,
  before,
  labelOf,
  lang,
  least = 0,
  mayEdit,
  note,
  removeLabel,
  set,
  texts,
}: {
  texts: readonly string[];
  set: (texts: string[], changed: { at: number; to: string } | null) => void;
  labelOf: (number: number) => string;
  removeLabel: (number: number) => string;
  /** On the button that adds one. */
  add: string;
  lang: string;
  /** So many stay. */
  least?: number;
  mayEdit: boolean;
  /** In front of each. */
  before?: (at: number) => ReactNode;
  /** Under each; null: nothing. */
  note: (text: string, at: number) => { tone: 'bad' | 'quiet'; says: string } | null;
}) {
  return (
    <Stack gap={6}>
      {texts.map((text, at) => {
        const said = text.trim() === '' ? null : note(text, at);
        return (
          // biome-ignore lint/suspicious/noArrayIndexKey: a text is its place in the list
          <div key={at}>
            <Group gap={6} wrap="nowrap">
              {before?.(at)}
              <TextInput
                aria-label={labelOf(at + 1)}
                flex={1}
                lang={lang}
                maxLength={400}
                readOnly={!mayEdit}
                error={said?.tone === 'bad'}
                value={text}
                onChange={({ currentTarget: { value } }) => set(texts.with(at, value), { at, to: value })}
              />
              {mayEdit && texts.length > least && (
                <ActionIcon
                  aria-label={removeLabel(at + 1)}
                  onClick={() => set(texts.toSpliced(at, 1), null)}
                >
                  <IconX size={14} aria-hidden />
                </ActionIcon>
              )}
            </Group>
            {said && (
              <Text size="xs" c={said.tone === 'bad' ? 'var(--c-bad-text)' : 'dimmed'} pl={before ? 26 : 0}>
                {said.says}
              </Text>
            )}
          </div>
        );
      })}
      {mayEdit && (
        <Button
          size="compact-xs"
          variant="subtle"
          w="fit-content"
          leftSection={<IconPlus size={12} aria-hidden />}
          onClick={() => set([...texts, ''], null)}
        >
          {add}
        </Button>
      )}
    </Stack>
  );
}
