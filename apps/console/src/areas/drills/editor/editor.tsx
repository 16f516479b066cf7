import {
  ActionIcon,
  Button,
  Menu,
  Select,
  SimpleGrid,
  Skeleton,
  Stack,
  Text,
  TextInput,
  Title,
} from '@mantine/core';
import { IconArrowBackUp, IconDots, IconDownload, IconHistory, IconTrash } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router';
import { useEffect, useMemo, useState } from 'react';
import type { DrillDraft } from '#shared/api-client/api-types.ts';
import { storeAsOf } from '#shared/contacts/store-as.ts';
import { builtInPlaceholders } from '#shared/drills/template.ts';
import { codeOf } from '../../../api/problem.ts';
import { one, PAGE_ROWS } from '../../../api/queries.ts';
import { useChange } from '../../../api/use-change.ts';
import { Action } from '../../../parts/action.tsx';
import { FaultBox } from '../../../parts/fault-box.tsx';
import { languageName } from '../../../parts/languages.ts';
import { Page } from '../../../parts/page.tsx';
import { tellDone } from '../../../parts/tell.ts';
import { useLanguage, useTexts } from '../../../texts/language.tsx';
import { downloadFile } from '../download.ts';
import { anchorOf, type Editing, EditingContext, goTo, useEditing } from './editing.ts';
import classes from './editor.module.css';
import { Examples } from './examples.tsx';
import { findingsOf } from './findings.ts';
import { FindingsHere } from './findings-list.tsx';
import { keepHere } from './kept-here.ts';
import { NoDraft } from './no-draft.tsx';
import { Outline } from './outline.tsx';
import { PromptCard } from './prompt-card.tsx';
import { Publish } from './publish.tsx';
import { Keeping, SaveState } from './save-state.tsx';
import { nobodyYet, type Person, Simulator } from './simulator.tsx';
import { editorTexts } from './texts.ts';
import { type Editor, useEditor } from './use-editor.ts';
import { languagesIn } from './working.ts';

const route = getRouteApi('/drills/drill/$slug/edit');

/** A drill is written here, and tried at the same time. */
export function DrillEditor() {
  const { slug } = route.useParams();
  const { data, error, refetch } = useQuery(one('/v1/drill-drafts/{slug}', { path: { slug } }));
  if (data === undefined && codeOf(error) === 'not_found') return <NoDraft slug={slug} />;
  if (data === undefined && error) return <FaultBox error={error} again={() => void refetch()} />;
  if (data === undefined) {
    return (
      <Stack gap="md" aria-busy>
        <Skeleton height={28} width={280} />
        <Skeleton height={480} />
      </Stack>
    );
  }
  return <Writing key={slug} first={data} />;
}

function Writing({ first }: { first: DrillDraft }) {
  const { language, publish } = route.useSearch();
  const editor = useEditor(first);
  const editing = useEditingOf(editor, language ?? null);
  const navigate = route.useNavigate();
  const [person, become] = useState<Person>(nobodyYet);
  const { slug, working } = editor;
  const setPublish = (shown: boolean): void =>
    void navigate({
      search: (before) => ({ ...before, publish: shown ? 'true' : undefined }),
      resetScroll: false,
    });
  // An address may lead to a place in the drill, which is there only now.
  useEffect(() => {
    const anchor = location.hash.slice(1);
    if (anchor !== '') goTo(anchor);
  }, []);
  return (
    <EditingContext value={editing}>
      <Page
        title={working.name || slug}
        state={<SaveState editor={editor} />}
        action={<Actions editor={editor} publish={() => setPublish(true)} />}
      >
        <Stack gap="md">
          <Keeping editor={editor} />
          <div className={classes.whole}>
            <Outline />
            <div className={classes.cards}>
              <AboutDrill />
              {working.prompts.map((prompt, at) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: a prompt is its place in the drill
                <PromptCard key={at} at={at} prompt={prompt} />
              ))}
              <Examples
                play={({ callMe, language = working.defaultLanguage, turns }) => {
                  become({ language, name: callMe ?? '', steps: turns.map(({ says }) => says) });
                  goTo('phone');
                }}
              />
            </div>
            <div className={classes.phoneColumn}>
              <Simulator person={person} become={become} />
            </div>
          </div>
        </Stack>
      </Page>
      {publish === 'true' && <Publish close={() => setPublish(false)} />}
    </EditingContext>
  );
}

