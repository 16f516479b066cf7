import { IconAddressBook } from '@tabler/icons-react';
import { getRouteApi } from '@tanstack/react-router';
import { useMemo } from 'react';
import type { Contact } from '#shared/api-client/api-types.ts';
import { many } from '../../api/queries.ts';
import { EmptyState } from '../../parts/empty-state.tsx';
import { ListOnly } from '../../parts/list-only.tsx';
import { Page } from '../../parts/page.tsx';
import { type Column, DataTable } from '../../parts/table/data-table.tsx';
import { SearchBox } from '../../parts/table/search-box.tsx';
import { useRows } from '../../parts/table/use-rows.ts';
import { Time } from '../../parts/time.tsx';
import { useTexts } from '../../texts/language.tsx';
import { contactTexts } from './texts.ts';

const route = getRouteApi('/contacts');

export function ContactList() {
  const say = useTexts(contactTexts);
  const filters = route.useSearch();
  const navigate = route.useNavigate();
  const rows = useRows(many('/v1/contacts', { query: filters }));
  const columns = useMemo<Column<Contact>[]>(
    () => [
      { id: 'name', title: say('name'), width: 240, fixed: true, cell: ({ name }) => name },
      { id: 'phone', title: say('phone'), width: 140, cell: ({ phoneNumber }) => phoneNumber },
      { id: 'tags', title: say('tags'), width: 240, cell: ({ tags }) => tags.join(', ') },
      { id: 'language', title: say('language'), width: 90, cell: ({ language }) => language },
      {
        id: 'changed',
        title: say('changed'),
        width: 120,
        cell: ({ updatedAt }) => <Time at={updatedAt} as="ago" />,
      },
    ],
    [say],
  );
  return (
    <Page title={say('title')} state={<ListOnly says={say('onlyShown')} />}>
      <DataTable
        id="contacts"
        label={say('title')}
        columns={columns}
        rows={rows}
        rowId={({ id }) => id}
        filters={
          <SearchBox
            label={say('search')}
            value={filters.q}
            search={(q) => void navigate({ search: { ...filters, q }, replace: true })}
          />
        }
        empty={
          <EmptyState
            icon={<IconAddressBook size={32} />}
            title={say('emptyTitle')}
            hint={say(filters.q === undefined ? 'emptyHint' : 'noneFound')}
          />
        }
      />
    </Page>
  );
}
