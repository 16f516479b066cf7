import { Button, SegmentedControl } from '@mantine/core';
import { IconListDetails, IconPlus } from '@tabler/icons-react';
import { getRouteApi, Link, Outlet, useMatchRoute } from '@tanstack/react-router';
import { useMemo } from 'react';
import type { ContactList } from '#shared/api-client/api-types.ts';
import { many } from '../../../api/queries.ts';
import { EmptyState } from '../../../parts/empty-state.tsx';
import { Count } from '../../../parts/number.tsx';
import { Page } from '../../../parts/page.tsx';
import { type Column, DataTable } from '../../../parts/table/data-table.tsx';
import { useRows } from '../../../parts/table/use-rows.ts';
import { Time } from '../../../parts/time.tsx';
import { useTexts } from '../../../texts/language.tsx';
import { ContactTabs } from '../tabs.tsx';
import classes from './lists.module.css';
import { listsTexts } from './texts.ts';

const route = getRouteApi('/contacts/lists');

/** Contacts that somebody put together, for campaigns to go to or to leave out. */
export function ContactLists() {
  const say = useTexts(listsTexts);
  const { which } = route.useSearch();
  const navigate = route.useNavigate();
  const match = useMatchRoute()({ to: '/contacts/lists/$listId' });
  const rows = useRows(many('/v1/lists', { query: { archived: which === 'archived' ? 'true' : 'false' } }));
  const columns = useMemo<Column<ContactList>[]>(
    () => [
      { id: 'name', title: say('name'), width: 260, fixed: true, cell: ({ name }) => name },
      {
        id: 'members',
        title: say('members'),
        width: 110,
        align: 'right',
        cell: ({ id, members }) => (
          <Link to="/contacts" search={{ list: id }} className={classes.count}>
            <Count of={members} />
          </Link>
        ),
      },
      {
        id: 'description',
        title: say('description'),
        width: 360,
        cell: ({ description }) => <span title={description}>{description}</span>,
      },
      {
        id: 'made',
        title: say('made'),
        width: 120,
        cell: ({ createdAt }) => <Time at={createdAt} as="ago" />,
      },
    ],
    [say],
  );
  const create = (
    <Button component={Link} to="/contacts/lists/new" leftSection={<IconPlus size={16} aria-hidden />}>
      {say('create')}
    </Button>
  );
  return (
    <Page title={say('title')} state={say('state')} action={create} tabs={<ContactTabs />}>
      <DataTable
        id="contact-lists"
        label={say('title')}
        columns={columns}
        rows={rows}
        rowId={({ id }) => id}
        open={({ id }) =>
          void navigate({ to: '/contacts/lists/$listId', params: { listId: id }, search: { which } })
        }
        opened={match === false ? undefined : match.listId}
        choosesColumns={false}
        filters={
          <SegmentedControl
            aria-label={say('which')}
            value={which ?? 'open'}
            onChange={(value) => void navigate({ search: value === 'archived' ? { which: 'archived' } : {} })}
            data={[
              { value: 'open', label: say('open') },
              { value: 'archived', label: say('archived') },
            ]}
          />
        }
        empty={
          <EmptyState
            icon={<IconListDetails size={32} />}
            title={say(which === undefined ? 'emptyTitle' : 'noneArchived')}
            hint={say('emptyHint')}
            action={which === undefined && create}
          />
        }
      />
      <Outlet />
    </Page>
  );
}
