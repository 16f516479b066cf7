import { ActionIcon, Button, Group, Menu, Select, Stack, Text, TextInput, Tooltip } from '@mantine/core';
import { IconArrowBackUp, IconPlayerTrackNext, IconRefresh, IconSend2 } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { type FormEvent, useEffect, useMemo, useRef, useState } from 'react';
import type { DrillPlay } from '#shared/api-client/api-types.ts';
import { one, PAGE_ROWS } from '../../../api/queries.ts';
import { Dialog } from '../../../parts/dialog.tsx';
import { FaultBox } from '../../../parts/fault-box.tsx';
import { languageName } from '../../../parts/languages.ts';
import { type Bubble, PhonePreview } from '../../../parts/phone/phone-preview.tsx';
import { Status } from '../../../parts/status.tsx';
import { tellDone } from '../../../parts/tell.ts';
import { useLanguage, useTexts } from '../../../texts/language.tsx';
import { answerOutcome } from '../../../words/drills.ts';
import { exampleOf, freeName } from './as-example.ts';
import { useEditing, useExamplesChange } from './editing.ts';
import classes from './editor.module.css';
import { editorTexts } from './texts.ts';
import { type Played, type Step, usePlay } from './use-play.ts';

const SKIPS_HOURS = [1, 4, 24, 72] as const;

/** Who plays, and what they did so far. An example that is played sets all of it. */
export interface Person {
  language: string | null;
  name: string;
  steps: readonly Step[];
}
export const nobodyYet: Person = { language: null, name: '', steps: [] };

/** A phone that answers as people's phones would get it, by the draft as it is at this moment. */
export function Simulator({ person, become }: { person: Person; become: (person: Person) => void }) {
  const say = useTexts(editorTexts);
  const reader = useLanguage();
  const { editor, language: shown, languages } = useEditing();
  const [programme, setProgramme] = useState<string | null>(null);
  const [isNaming, setNaming] = useState(false);
  const programmes = useQuery(one('/v1/programmes', { query: { limit: PAGE_ROWS, archived: 'false' } })).data;
  const language = person.language ?? shown;
  const played: Played = {
    draft: editor.kept.draft,
    programme,
    language,
    name: person.name,
    steps: person.steps,
  };
  const { data: play, error, refetch } = usePlay(played);
  const bubbles = useBubbles(play);
  const box = useRef<HTMLDivElement>(null);
  const count = bubbles.length;
  useEffect(() => {
    const thread = box.current?.querySelector('ol');
    if (count > 0) thread?.scrollTo({ top: thread.scrollHeight });
  }, [count]);
  const add = (step: Step): void => become({ ...person, language, steps: [...person.steps, step] });
  const segments = play?.turns
    .flatMap(({ messages }) => messages)
    .reduce((sum, each) => sum + each.segments, 0);
  return (
    <Stack gap="xs" ref={box} id="phone" tabIndex={-1} className={classes.simulator}>
      <Group gap="xs" grow wrap="nowrap" align="flex-end">
        <Select
          label={say('personLanguage')}
          allowDeselect={false}
          data={languages.map((value) => ({ value, label: languageName(value, reader) }))}
          value={language}
          onChange={(value) => become({ ...person, language: value })}
        />
        <TextInput
          label={say('personName')}
          placeholder={say('personNamePlaceholder')}
          maxLength={200}
          value={person.name}
          onChange={({ currentTarget: { value } }) => become({ ...person, name: value })}
        />
      </Group>
      {(programmes?.items.length ?? 0) > 0 && (
        <Select
          label={say('withProgramme')}
          placeholder={say('firstProgramme')}
          clearable
          data={programmes?.items.map(({ name, slug }) => ({ value: slug, label: name })) ?? []}
          value={programme}
          onChange={setProgramme}
        />
      )}
      {editor.kept.draft === null ? (
        <Text size="sm" c="dimmed">
          {say('cannotPlay')}
        </Text>
      ) : error && play === undefined ? (
        <FaultBox error={error} again={() => void refetch()} />
      ) : (
        <PhonePreview sender={say('simulatorSender')} bubbles={bubbles}>
          <Writing send={add} />
        </PhonePreview>
      )}
      <Group gap={4} justify="space-between" wrap="nowrap" w={300} maw="100%">
        <Group gap={2} wrap="nowrap">
          <Tooltip label={say('restart')}>
            <ActionIcon
              size="lg"
              aria-label={say('restart')}
              disabled={person.steps.length === 0}
              onClick={() => become({ ...person, steps: [] })}
            >
              <IconRefresh size={16} aria-hidden />
            </ActionIcon>
          </Tooltip>
          <Tooltip label={say('takeBack')}>
            <ActionIcon
              size="lg"
              aria-label={say('takeBack')}
              disabled={person.steps.length === 0}
              onClick={() => become({ ...person, steps: person.steps.slice(0, -1) })}
            >
              <IconArrowBackUp size={16} aria-hidden />
            </ActionIcon>
          </Tooltip>
          <Menu position="top-start">
            <Menu.Target>
              <Button
                variant="subtle"
                color="gray"
                leftSection={<IconPlayerTrackNext size={16} aria-hidden />}
              >
                {say('skipTime')}
              </Button>
            </Menu.Target>
            <Menu.Dropdown>
              {SKIPS_HOURS.map((count) => (
                <Menu.Item key={count} onClick={() => add({ waitHours: count })}>
                  {say('skipHours', { count })}
                </Menu.Item>
              ))}
            </Menu.Dropdown>
          </Menu>
        </Group>
      </Group>
      <Text size="xs" c="dimmed" role="status">
        {play === undefined
          ? ' '
          : [
              play.prompt === null ? say('waitsForNothing') : say('waitsFor', { slug: play.prompt }),
              say('segmentCount', { count: segments ?? 0 }),
            ].join(' · ')}
      </Text>
      {editor.mayEdit && (
        <Tooltip
          label={say('saveExampleHint')}
          disabled={person.steps.some((step) => typeof step === 'string')}
        >
          <Button
            variant="default"
            data-disabled={!person.steps.some((step) => typeof step === 'string') || undefined}
            aria-disabled={!person.steps.some((step) => typeof step === 'string') || undefined}
            onClick={() => {
              if (person.steps.some((step) => typeof step === 'string')) setNaming(true);
            }}
          >
            {say('saveExample')}
          </Button>
        </Tooltip>
      )}
      {isNaming && play && (
        <NameExample play={play} language={language} person={person.name} close={() => setNaming(false)} />
      )}
    </Stack>
  );
}

