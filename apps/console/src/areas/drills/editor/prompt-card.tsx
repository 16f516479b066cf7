import {
  ActionIcon,
  Autocomplete,
  Group,
  NumberInput,
  SegmentedControl,
  SimpleGrid,
  Stack,
  Text,
  TextInput,
  Title,
} from '@mantine/core';
import { IconArrowDown, IconArrowUp, IconTrash } from '@tabler/icons-react';
import { languageName } from '../../../parts/languages.ts';
import { tellDone } from '../../../parts/tell.ts';
import { useLanguage, useTexts } from '../../../texts/language.tsx';
import { AnswerFields } from './answer-fields.tsx';
import { anchorOf, useEditing, usePromptChange } from './editing.ts';
import classes from './editor.module.css';
import type { Finding } from './findings.ts';
import { FindingsHere } from './findings-list.tsx';
import { LanguageTabs } from './language-tabs.tsx';
import { MessageFields } from './message-fields.tsx';
import { editorTexts } from './texts.ts';
import { asKind, kindOf, moved, type Prompt, type PromptKind } from './working.ts';

/** Fields of which the product itself knows what they are for. */
const KNOWN_FIELDS = ['name', 'language', 'timezone', 'deliveryTime'];

/** One prompt: what it says, what it waits for, and what the check found in it. */
export function PromptCard({ at, prompt }: { at: number; prompt: Prompt }) {
  const say = useTexts(editorTexts);
  const { editor, findings, language } = useEditing();
  const change = usePromptChange(at);
  const { prompts } = editor.working;
  const isLast = at === prompts.length - 1;
  const kind = kindOf(prompt, isLast);
  const number = at + 1;
  const kinds: PromptKind[] = isLast ? ['graded', 'open', 'closing'] : ['graded', 'open'];
  const move = (to: number): void =>
    editor.change((working) => ({ ...working, prompts: moved(working.prompts, at, to) }));
  return (
    <section
      id={anchorOf(at)}
      tabIndex={-1}
      className={classes.card}
      aria-label={say('promptAt', { number, slug: prompt.slug })}
    >
      <Stack gap="sm">
        <Group justify="space-between" wrap="wrap" gap="xs">
          <Title order={2} className={classes.cardTitle}>
            {say('promptAt', { number, slug: prompt.slug })}
          </Title>
          {editor.mayEdit && (
            <Group gap={2}>
              <ActionIcon
                aria-label={say('moveUp', { number })}
                disabled={at === 0}
                onClick={() => move(at - 1)}
              >
                <IconArrowUp size={16} aria-hidden />
              </ActionIcon>
              <ActionIcon
                aria-label={say('moveDown', { number })}
                disabled={isLast}
                onClick={() => move(at + 1)}
              >
                <IconArrowDown size={16} aria-hidden />
              </ActionIcon>
              <ActionIcon
                aria-label={say('removePrompt', { number })}
                disabled={prompts.length === 1}
                onClick={() => {
                  editor.change((working) => ({ ...working, prompts: working.prompts.toSpliced(at, 1) }));
                  void tellDone(say('removedPrompt', { number }));
                }}
              >
                <IconTrash size={16} aria-hidden />
              </ActionIcon>
            </Group>
          )}
        </Group>
        <LanguageTabs at={at} prompt={prompt} />
        <MessageFields at={at} prompt={prompt} />
        <Elsewhere
          found={findings.filter(
            (each) => each.prompt === at && each.language !== null && each.language !== language,
          )}
        />
        <FindingsHere found={findings.filter((each) => isOfAll(each, at))} />
        <div>
          <Text size="sm" fw={500} mb={4} id={`${anchorOf(at)}-kind`}>
            {say('kind')}
          </Text>
          <SegmentedControl
            aria-labelledby={`${anchorOf(at)}-kind`}
            readOnly={!editor.mayEdit}
            data={kinds.map((value) => ({ value, label: say(`kind_${value}`) }))}
            value={kind}
            onChange={(value) => change((before) => asKind(before, value as PromptKind, isLast))}
          />
        </div>
        {kind === 'graded' && <AnswerFields at={at} prompt={prompt} />}
        <Details {...{ at, kind, prompt }} />
      </Stack>
    </section>
  );
}

/** About the prompt as a whole. That a text lacks a language, the tabs say. */
const isOfAll = ({ field, language, prompt, tone }: Finding, at: number): boolean =>
  prompt === at &&
  language === null &&
  (tone === 'bad' || !/text$|correctResponse|options|accepts/.test(field));

/** What was found in languages that are not shown: each leads there. */
function Elsewhere({ found }: { found: readonly Finding[] }) {
  const say = useTexts(editorTexts);
  const reader = useLanguage();
  const { speak } = useEditing();
  if (found.length === 0) return null;
  return (
    <ul className={classes.findings}>
      {found.map(({ language, message, tone }) => (
        <li key={`${language} ${message}`} data-tone={tone}>
          <button
            type="button"
            className={classes.textButton}
            onClick={() => language !== null && speak(language)}
          >
            {say('inOtherLanguage', { language: languageName(language ?? '', reader), message })}
          </button>
        </li>
      ))}
    </ul>
  );
}

function Details({ at, kind, prompt }: { at: number; kind: PromptKind; prompt: Prompt }) {
  const say = useTexts(editorTexts);
  const { editor, fields } = useEditing();
  const change = usePromptChange(at);
  return (
    <SimpleGrid
      cols={{ base: 1, sm: kind === 'closing' ? 1 : 2, lg: kind === 'graded' ? 3 : 2 }}
      spacing="sm"
    >
      <TextInput
        label={say('slug')}
        maxLength={100}
        readOnly={!editor.mayEdit}
        value={prompt.slug}
        onChange={({ currentTarget: { value } }) => change((before) => ({ ...before, slug: value }))}
      />
      {kind === 'graded' && (
        <NumberInput
          label={say('tries')}
          description={say('triesHint')}
          inputWrapperOrder={['label', 'input', 'description', 'error']}
          min={1}
          max={10}
          allowDecimal={false}
          readOnly={!editor.mayEdit}
          value={prompt.maxFailures + 1}
          onChange={(tries) =>
            change((before) => ({ ...before, maxFailures: Math.max(0, Number(tries) - 1 || 0) }))
          }
        />
      )}
      {kind !== 'closing' && (
        <Autocomplete
          label={say('storeAs')}
          description={say('storeAsHint', { field: `{{${prompt.storeAs || 'washingPlace'}}}` })}
          inputWrapperOrder={['label', 'input', 'description', 'error']}
          size="xs"
          data={[...new Set([...KNOWN_FIELDS, ...fields.filter((name) => name !== 'correctAnswer')])]}
          readOnly={!editor.mayEdit}
          value={prompt.storeAs ?? ''}
          onChange={(value) =>
            change(({ storeAs: _, ...rest }) => (value === '' ? rest : { ...rest, storeAs: value }))
          }
        />
      )}
    </SimpleGrid>
  );
}
