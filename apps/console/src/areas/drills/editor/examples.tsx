import { ActionIcon, Button, Checkbox, Group, Select, Stack, Text, TextInput, Title } from '@mantine/core';
import { IconPencil, IconPlayerPlay, IconTrash } from '@tabler/icons-react';
import { useState } from 'react';
import { languageName } from '../../../parts/languages.ts';
import { TonedText } from '../../../parts/toned-text.tsx';
import { useLanguage, useTexts } from '../../../texts/language.tsx';
import { answerOutcome } from '../../../words/drills.ts';
import { useWord } from '../../../words/use-word.ts';
import { useEditing, useExamplesChange } from './editing.ts';
import classes from './editor.module.css';
import { FindingsHere } from './findings-list.tsx';
import { editorTexts } from './texts.ts';
import type { Example } from './working.ts';

const EXPECTED = ['right', 'wrong', 'abandoned', 'noted', 'other', 'nothing'] as const;

/** Conversations that are expected to go a certain way, and whether they do. */
export function Examples({ play }: { play: (example: Example) => void }) {
  const say = useTexts(editorTexts);
  const { editor } = useEditing();
  const { examples } = editor.working;
  return (
    <section id="examples" tabIndex={-1} className={classes.card} aria-label={say('examples')}>
      <Stack gap="sm">
        <div>
          <Title order={2} className={classes.cardTitle}>
            {say('examples')}
          </Title>
          <Text size="sm" c="dimmed">
            {say(examples.length === 0 ? 'noExamples' : 'examplesHint')}
          </Text>
        </div>
        {examples.length > 0 && (
          <ul className={classes.examples}>
            {examples.map((example, at) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: an example is its place in the list
              <OneExample key={at} {...{ at, example }} play={() => play(example)} />
            ))}
          </ul>
        )}
      </Stack>
    </section>
  );
}

function OneExample({ at, example, play }: { at: number; example: Example; play: () => void }) {
  const say = useTexts(editorTexts);
  const reader = useLanguage();
  const { editor, findings, isChecked } = useEditing();
  const change = useExamplesChange();
  const [isOpen, setOpen] = useState(false);
  const { completes, language = editor.working.defaultLanguage, name, turns } = example;
  const found = findings.filter((each) => each.example === at);
  const set = (changed: Partial<Example>): void =>
    change((all) => all.map((each, index) => (index === at ? { ...each, ...changed } : each)));
  const remove = (): void => change((all) => all.toSpliced(at, 1));
  return (
    <li className={classes.example}>
      <Group justify="space-between" gap="xs" wrap="wrap">
        <div className={classes.exampleName}>
          <Text fw={500}>{name}</Text>
          <Text size="xs" c="dimmed" component="div">
            {languageName(language, reader)} · {say('textCount', { count: turns.length })} ·{' '}
            {isChecked ? (
              <TonedText tone={found.length === 0 ? 'good' : 'held'}>
                {say(found.length === 0 ? 'goesAsExpected' : 'goesAnotherWay')}
              </TonedText>
            ) : (
              say('notChecked')
            )}
          </Text>
        </div>
        <Group gap={2}>
          <Button
            size="compact-xs"
            variant="subtle"
            leftSection={<IconPlayerPlay size={12} aria-hidden />}
            onClick={play}
          >
            {say('play')}
          </Button>
          {editor.mayEdit && (
            <>
              <ActionIcon
                aria-label={say('editExample', { name })}
                aria-expanded={isOpen}
                onClick={() => setOpen(!isOpen)}
              >
                <IconPencil size={16} aria-hidden />
              </ActionIcon>
              <ActionIcon aria-label={say('removeExample', { name })} onClick={remove}>
                <IconTrash size={16} aria-hidden />
              </ActionIcon>
            </>
          )}
        </Group>
      </Group>
      <FindingsHere found={found} />
      {isOpen && (
        <Stack gap="xs" mt="xs">
          <TextInput
            label={say('exampleName')}
            maxLength={200}
            value={name}
            onChange={({ currentTarget: { value } }) => value !== '' && set({ name: value })}
          />
          <Turns turns={turns} set={(changed) => set({ turns: changed })} />
          <Checkbox
            label={say('completes')}
            checked={completes}
            onChange={(event) => set({ completes: event.currentTarget.checked })}
          />
        </Stack>
      )}
    </li>
  );
}

function Turns({ set, turns }: { turns: Example['turns']; set: (turns: Example['turns']) => void }) {
  const say = useTexts(editorTexts);
  const word = useWord(answerOutcome);
  const change = (at: number, changed: Partial<Example['turns'][number]>): void =>
    set(turns.map((turn, index) => (index === at ? { ...turn, ...changed } : turn)));
  return turns.map(({ expect, hears, says }, at) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: a text is its place in the conversation
    <div key={at} className={classes.turn}>
      <TextInput
        aria-label={say('says', { number: at + 1 })}
        maxLength={1_600}
        value={says}
        onChange={({ currentTarget: { value } }) => change(at, { says: value })}
      />
      <Select
        aria-label={say('expect', { number: at + 1 })}
        allowDeselect={false}
        data={EXPECTED.map((value) => ({ value, label: word(value).says }))}
        value={expect}
        onChange={(value) => value !== null && change(at, { expect: value })}
      />
      <TextInput
        aria-label={say('hears', { number: at + 1 })}
        placeholder={say('hearsPlaceholder')}
        value={hears.join('; ')}
        onChange={({ currentTarget: { value } }) =>
          change(at, { hears: value === '' ? [] : value.split('; ') })
        }
      />
    </div>
  ));
}