/** What was said on both sides, with what each text was taken for. */
function useBubbles(play: DrillPlay | undefined): Bubble[] {
  const say = useTexts(editorTexts);
  return useMemo(
    () =>
      (play?.turns ?? []).flatMap(({ completed, messages, outcome, said, waitedHours }, turn): Bubble[] => [
        ...(said === null
          ? []
          : [
              {
                id: `${turn} said`,
                from: 'them' as const,
                body: said,
                note: <Status words={answerOutcome} of={outcome} plain />,
              },
            ]),
        ...messages.map(
          ({ body, mediaUrl, segments }, n): Bubble => ({
            id: `${turn} ${n}`,
            from: 'us',
            body,
            media: mediaUrl === null ? [] : [mediaUrl],
            note: [
              waitedHours !== null && n === 0 ? say('waited', { count: waitedHours }) : null,
              say('segmentCount', { count: segments }),
              completed && n === messages.length - 1 ? say('completed') : null,
            ]
              .filter((part) => part !== null)
              .join(' · '),
          }),
        ),
      ]),
    [play, say],
  );
}

function Writing({ send }: { send: (text: string) => void }) {
  const say = useTexts(editorTexts);
  const [text, setText] = useState('');
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (text.trim() === '') return;
    send(text);
    setText('');
  };
  return (
    <form onSubmit={submit}>
      <Group gap={4} wrap="nowrap">
        <TextInput
          aria-label={say('yourText')}
          placeholder={say('yourText')}
          flex={1}
          maxLength={1_600}
          autoComplete="off"
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
        />
        <ActionIcon type="submit" size="lg" variant="filled" color="teal" aria-label={say('send')}>
          <IconSend2 size={16} aria-hidden />
        </ActionIcon>
      </Group>
    </form>
  );
}

function NameExample({
  close,
  language,
  person,
  play,
}: {
  play: DrillPlay;
  language: string;
  person: string;
  close: () => void;
}) {
  const say = useTexts(editorTexts);
  const { editor } = useEditing();
  const change = useExamplesChange();
  const [name, setName] = useState('');
  const save = (event: FormEvent): void => {
    event.preventDefault();
    if (name.trim() === '') return;
    const free = freeName(editor.working.examples, name.trim());
    change((examples) => [...examples, exampleOf(play, { name: free, language, person })]);
    void tellDone(say('exampleSaved', { name: free }));
    close();
  };
  return (
    <Dialog close={close} title={say('saveExampleTitle')}>
      <form onSubmit={save}>
        <Stack gap="sm">
          <TextInput
            data-autofocus
            required
            label={say('exampleName')}
            maxLength={190}
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
          />
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={close}>
              {say('cancel')}
            </Button>
            <Button type="submit">{say('save')}</Button>
          </Group>
        </Stack>
      </form>
    </Dialog>
  );
}
