import { Button, Group, Radio, Stack, Text, TextInput } from '@mantine/core';
import { useState } from 'react';
import { languageName } from '../../../parts/languages.ts';
import { Status } from '../../../parts/status.tsx';
import { useLanguage, useTexts } from '../../../texts/language.tsx';
import { answerOutcome } from '../../../words/drills.ts';
import { useEditing, usePromptChange } from './editing.ts';
import classes from './editor.module.css';
import { about } from './findings.ts';
import { FindingsHere } from './findings-list.tsx';
import { TextList } from './text-list.tsx';
import { editorTexts } from './texts.ts';
import { isNeedless, verdictOf } from './verdict.ts';
import { type Prompt, withText } from './working.ts';

/** What is right, with a verdict on everything that is typed, in the language that is shown. */
export function AnswerFields({ at, prompt }: { at: number; prompt: Prompt }) {
  const say = useTexts(editorTexts);
  const reader = useLanguage();
  const { editor, findings, language, words } = useEditing();
  const change = usePromptChange(at);
  const { defaultLanguage } = editor.working;
  const called = languageName(language, reader);
  const asked = { language, defaultLanguage, words };
  const right = prompt.correctResponse?.[language] ?? '';
  const accepts = prompt.accepts?.[language] ?? [];
  const setRight = (text: string): void =>
    change((before) => ({ ...before, correctResponse: withText(before.correctResponse, language, text) }));
  const reserved = (text: string) =>
    verdictOf(text, prompt, asked) === 'reserved' ? ({ tone: 'bad', says: say('reserved') } as const) : null;
  return (
    <Stack gap="sm">
      {prompt.options === undefined ? (
        <div>
          <TextInput
            label={say('rightAnswer')}
            description={say('rightAnswerHint')}
            lang={language}
            maxLength={400}
            readOnly={!editor.mayEdit}
            error={right.trim() !== '' && reserved(right)?.says}
            placeholder={prompt.correctResponse?.[defaultLanguage]}
            value={right}
            onChange={(event) => setRight(event.currentTarget.value)}
          />
          {editor.mayEdit && (
            <Button
              size="compact-xs"
              variant="subtle"
              mt={4}
              onClick={() => change((before) => ({ ...before, options: { [language]: [right, ''] } }))}
            >
              {say('addChoices')}
            </Button>
          )}
        </div>
      ) : (
        <Choices at={at} prompt={prompt} note={reserved} />
      )}
      <FindingsHere found={about(findings, at, 'correctResponse', language)} />
      <div>
        <Text size="sm" fw={500}>
          {say('alsoRight')}
        </Text>
        <Text size="xs" c="dimmed" mb={6}>
          {say('alsoRightHint')}
        </Text>
        <TextList
          texts={accepts}
          set={(texts) =>
            change((before) => ({ ...before, accepts: withText(before.accepts, language, texts) }))
          }
          labelOf={(number) => say('alsoRightAt', { number, language: called })}
          removeLabel={(number) => say('removeAnswer', { number })}
          add={say('addAnswer')}
          lang={language}
          mayEdit={editor.mayEdit}
          note={(text, place) =>
            reserved(text) ??
            (isNeedless(text, place, prompt, asked) ? { tone: 'quiet', says: say('needless') } : null)
          }
        />
        <FindingsHere found={about(findings, at, 'accepts', language)} />
      </div>
      <TryAnswer prompt={prompt} />
    </Stack>
  );
}

/** The choices of a question: one is right. */
function Choices({
  at,
  note,
  prompt,
}: {
  at: number;
  prompt: Prompt;
  note: (text: string) => { tone: 'bad' | 'quiet'; says: string } | null;
}) {
  const say = useTexts(editorTexts);
  const reader = useLanguage();
  const { editor, findings, language } = useEditing();
  const change = usePromptChange(at);
  const called = languageName(language, reader);
  const options = prompt.options?.[language] ?? [];
  const right = prompt.correctResponse?.[language] ?? '';
  const chosen = right.trim() === '' ? -1 : options.indexOf(right);
  return (
    <div>
      <Group justify="space-between" align="baseline">
        <Text size="sm" fw={500}>
          {say('choices')}
        </Text>
        {editor.mayEdit && (
          <Button
            size="compact-xs"
            variant="subtle"
            color="gray"
            onClick={() => change(({ options: _, ...rest }) => rest)}
          >
            {say('removeChoices')}
          </Button>
        )}
      </Group>
      <Text size="xs" c="dimmed" mb={6}>
        {say('choicesHint')}
      </Text>
      <TextList
        texts={options}
        set={(texts, changed) =>
          change((before) => ({
            ...before,
            options: withText(before.options, language, texts),
            // The right one stays so while it is being written.
            ...(changed?.at === chosen
              ? { correctResponse: withText(before.correctResponse, language, changed.to) }
              : {}),
          }))
        }
        labelOf={(number) => say('choiceAt', { number, language: called })}
        removeLabel={(number) => say('removeChoice', { number })}
        add={say('addChoice')}
        lang={language}
        mayEdit={editor.mayEdit}
        before={(place) => (
          <Radio
            size="xs"
            color="teal"
            name={`right-${at}-${language}`}
            aria-label={say('choiceIsRight', { number: place + 1 })}
            checked={place === chosen}
            disabled={!editor.mayEdit || (options[place] ?? '').trim() === ''}
            onChange={() =>
              change((before) => ({
                ...before,
                correctResponse: withText(before.correctResponse, language, options[place] ?? ''),
              }))
            }
          />
        )}
        note={note}
      />
      <FindingsHere found={about(findings, at, 'options', language)} />
    </div>
  );
}

/** What somebody might write, and what it would be taken for. Nothing of it is kept. */
function TryAnswer({ prompt }: { prompt: Prompt }) {
  const say = useTexts(editorTexts);
  const { editor, language, words } = useEditing();
  const [text, setText] = useState('');
  const { defaultLanguage } = editor.working;
  const verdict = text.trim() === '' ? null : verdictOf(text, prompt, { language, defaultLanguage, words });
  return (
    <Group gap="xs" align="flex-end" wrap="nowrap" className={classes.tryAnswer}>
      <TextInput
        label={say('tryAnswer')}
        placeholder={say('tryPlaceholder')}
        flex={1}
        lang={language}
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
      />
      <div className={classes.verdict} aria-live="polite">
        {verdict && <Status words={answerOutcome} of={verdict === 'reserved' ? 'other' : verdict} />}
      </div>
    </Group>
  );
}