/** What the parts of the editor work with: what was found, and what texts and answers are held against. */
function useEditingOf(editor: Editor, first: string | null): Editing {
  const { isSaved, kept, slug, working } = editor;
  const [chosen, speak] = useState(first);
  const [added, setAdded] = useState<readonly string[]>([]);
  const check = useQuery(one('/v1/drill-drafts/{slug}/check', { path: { slug } })).data;
  const programmes = useQuery(one('/v1/programmes', { query: { limit: PAGE_ROWS, archived: 'false' } })).data
    ?.items;
  const contactFields = useQuery(one('/v1/contact-fields', {})).data?.items;
  const languages = useMemo(() => languagesIn(working, added), [added, working]);
  const findings = useMemo(
    () => (check === undefined ? [] : findingsOf(check, kept.places)),
    [check, kept.places],
  );
  const words = useMemo(
    () => (programmes ?? []).flatMap((programme) => Object.values(programme.words).flat()),
    [programmes],
  );
  const programme = programmes?.find(({ drills }) => drills.includes(slug)) ?? null;
  const fields = useMemo(
    () => [
      ...new Set([
        ...builtInPlaceholders,
        ...working.prompts.flatMap(({ storeAs }) => (storeAs ? [storeAs] : [])),
        ...Object.keys(programme?.labels ?? {}),
        ...(contactFields ?? []).map(({ name }) => storeAsOf(name)),
      ]),
    ],
    [contactFields, programme, working.prompts],
  );
  const language = chosen !== null && languages.includes(chosen) ? chosen : working.defaultLanguage;
  return {
    ...{ editor, language, languages, findings, words, programme, fields },
    isChecked: isSaved && check !== undefined,
    speak: (spoken) => {
      if (!languages.includes(spoken)) setAdded((before) => [...before, spoken]);
      speak(spoken);
    },
  };
}

function Actions({ editor, publish }: { editor: Editor; publish: () => void }) {
  const say = useTexts(editorTexts);
  const navigate = useNavigate();
  const { base, mayEdit, mayUndo, slug, undo, working } = editor;
  const discard = useChange('delete', '/v1/drill-drafts/{slug}', {
    touches: ['/v1/drill-drafts'],
    onDone: () => {
      keepHere(slug, null);
      void tellDone(say('gaveUp'));
      void navigate(
        base.publishedVersion === null ? { to: '/drills' } : { to: '/drills/drill/$slug', params: { slug } },
      );
    },
  });
  return (
    <>
      {discard.error && <FaultBox error={discard.error} />}
      {mayEdit && (
        <Button
          variant="default"
          disabled={!mayUndo}
          leftSection={<IconArrowBackUp size={16} aria-hidden />}
          onClick={undo}
        >
          {say('undo')}
        </Button>
      )}
      <Button variant="default" className={classes.toPhone} onClick={() => goTo('phone')}>
        {say('tryIt')}
      </Button>
      <Action needs="operator" does={publish}>
        {say('publish')}
      </Action>
      <Menu position="bottom-end" width={240}>
        <Menu.Target>
          <ActionIcon aria-label={say('more', { name: working.name })} size="lg">
            <IconDots size={16} aria-hidden />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item
            leftSection={<IconDownload size={16} aria-hidden />}
            onClick={() => void downloadFile(`/v1/drill-drafts/${slug}/file`, `${slug}.yaml`)}
          >
            {say('exportFile')}
          </Menu.Item>
          {base.publishedVersion !== null && (
            <Menu.Item
              leftSection={<IconHistory size={16} aria-hidden />}
              renderRoot={(parts) => <Link to="/drills/drill/$slug/versions" params={{ slug }} {...parts} />}
            >
              {say('versions')}
            </Menu.Item>
          )}
          <Menu.Item
            color="red"
            disabled={!mayEdit}
            leftSection={<IconTrash size={16} aria-hidden />}
            onClick={() => discard.mutate({ path: { slug }, seen: base })}
          >
            {say('giveUp')}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
    </>
  );
}

function AboutDrill() {
  const say = useTexts(editorTexts);
  const reader = useLanguage();
  const { editor, findings, languages, programme } = useEditing();
  const { defaultLanguage, name } = editor.working;
  return (
    <section id={anchorOf(null)} tabIndex={-1} className={classes.card} aria-label={say('aboutDrill')}>
      <Stack gap="sm">
        <Title order={2} className={classes.cardTitle}>
          {say('aboutDrill')}
        </Title>
        <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="sm">
          <TextInput
            label={say('name')}
            description={say('nameHint')}
            required
            maxLength={200}
            readOnly={!editor.mayEdit}
            value={name}
            onChange={({ currentTarget: { value } }) =>
              editor.change((working) => ({ ...working, name: value }))
            }
          />
          <Select
            label={say('defaultLanguage')}
            description={say('defaultLanguageHint')}
            allowDeselect={false}
            readOnly={!editor.mayEdit}
            data={languages.map((value) => ({ value, label: languageName(value, reader) }))}
            value={defaultLanguage}
            onChange={(value) =>
              value !== null && editor.change((working) => ({ ...working, defaultLanguage: value }))
            }
          />
        </SimpleGrid>
        <Text size="xs" c="dimmed">
          {say('givenBy')} {programme?.name ?? say('givenByNone')}
        </Text>
        <FindingsHere found={findings.filter(({ example, prompt }) => prompt === null && example === null)} />
      </Stack>
    </section>
  );
}
