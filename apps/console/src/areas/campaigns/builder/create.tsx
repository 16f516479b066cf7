import { Button, Group, Stack, TextInput } from '@mantine/core';
import { Link, useNavigate } from '@tanstack/react-router';
import { type FormEvent, useState } from 'react';
import type { Campaign } from '#shared/api-client/api-types.ts';
import { useChange } from '../../../api/use-change.ts';
import { Action } from '../../../parts/action.tsx';
import { FaultBox } from '../../../parts/fault-box.tsx';
import { Page } from '../../../parts/page.tsx';
import { zoneHere } from '../../../parts/time.ts';
import { useTexts } from '../../../texts/language.tsx';
import { IntentChoice, TypeChoice } from './basics-choices.tsx';
import { newDefinition } from './sections.ts';
import { builderTexts } from './texts.ts';

/** A new campaign begins with what cannot be changed later: what kind it is. */
export function CreateCampaign() {
  const say = useTexts(builderTexts);
  const navigate = useNavigate();
  const [name, setName] = useState('');
  const [type, setType] = useState<Campaign['type']>('sms');
  const [intent, setIntent] = useState<Campaign['intent']>('transactional');
  const create = useChange('post', '/v1/campaigns', { touches: ['/v1/campaigns'] });
  const send = (): void => {
    if (name.trim() === '') return;
    create.mutate(
      { body: { name: name.trim(), type, intent, endAt: null, definition: newDefinition(zoneHere()) } },
      {
        onSuccess: ({ id }) =>
          void navigate({ to: '/campaigns/$id/edit', params: { id }, search: { section: 'audience' } }),
      },
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
          <TextInput
            label={say('name')}
            description={say('nameHint')}
            data-autofocus
            required
            maxLength={200}
            maw={480}
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
          />
          <TypeChoice value={type} choose={setType} />
          <IntentChoice value={intent} choose={setIntent} />
          {create.error && <FaultBox error={create.error} again={send} />}
          <Group gap="xs">
            <Action
              needs="operator"
              loading={create.isPending}
              whyNot={name.trim() === '' ? say('nameFirst') : undefined}
              does={send}
            >
              {say('create')}
            </Action>
            <Button component={Link} to="/campaigns" variant="default">
              {say('cancel')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Page>
  );
}
