import { Button } from '@mantine/core';
import { IconForms, IconPlus } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link, Outlet, useMatchRoute, useNavigate } from '@tanstack/react-router';
import { useMemo } from 'react';
import type { ContactField } from '#shared/api-client/api-types.ts';
import { one } from '../../../api/queries.ts';
import { EmptyState } from '../../../parts/empty-state.tsx';
import { Page } from '../../../parts/page.tsx';
import { Status } from '../../../parts/status.tsx';
import { type Column, DataTable } from '../../../parts/table/data-table.tsx';
import { wholeRows } from '../../../parts/table/use-rows.ts';
import { Time } from '../../../parts/time.tsx';
import { useTexts } from '../../../texts/language.tsx';
import { fieldType } from '../../../words/people.ts';
import { ContactTabs } from '../tabs.tsx';
import { placeholderOf } from './placeholder.ts';
import { fieldTexts } from './texts.ts';

/** What else the organisation knows of contacts. */
export function ContactFields() {
  const say = useTexts(fieldTexts);
  const navigate = useNavigate();
  const match = useMatchRoute()({ to: '/contacts/fields/$name' });
  const { data, error } = useQuery(one('/v1/contact-fields', {}));
  const columns = useMemo<Column<ContactField>[]>(
    () => [
      { id: 'label', title: say('label'), width: 200, fixed: true, cell: ({ label }) => label },
      {
        id: 'type',
        title: say('type'),
        width: 120,
        cell: ({ type }) => <Status words={fieldType} of={type} plain />,
      },
      {
        id: 'name',
        title: say('inTexts'),
        width: 180,
        cell: ({ name }) => <code>{placeholderOf(name)}</code>,
      },
      {
        id: 'choices',
        title: say('choices'),
        width: 320,
        cell: ({ choices }) => <span title={choices.join(', ')}>{choices.join(', ')}</span>,
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
    <Button component={Link} to="/contacts/fields/new" leftSection={<IconPlus size={16} aria-hidden />}>
      {say('create')}
    </Button>
  );
  return (
    <Page title={say('title')} state={say('state')} action={create} tabs={<ContactTabs />}>
      <DataTable
        id="contact-fields"
        label={say('title')}
        columns={columns}
        rows={wholeRows(data?.items, error)}
        rowId={({ name }) => name}
        open={({ name }) => void navigate({ to: '/contacts/fields/$name', params: { name } })}
        opened={match === false ? undefined : match.name}
        choosesColumns={false}
        empty={
          <EmptyState
            icon={<IconForms size={32} />}
            title={say('emptyTitle')}
            hint={say('emptyHint')}
            action={create}
          />
        }
      />
      <Outlet />
    </Page>
  );
}
