import { Button, CloseButton, Menu, ScrollArea, Text } from '@mantine/core';
import { IconListCheck, IconListDetails, IconPlus } from '@tabler/icons-react';
import { useNavigate } from '@tanstack/react-router';
import { useState, useSyncExternalStore } from 'react';
import type { ContactFilter } from '#shared/api-client/api-types.ts';
import { useChange } from '../../../api/use-change.ts';
import { useMay } from '../../../app/me.ts';
import { shellTexts } from '../../../app/texts.ts';
import { useLists } from '../../../parts/contact-filter/use-lists.ts';
import { tellDone } from '../../../parts/tell.ts';
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
  const onError = useTellWhy();
  const touches = ['/v1/lists', '/v1/contacts'];
  const nameOf = (id: string): string => lists.find((each) => each.id === id)?.name ?? id;
  const add = useChange('post', '/v1/lists/{id}/members', {
    touches,
    onDone: ({ changed }, { path: { id } }) => {
      void tellDone(say('added', { count: changed, name: nameOf(id) }));
      chosen.set([]);
    },
  });
  const remove = useChange('post', '/v1/lists/{id}/members/remove', {
    touches,
    onDone: ({ changed }, { path: { id } }) => {
      void tellDone(say('removed', { count: changed, name: nameOf(id) }));
      chosen.set([]);
    },
  });
  if (ids.size === 0) return null;
  const isAll = meansAll && filter !== null;
  const body = isAll ? { filter } : { contactIds: [...ids] };
  const count = isAll ? (all ?? 0) : ids.size;
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
                onClick={() => add.mutate({ path: { id }, body }, { onError })}
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
          onClick={() => remove.mutate({ path: { id: list }, body }, { onError })}
        >
          {say('takeOff', { name: nameOf(list) })}
        </Button>
      )}
      <CloseButton ml="auto" aria-label={say('chooseNone')} onClick={() => chosen.set([])} />
    </section>
  );
}
