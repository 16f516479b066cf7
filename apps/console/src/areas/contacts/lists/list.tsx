import { Button, Group, Skeleton, Text } from '@mantine/core';
import { IconArchive, IconArchiveOff, IconTrash, IconUpload, IconUsers } from '@tabler/icons-react';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import type { ContactList } from '#shared/api-client/api-types.ts';
import { one } from '../../../api/queries.ts';
import { refresh } from '../../../api/touch.ts';
import { useChange } from '../../../api/use-change.ts';
import { Action } from '../../../parts/action.tsx';
import { Download } from '../../../parts/download.tsx';
import { Facts } from '../../../parts/facts.tsx';
import { FaultBox } from '../../../parts/fault-box.tsx';
import { Count } from '../../../parts/number.tsx';
import { SideDrawer } from '../../../parts/side-drawer.tsx';
import { tellDone } from '../../../parts/tell.ts';
import { Time } from '../../../parts/time.tsx';
import { useTellWhy } from '../../../parts/use-tell-why.ts';
import { useTexts } from '../../../texts/language.tsx';
import { FormDrawer } from '../form-drawer.tsx';
import { contactTexts } from '../texts.ts';
import { ListForm } from './list-form.tsx';
import { listsTexts } from './texts.ts';

const route = getRouteApi('/contacts/lists/$listId');

/** One list: who is on it, what it is called, and where it goes. */
export function ListDrawer() {
  const say = useTexts(listsTexts);
  const { listId } = route.useParams();
  const search = route.useSearch();
  const navigate = useNavigate();
  const { data, error, refetch } = useQuery(one('/v1/lists/{id}', { path: { id: listId } }));
  const close = (): void => void navigate({ to: '/contacts/lists', search });
  if (data !== undefined) return <Shown list={data} close={close} />;
  return (
    <SideDrawer title={say('list')} close={close}>
      {error ? <FaultBox error={error} again={() => void refetch()} /> : <Skeleton height={240} aria-busy />}
    </SideDrawer>
  );
}

const touches = ['/v1/lists', '/v1/contacts'];

function Shown({ close, list }: { list: ContactList; close: () => void }) {
  const say = useTexts(listsTexts);
  const common = useTexts(contactTexts);
  const cache = useQueryClient();
  const tellWhy = useTellWhy();
  const [name, setName] = useState(list.name);
  const [description, setDescription] = useState(list.description);
  const { archivedAt, id, members } = list;
  const path = { id };
  const save = useChange('patch', '/v1/lists/{id}', {
    touches,
    onDone: () => void tellDone(common('saved')),
  });
  const archive = useChange('post', '/v1/lists/{id}/archive', {
    touches,
    onDone: (now) => void tellDone(say(now.archivedAt === null ? 'tookOut' : 'putAway', { name: now.name })),
  });
  const remove = useChange('delete', '/v1/lists/{id}', {
    touches,
    onDone: () => {
      void tellDone(say('deleted', { name: list.name }));
      close();
    },
  });
  const isChanged = name.trim() !== list.name || description !== list.description;
  const readAgain = (): void => {
    save.reset();
    void refresh(cache, { queryKey: one('/v1/lists/{id}', { path }).queryKey, exact: true });
  };
  return (
    <FormDrawer
      title={list.name}
      state={archivedAt === null ? say('membersOf', { count: members }) : say('isAway')}
      close={close}
      doing={common('save')}
      isBusy={save.isPending}
      whyNot={isChanged && name.trim() !== '' ? undefined : say('nothingChanged')}
      does={() => save.mutate({ path, body: { name: name.trim(), description }, seen: list })}
      aside={
        <>
          <Action
            needs="operator"
            variant="default"
            loading={archive.isPending}
            leftSection={
              archivedAt === null ? (
                <IconArchive size={16} aria-hidden />
              ) : (
                <IconArchiveOff size={16} aria-hidden />
              )
            }
            does={() =>
              archive.mutate(
                { path, body: { archived: archivedAt === null }, seen: list },
                { onError: tellWhy },
              )
            }
          >
            {say(archivedAt === null ? 'archive' : 'takeOut')}
          </Action>
          {members === 0 && (
            <Action
              needs="operator"
              variant="default"
              loading={remove.isPending}
              leftSection={<IconTrash size={16} aria-hidden />}
              does={() => remove.mutate({ path, seen: list }, { onError: tellWhy })}
            >
              {say('delete')}
            </Action>
          )}
        </>
      }
    >
      <Group gap="xs">
        <Button
          renderRoot={(props) => <Link {...props} to="/contacts" search={{ list: id }} />}
          variant="default"
          leftSection={<IconUsers size={16} aria-hidden />}
        >
          {say('showMembers')}
        </Button>
        <Button
          renderRoot={(props) => <Link {...props} to="/contacts/imports/new" search={{ list: id }} />}
          variant="default"
          leftSection={<IconUpload size={16} aria-hidden />}
        >
          {say('importOnto')}
        </Button>
        <Download address={`/v1/contacts/export?list=${id}`} name="contacts.csv">
          {say('export')}
        </Download>
      </Group>
      <ListForm name={name} setName={setName} description={description} setDescription={setDescription} />
      {save.error && <FaultBox error={save.error} again={readAgain} />}
      <Facts
        of={[
          [say('members'), <Count key="members" of={members} />],
          [say('made'), <Time key="made" at={list.createdAt} />],
          [say('changed'), <Time key="changed" at={list.updatedAt} />],
          [say('awaySince'), archivedAt && <Time key="away" at={archivedAt} />],
        ]}
      />
      <Text size="sm" c="dimmed">
        {say('membersHint')}
      </Text>
    </FormDrawer>
  );
}
