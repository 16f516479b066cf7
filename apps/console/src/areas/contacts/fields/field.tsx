import { Button, Code, Group, Skeleton, Stack, TagsInput, Text, TextInput } from '@mantine/core';
import { IconTrash } from '@tabler/icons-react';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import type { ContactField } from '#shared/api-client/api-types.ts';
import { one } from '../../../api/queries.ts';
import { refresh } from '../../../api/touch.ts';
import { useChange } from '../../../api/use-change.ts';
import { Action } from '../../../parts/action.tsx';
import { Facts } from '../../../parts/facts.tsx';
import { FaultBox } from '../../../parts/fault-box.tsx';
import { SideDrawer } from '../../../parts/side-drawer.tsx';
import { Status } from '../../../parts/status.tsx';
import { tellDone } from '../../../parts/tell.ts';
import { Time } from '../../../parts/time.tsx';
import { useTexts } from '../../../texts/language.tsx';
import { fieldType } from '../../../words/people.ts';
import { FormDrawer } from '../form-drawer.tsx';
import { contactTexts } from '../texts.ts';
import { placeholderOf } from './placeholder.ts';
import { fieldTexts } from './texts.ts';

const route = getRouteApi('/contacts/fields/$name');

/** A field: what it is called, and choices that it gets more of. */
export function FieldDrawer() {
  const say = useTexts(fieldTexts);
  const { name } = route.useParams();
  const navigate = useNavigate();
  const close = (): void => void navigate({ to: '/contacts/fields' });
  const { data, error, refetch } = useQuery(one('/v1/contact-fields/{name}', { path: { name } }));
  if (data !== undefined) return <Shown field={data} close={close} />;
  return (
    <SideDrawer title={say('field')} close={close}>
      {error ? <FaultBox error={error} again={() => void refetch()} /> : <Skeleton height={240} aria-busy />}
    </SideDrawer>
  );
}

function Shown({ close, field }: { field: ContactField; close: () => void }) {
  const say = useTexts(fieldTexts);
  const common = useTexts(contactTexts);
  const cache = useQueryClient();
  const [label, setLabel] = useState(field.label);
  const [more, setMore] = useState<string[]>([]);
  const [isDeleting, setDeleting] = useState(false);
  const path = { name: field.name };
  const touches = ['/v1/contact-fields', '/v1/contacts'];
  const save = useChange('patch', '/v1/contact-fields/{name}', {
    touches,
    onDone: () => {
      setMore([]);
      void tellDone(common('saved'));
    },
  });
  const remove = useChange('delete', '/v1/contact-fields/{name}', {
    touches,
    onDone: () => {
      void tellDone(say('deleted', { name: field.label }));
      close();
    },
  });
  const isChanged = label.trim() !== field.label || more.length > 0;
  const readAgain = (): void => {
    save.reset();
    const { queryKey } = one('/v1/contact-fields/{name}', { path });
    void refresh(cache, { queryKey, exact: true });
  };
  return (
    <FormDrawer
      title={field.label}
      state={<Status words={fieldType} of={field.type} plain />}
      close={close}
      doing={common('save')}
      isBusy={save.isPending}
      whyNot={isChanged && label.trim() !== '' ? undefined : say('nothingChanged')}
      does={() =>
        save.mutate({
          path,
          body: {
            label: label.trim(),
            ...(more.length === 0 ? {} : { choices: [...field.choices, ...more] }),
          },
          seen: field,
        })
      }
      aside={
        <Action
          needs="admin"
          variant="default"
          leftSection={<IconTrash size={16} aria-hidden />}
          does={() => setDeleting(true)}
        >
          {say('delete')}
        </Action>
      }
    >
      {isDeleting && (
        <Stack gap="xs">
          <Text size="sm">{say('deleteWhat')}</Text>
          <Group gap="xs">
            <Button
              color="red"
              loading={remove.isPending}
              onClick={() => remove.mutate({ path, seen: field })}
            >
              {say('deleteDo')}
            </Button>
            <Button variant="default" onClick={() => setDeleting(false)}>
              {common('cancel')}
            </Button>
          </Group>
          {remove.error && <FaultBox error={remove.error} />}
        </Stack>
      )}
      <TextInput
        label={say('label')}
        required
        maxLength={200}
        value={label}
        onChange={(event) => setLabel(event.currentTarget.value)}
      />
      {field.type === 'choice' && (
        <TagsInput
          size="xs"
          label={say('moreChoices')}
          description={say('moreChoicesHint')}
          splitChars={[]}
          maxTags={200 - field.choices.length}
          value={more}
          onChange={setMore}
        />
      )}
      {save.error && <FaultBox error={save.error} again={readAgain} />}
      <Facts
        of={[
          [say('name'), <Code key="name">{field.name}</Code>],
          [say('inTexts'), <Code key="texts">{placeholderOf(field.name)}</Code>],
          [say('choices'), field.choices.length > 0 && field.choices.join(', ')],
          [say('made'), <Time key="made" at={field.createdAt} />],
        ]}
      />
    </FormDrawer>
  );
}
