import { Button, CloseButton, Group, Menu, ScrollArea, Stack, Text } from '@mantine/core';
import { IconListCheck, IconListDetails, IconPlus } from '@tabler/icons-react';
import { useNavigate } from '@tanstack/react-router';
import { useState, useSyncExternalStore } from 'react';
import type { ContactFilter } from '#shared/api-client/api-types.ts';
import { useChange } from '../../../api/use-change.ts';
import { useMay } from '../../../app/me.ts';
import { shellTexts } from '../../../app/texts.ts';
import { Action } from '../../../parts/action.tsx';
import { useLists } from '../../../parts/contact-filter/use-lists.ts';
import { Dialog } from '../../../parts/dialog.tsx';
import { tellDone } from '../../../parts/tell.ts';
import { useTypedCount } from '../../../parts/typed-count.tsx';
import { useTellWhy } from '../../../parts/use-tell-why.ts';
import { useLanguage, useTexts } from '../../../texts/language.tsx';
import type { Chosen } from './chosen.ts';
import classes from './list.module.css';
import { listTexts } from './texts.ts';

/** What is done with several at once: those that were chosen, or all whom the list shows. */
export function BulkBar({
  all,
  chosen,
  filter,
  list,
}: {
  chosen: Chosen;
  /** Who the list shows; null: a search, which is no filter. */
  filter: ContactFilter | null;
  /** How many they are. */
  all: number | undefined;
  /** The list that is shown. */
  list: string | undefined;
}) {
  const say = useTexts(listTexts);
  const shell = useTexts(shellTexts);
  const language = useLanguage();
  const navigate = useNavigate();
  const may = useMay('operator');
  const ids = useSyncExternalStore(chosen.subscribe, chosen.ids);
  const [meansAll, setMeansAll] = useState(false);
  const lists = useLists() ?? [];
  const onFault = useTellWhy();
  const [asks, setAsks] = useState<{ does: 'add' | 'remove'; id: string } | null>(null);
  const touches = ['/v1/lists', '/v1/contacts'];
  const nameOf = (id: string): string => lists.find((each) => each.id === id)?.name ?? id;
  // Taken back by name: of a filter that is not known, so that asks first.
  const putBack = useChange('post', '/v1/lists/{id}/members', { touches, onFault });
  const takeBack = useChange('post', '/v1/lists/{id}/members/remove', { touches, onFault });
  const done = (said: string, undo: (() => void) | undefined): void => {
    void tellDone(said, undo);
    chosen.set([]);
    setAsks(null);
  };
  const add = useChange('post', '/v1/lists/{id}/members', {
    touches,
    onFault,
    onDone: ({ changed, contactIds }, { path }) =>
      done(
        say('added', { count: changed, name: nameOf(path.id) }),
        contactIds.length === 0 ? undefined : () => takeBack.mutate({ path, body: { contactIds } }),
      ),
  });
  const remove = useChange('post', '/v1/lists/{id}/members/remove', {
    touches,
    onFault,
    onDone: ({ changed, contactIds }, { path }) =>
      done(
        say('removed', { count: changed, name: nameOf(path.id) }),
        contactIds.length === 0 ? undefined : () => putBack.mutate({ path, body: { contactIds } }),
      ),
  });
  if (ids.size === 0) return null;
  const isAll = meansAll && filter !== null;
  const body = isAll ? { filter } : { contactIds: [...ids] };
  const count = isAll ? (all ?? 0) : ids.size;
  const change = (does: 'add' | 'remove', id: string): void => {
    if (isAll) setAsks({ does, id });
    else if (does === 'add') add.mutate({ path: { id }, body });
    else remove.mutate({ path: { id }, body });
  };
  const open = lists.filter(({ archivedAt }) => archivedAt === null);
  return (
    <section className={classes.bar} aria-label={say('chosenLabel')}>
      <Text size="sm" fw={600}>
        {say('chosen', { count })}
      </Text>
      {filter !== null && all !== undefined && all > ids.size && (
        <Button variant="subtle" onClick={() => setMeansAll(!isAll)}>
          {isAll
            ? say('onlyChosen', { count: ids.size })
            : say('meanAll', { all: all.toLocaleString(language) })}
        </Button>
      )}
      <Menu position="top-start" width={280}>
        <Menu.Target>
          <Button
            variant="default"
            loading={add.isPending}
            leftSection={<IconListCheck size={16} aria-hidden />}
          >
            {say('addToList')}
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          {!may && <Menu.Label>{shell('takesRole_operator')}</Menu.Label>}
          <ScrollArea.Autosize mah={280}>
            {open.map(({ id, members, name }) => (
              <Menu.Item
                key={id}
                disabled={!may}
                rightSection={
                  <Text size="xs" c="dimmed">
                    {members.toLocaleString(language)}
                  </Text>
                }
                onClick={() => change('add', id)}
              >
                {name}
              </Menu.Item>
            ))}
          </ScrollArea.Autosize>
          {open.length > 0 && <Menu.Divider />}
          <Menu.Item
            disabled={!may}
            leftSection={<IconPlus size={14} aria-hidden />}
            onClick={() => void navigate({ to: '/contacts/lists/new' })}
          >
            {say('newList')}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      {list !== undefined && (
        <Button
          variant="default"
          disabled={!may}
          loading={remove.isPending}
          leftSection={<IconListDetails size={16} aria-hidden />}
          onClick={() => change('remove', list)}
        >
          {say('takeOff', { name: nameOf(list) })}
        </Button>
      )}
      <CloseButton ml="auto" aria-label={say('chooseNone')} onClick={() => chosen.set([])} />
      {asks !== null && (
        <AllDialog
          does={asks.does}
          count={count}
          name={nameOf(asks.id)}
          isBusy={add.isPending || remove.isPending}
          close={() => setAsks(null)}
          go={() => (asks.does === 'add' ? add : remove).mutate({ path: { id: asks.id }, body })}
        />
      )}
    </section>
  );
}

/** Before everybody whom a condition finds is put on a list or taken off: nobody can take that back one by one. */
function AllDialog({
  close,
  count,
  does,
  go,
  isBusy,
  name,
}: {
  does: 'add' | 'remove';
  count: number;
  name: string;
  isBusy: boolean;
  go: () => void;
  close: () => void;
}) {
  const say = useTexts(listTexts);
  const typed = useTypedCount(count);
  return (
    <Dialog close={close} title={say(does === 'add' ? 'addAllTitle' : 'removeAllTitle', { name })}>
      <Stack gap="sm">
        <Text size="sm">{say('allWhat')}</Text>
        {typed.field}
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={close}>
            {say('leaveAll')}
          </Button>
          <Action needs="operator" loading={isBusy} whyNot={typed.whyNot} does={go}>
            {say(does === 'add' ? 'addAll' : 'removeAll', { count })}
          </Action>
        </Group>
      </Stack>
    </Dialog>
  );
}
