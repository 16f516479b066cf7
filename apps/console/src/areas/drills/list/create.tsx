import { Button, Group, Radio, Select, Stack, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { type FormEvent, useState } from 'react';
import type { NewDrillDraft } from '#shared/api-client/api-types.ts';
import { ask } from '../../../api/client.ts';
import { one } from '../../../api/queries.ts';
import { useChange } from '../../../api/use-change.ts';
import { Action } from '../../../parts/action.tsx';
import { FaultBox } from '../../../parts/fault-box.tsx';
import { languageName, MESSAGE_LANGUAGES } from '../../../parts/languages.ts';
import { Page } from '../../../parts/page.tsx';
import { useLanguage, useTexts } from '../../../texts/language.tsx';
import { slugOf } from './slug.ts';
import { listTexts } from './texts.ts';

const SLUG = /^[a-z0-9]+(?:-[a-z0-9]+)*$/;

/** A new drill: what it is called, and what it begins with. */
export function CreateDrill() {
  const say = useTexts(listTexts);
  const reader = useLanguage();
  const navigate = useNavigate();
  const [name, setName] = useState('');
  const [ownSlug, setOwnSlug] = useState<string | null>(null);
  const [language, setLanguage] = useState<string>('en');
  const [copied, setCopied] = useState<string | null>(null);
  const [isCopy, setCopy] = useState(false);
  const [failed, setFailed] = useState<unknown>(null);
  const drills = useQuery(one('/v1/drills', {})).data?.items ?? [];
  const create = useChange('post', '/v1/drill-drafts', { touches: ['/v1/drill-drafts'] });
  const slug = ownSlug ?? slugOf(name);
  const whyNot =
    name.trim() === ''
      ? say('nameFirst')
      : !SLUG.test(slug)
        ? say('slugFirst')
        : isCopy && copied === null
          ? say('copyFirst')
          : undefined;
  const send = async (): Promise<void> => {
    if (whyNot !== undefined) return;
    setFailed(null);
    try {
      const content = isCopy && copied !== null ? await contentOf(copied) : emptyDrill(language);
      create.mutate(
        { body: { ...content, slug, name: name.trim() } },
        { onSuccess: () => void navigate({ to: '/drills/drill/$slug/edit', params: { slug } }) },
      );
    } catch (error) {
      setFailed(error);
    }
  };
  return (
    <Page title={say('createTitle')} state={say('createState')} wide={false}>
      <form
        onSubmit={(event: FormEvent) => {
          event.preventDefault();
          void send();
        }}
      >
        <Stack gap="md" maw={480}>
          <TextInput
            label={say('createName')}
            description={say('createNameHint')}
            data-autofocus
            required
            maxLength={200}
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
          />
          <TextInput
            label={say('createSlug')}
            description={say('createSlugHint')}
            required
            maxLength={100}
            value={slug}
            onChange={(event) => setOwnSlug(event.currentTarget.value)}
          />
          <Radio.Group
            label={say('startWith')}
            value={isCopy ? 'copy' : 'empty'}
            onChange={(value) => setCopy(value === 'copy')}
          >
            <Stack gap="xs" mt={6}>
              <Radio size="xs" value="empty" label={say('startEmpty')} />
              <Radio size="xs" value="copy" label={say('startCopy')} disabled={drills.length === 0} />
            </Stack>
          </Radio.Group>
          {isCopy ? (
            <Select
              aria-label={say('startCopy')}
              searchable
              data={drills.map((each) => ({ value: each.slug, label: each.name }))}
              value={copied}
              onChange={setCopied}
            />
          ) : (
            <Select
              label={say('createLanguage')}
              description={say('createLanguageHint')}
              allowDeselect={false}
              data={MESSAGE_LANGUAGES.map((value) => ({ value, label: languageName(value, reader) }))}
              value={language}
              onChange={(value) => value !== null && setLanguage(value)}
            />
          )}
          {(create.error ?? failed) !== null && (
            <FaultBox error={create.error ?? failed} again={() => void send()} />
          )}
          <Group gap="xs">
            <Action needs="operator" loading={create.isPending} whyNot={whyNot} does={() => void send()}>
              {say('createDo')}
            </Action>
            <Button component={Link} to="/drills" variant="default">
              {say('cancel')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Page>
  );
}

type Content = Omit<NewDrillDraft, 'slug' | 'name'>;

const GOODBYE = 'firstGoodbye';

/** A goodbye, before which the author writes the first question: the API keeps no drill that says nothing. */
const emptyDrill = (language: string): Content => ({
  defaultLanguage: language,
  prompts: [
    {
      slug: 'goodbye',
      messages: [{ text: { [language]: listTexts[language === 'es' ? 'es' : 'en'][GOODBYE] } }],
    },
  ],
});

/** What another drill is at the moment, as it is published. */
async function contentOf(slug: string): Promise<Content> {
  const { version } = await ask('get', '/v1/drills/{slug}', { path: { slug } });
  const { drill, examples } = await ask('get', '/v1/drills/{slug}/versions/{version}', {
    path: { slug, version },
  });
  const { defaultLanguage, prompts } = drill;
  return { defaultLanguage, prompts, examples };
}
