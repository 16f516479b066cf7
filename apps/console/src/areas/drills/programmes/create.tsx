import { Button, Group, Stack, TextInput } from '@mantine/core';
import { Link, useNavigate } from '@tanstack/react-router';
import { type FormEvent, useState } from 'react';
import { useChange } from '../../../api/use-change.ts';
import { Action } from '../../../parts/action.tsx';
import { FaultBox } from '../../../parts/fault-box.tsx';
import { Page } from '../../../parts/page.tsx';
import { zoneHere } from '../../../parts/time.ts';
import { useTexts } from '../../../texts/language.tsx';
import { slugOf } from '../list/slug.ts';
import { type Filled, isComplete, ProgrammeFields } from './form.tsx';
import { programmeTexts } from './texts.ts';

const empty = (): Filled => ({
  ...{ slug: '', name: '', company: '', contact: '', drills: [], registration: 'code' },
  ...{ senderNumbers: [], defaultLanguage: 'en', timezone: zoneHere(), intent: 'transactional' },
  delivery: null,
  reminders: { afterHours: 4, untilHours: 24 },
  words: { menu: ['menu', 'menú'], support: ['support', 'soporte', 'suporte'], dashboard: [], demo: [] },
  ...{ requests: {}, texts: {}, labels: {} },
});

export function CreateProgramme() {
  const say = useTexts(programmeTexts);
  const navigate = useNavigate();
  const [filled, setFilled] = useState(empty);
  const [ownSlug, setOwnSlug] = useState<string | null>(null);
  const [code, setCode] = useState('');
  const create = useChange('post', '/v1/programmes', { touches: ['/v1/programmes', '/v1/drills'] });
  const slug = ownSlug ?? slugOf(filled.name);
  const isWhole = isComplete(filled) && slug !== '' && (filled.registration !== 'code' || code.trim() !== '');
  const send = (): void => {
    if (!isWhole) return;
    create.mutate(
      { body: { ...filled, slug, codes: code.trim() === '' ? [] : [{ code: code.trim() }] } },
      { onSuccess: () => void navigate({ to: '/drills/programmes/$slug', params: { slug } }) },
    );
  };
  return (
    <Page title={say('createTitle')} state={say('createState')} wide={false}>
      <form
        onSubmit={(event: FormEvent) => {
          event.preventDefault();
          send();
        }}
      >
        <Stack gap="md">
          <ProgrammeFields
            mayEdit
            filled={filled}
            fill={(change) => setFilled((before) => ({ ...before, ...change }))}
            slug={
              <TextInput
                label={say('slug')}
                description={say('slugHint')}
                required
                maxLength={100}
                value={slug}
                onChange={(event) => setOwnSlug(event.currentTarget.value)}
              />
            }
            code={
              <TextInput
                label={say('firstCode')}
                description={say('firstCodeHint')}
                required={filled.registration === 'code'}
                maxLength={100}
                value={code}
                onChange={(event) => setCode(event.currentTarget.value)}
              />
            }
          />
          {create.error && <FaultBox error={create.error} />}
          <Group gap="xs">
            <Action
              needs="admin"
              loading={create.isPending}
              whyNot={isWhole ? undefined : say('incomplete')}
              does={send}
            >
              {say('create')}
            </Action>
            <Button component={Link} to="/drills/programmes" variant="default">
              {say('cancel')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Page>
  );
}
