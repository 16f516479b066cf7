import { Button, SegmentedControl } from '@mantine/core';
import { IconPlus, IconSchool } from '@tabler/icons-react';
import { getRouteApi, Link } from '@tanstack/react-router';
import { useMemo } from 'react';
import type { Programme } from '#shared/api-client/api-types.ts';
import { many } from '../../../api/queries.ts';
import { EmptyState } from '../../../parts/empty-state.tsx';
import { Count } from '../../../parts/number.tsx';
import { Page } from '../../../parts/page.tsx';
import { Status } from '../../../parts/status.tsx';
import { type Column, DataTable } from '../../../parts/table/data-table.tsx';
import { useRows } from '../../../parts/table/use-rows.ts';
import { Time } from '../../../parts/time.tsx';
import { useTexts } from '../../../texts/language.tsx';
import { registrationBy } from '../../../words/drills.ts';
import { DrillTabs } from '../tabs.tsx';
import classes from './programmes.module.css';
import { programmeTexts } from './texts.ts';

const route = getRouteApi('/drills/programmes');

export function ProgrammeList() {
  const say = useTexts(programmeTexts);
  const { archived } = route.useSearch();
  const navigate = route.useNavigate();
  const isArchive = archived === 'true';
  const rows = useRows(many('/v1/programmes', { query: { archived: isArchive ? 'true' : 'false' } }));
  const columns = useMemo<Column<Programme>[]>(
    () => [
      {
        id: 'name',
        title: say('name'),
        width: 240,
        fixed: true,
        cell: ({ name, slug }) => (
          <Link to="/drills/programmes/$slug" params={{ slug }} className={classes.name} tabIndex={-1}>
            {name}
          </Link>
        ),
      },
      { id: 'company', title: say('organisation'), width: 220, cell: ({ company }) => company },
      {
        id: 'registration',
        title: say('registration'),
        width: 170,
        cell: ({ registration }) => <Status words={registrationBy} of={registration} plain />,
      },
      {
        id: 'drills',
        title: say('drills'),
        width: 84,
        align: 'right',
        cell: ({ drills }) => <Count of={drills.length} />,
      },
      {
        id: 'codes',
        title: say('codes'),
        width: 84,
        align: 'right',
        cell: ({ codes }) => <Count of={codes} />,
      },
      {
        id: 'delivery',
        title: say('delivery'),
        width: 190,
        cell: ({ delivery }) =>
          delivery === null ? say('deliveryNone') : say('deliveryAt', { time: delivery.time }),
      },
      {
        id: 'senders',
        title: say('senders'),
        width: 220,
        cell: ({ senderNumbers }) =>
          senderNumbers.map((each) => (each === 'default' ? say('ownNumber') : each)).join(', '),
      },
      {
        id: 'changed',
        title: say('changed'),
        width: 120,
        extra: true,
        cell: ({ updatedAt }) => <Time at={updatedAt} as="ago" />,
      },
    ],
    [say],
  );
  return (
    <Page
      title={say('title')}
      state={rows.isPending ? ' ' : say('found', { count: rows.rows.length })}
      action={
        <Button component={Link} to="/drills/programmes/new" leftSection={<IconPlus size={16} aria-hidden />}>
          {say('new')}
        </Button>
      }
      tabs={<DrillTabs />}
    >
      <DataTable
        id="programmes"
        label={say('title')}
        columns={columns}
        rows={rows}
        rowId={({ slug }) => slug}
        open={({ slug }) => void navigate({ to: '/drills/programmes/$slug', params: { slug } })}
        filters={
          <SegmentedControl
            aria-label={say('which')}
            data={[
              { value: 'running', label: say('which_running') },
              { value: 'archived', label: say('which_archived') },
            ]}
            value={isArchive ? 'archived' : 'running'}
            onChange={(value) => void navigate({ search: value === 'archived' ? { archived: 'true' } : {} })}
          />
        }
        empty={
          isArchive ? (
            <EmptyState title={say('emptyArchived')} hint={say('emptyArchivedHint')} />
          ) : (
            <EmptyState
              icon={<IconSchool size={32} />}
              title={say('emptyTitle')}
              hint={say('emptyHint')}
              action={
                <Button component={Link} to="/drills/programmes/new">
                  {say('new')}
                </Button>
              }
            />
          )
        }
      />
    </Page>
  );
}
