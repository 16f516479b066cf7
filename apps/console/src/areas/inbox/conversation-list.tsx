import { Alert, Button, Group, Skeleton, Text } from '@mantine/core';
import { IconInbox, IconSearch } from '@tabler/icons-react';
import { getRouteApi } from '@tanstack/react-router';
import { useVirtualizer } from '@tanstack/react-virtual';
import { type KeyboardEvent, useEffect, useRef } from 'react';
import type { Conversation } from '#shared/api-client/api-types.ts';
import { many } from '../../api/queries.ts';
import { useShortcuts } from '../../app/keys.ts';
import { useMe } from '../../app/me.ts';
import { EmptyState } from '../../parts/empty-state.tsx';
import { FaultBox } from '../../parts/fault-box.tsx';
import { SearchBox } from '../../parts/table/search-box.tsx';
import { type Rows, useRows } from '../../parts/table/use-rows.ts';
import { asAddress, useSearched } from '../../parts/use-number.ts';
import { useTexts } from '../../texts/language.tsx';
import { ConversationRow } from './conversation-row.tsx';
import { FolderChoice } from './folder-list.tsx';
import { isNumber, queryOf } from './folders.ts';
import classes from './inbox.module.css';
import { inboxTexts } from './texts.ts';

const route = getRouteApi('/inbox');

/** About; what it has is measured. */
const ROW_HEIGHT = 64;
const AHEAD = 30;
const SKELETONS = 6;

/** Conversations of the folder, the newest activity first. */
export function ConversationList({ opened }: { opened: string | undefined }) {
  const say = useTexts(inboxTexts);
  const { folder = 'reply', of, q } = route.useSearch();
  const navigate = route.useNavigate();
  const me = useMe().name;
  const searched = useSearched(q);
  const rows = useRows(many('/v1/conversations', { query: queryOf({ folder, of, q }, me) }, 50));
  useNextAndPrevious(rows.rows, opened);
  return (
    <section className={classes.list} aria-label={say('conversations')}>
      <div className={classes.listHead}>
        <div className={classes.folderChoice}>
          <FolderChoice />
        </div>
        <SearchBox
          label={say('search')}
          w="100%"
          value={searched}
          // Whoever looks for somebody looks everywhere.
          search={(typed) =>
            void asAddress(typed, isNumber).then((text) =>
              navigate({
                search: (before) =>
                  text === undefined ? { ...before, q: undefined } : { folder: 'all', q: text },
              }),
            )
          }
        />
      </div>
      {rows.hasChanged && (
        <Alert color="blue" p="xs" m="xs">
          <Group gap="sm">
            <Text size="sm">{say('changed')}</Text>
            <Button variant="default" onClick={rows.readAgain}>
              {say('showNow')}
            </Button>
          </Group>
        </Alert>
      )}
      {rows.error && rows.rows.length === 0 ? (
        <div className={classes.listFault}>
          <FaultBox error={rows.error} again={rows.readAgain} />
        </div>
      ) : rows.isPending ? (
        <Waiting />
      ) : rows.rows.length === 0 ? (
        q === undefined ? (
          <EmptyState
            icon={<IconInbox size={32} />}
            title={say(`empty_${folder}`)}
            hint={say(`emptyHint_${folder}`)}
          />
        ) : (
          <EmptyState icon={<IconSearch size={32} />} title={say('notFound')} hint={say('notFoundHint')} />
        )
      ) : (
        <Drawn rows={rows} opened={opened} />
      )}
    </section>
  );
}

function Drawn({ opened, rows }: { rows: Rows<Conversation>; opened: string | undefined }) {
  const say = useTexts(inboxTexts);
  const inReply = (route.useSearch().folder ?? 'reply') === 'reply';
  const scroller = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: rows.rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_HEIGHT,
    getItemKey: (index) => rows.rows[index]?.id ?? index,
    overscan: 8,
  });
  const items = virtual.getVirtualItems();
  const last = items.at(-1)?.index ?? 0;
  const { hasMore, isReadingMore, readMore } = rows;
  const count = rows.rows.length;
  useEffect(() => {
    if (hasMore && !isReadingMore && last >= count - AHEAD) readMore();
  }, [count, hasMore, isReadingMore, last, readMore]);
  const openedAt = rows.rows.findIndex(({ id }) => id === opened);
  // biome-ignore lint/correctness/useExhaustiveDependencies: only when another one is opened, not when it moves
  useEffect(() => {
    if (openedAt >= 0) virtual.scrollToIndex(openedAt, { align: 'auto' });
  }, [opened]);
  return (
    <div ref={scroller} className={classes.scroller}>
      <ul
        className={classes.rows}
        style={{ height: virtual.getTotalSize() }}
        aria-label={say('conversations')}
        onKeyDown={moveAlong}
      >
        {items.map(({ index, key, start }) => {
          const row = rows.rows[index];
          return (
            row && (
              <li
                key={key}
                ref={virtual.measureElement}
                data-index={index}
                className={classes.rowPlace}
                style={{ transform: `translateY(${start}px)` }}
              >
                <ConversationRow conversation={row} isOpen={row.id === opened} inReply={inReply} />
              </li>
            )
          );
        })}
      </ul>
    </div>
  );
}

/** Arrows lead from row to row, as in tables. */
function moveAlong(event: KeyboardEvent<HTMLUListElement>): void {
  if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return;
  const here = document.activeElement?.closest('li');
  const next = event.key === 'ArrowDown' ? here?.nextElementSibling : here?.previousElementSibling;
  const link = next?.querySelector('a');
  if (!link) return;
  event.preventDefault();
  link.focus();
}

/** J and K go through the list. One that has left it meanwhile, as when it was closed, stands where it stood. */
function useNextAndPrevious(rows: readonly Conversation[], opened: string | undefined): void {
  const say = useTexts(inboxTexts);
  const navigate = route.useNavigate();
  const found = rows.findIndex(({ id }) => id === opened);
  const place = useRef(-1);
  useEffect(() => {
    if (found >= 0) place.current = found;
    else if (opened === undefined) place.current = -1;
  }, [found, opened]);
  const open = (index: number): void => {
    const row = rows[Math.min(Math.max(index, 0), rows.length - 1)];
    if (row) void navigate({ to: '/inbox/$id', params: { id: row.id }, search: (before) => before });
  };
  useShortcuts([
    {
      key: 'j',
      says: say('keyNext'),
      does: () => open(found >= 0 || place.current < 0 ? place.current + 1 : place.current),
    },
    { key: 'k', says: say('keyPrevious'), does: () => open(place.current - 1) },
  ]);
}

const Waiting = () =>
  Array.from({ length: SKELETONS }, (_, row) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: they are all the same
    <div key={row} className={classes.row} aria-busy>
      <Skeleton height={12} width="45%" radius="sm" />
      <Skeleton height={12} width="85%" radius="sm" mt={8} />
      <Skeleton height={12} width="30%" radius="sm" mt={8} />
    </div>
  ));
