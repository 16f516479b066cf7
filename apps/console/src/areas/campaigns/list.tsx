import { SegmentedControl } from '@mantine/core';
import { IconSpeakerphone } from '@tabler/icons-react';
import { getRouteApi } from '@tanstack/react-router';
import { useMemo } from 'react';
import type { Campaign } from '#shared/api-client/api-types.ts';
import { useLiveRefresh } from '../../api/live/live.tsx';
import { many } from '../../api/queries.ts';
import { EmptyState } from '../../parts/empty-state.tsx';
import { Page } from '../../parts/page.tsx';
import { Status } from '../../parts/status.tsx';
import { type Column, DataTable } from '../../parts/table/data-table.tsx';
import { SavedFilters } from '../../parts/table/saved-filters.tsx';
import { useRows } from '../../parts/table/use-rows.ts';
import { Time } from '../../parts/time.tsx';
import { useTexts } from '../../texts/language.tsx';
import { campaignStatus, campaignType } from '../../words/campaigns.ts';
import { campaignTexts } from './texts.ts';

const route = getRouteApi('/campaigns');
const tabs = ['active', 'scheduled', 'paused', 'draft', 'archived'] as const;

export function CampaignList() {
  const say = useTexts(campaignTexts);
  const filters = route.useSearch();
  const navigate = route.useNavigate();
  const { status } = filters;
  useLiveRefresh('campaigns', ['/v1/campaigns']);
  const rows = useRows(
    many('/v1/campaigns', {
      query: status === 'archived' ? { archived: 'true' } : status === undefined ? {} : { status },
    }),
  );
  const columns = useMemo<Column<Campaign>[]>(
    () => [
      {
        id: 'status',
        title: say('status'),
        width: 120,
        cell: (row) => <Status words={campaignStatus} of={row.status} />,
      },
      { id: 'name', title: say('name'), width: 320, fixed: true, cell: ({ name }) => name },
      {
        id: 'type',
        title: say('type'),
        width: 120,
        cell: ({ type }) => <Status words={campaignType} of={type} plain />,
      },
      {
        id: 'starts',
        title: say('starts'),
        width: 180,
        cell: ({ startAt }) => startAt && <Time at={startAt} />,
      },
      {
        id: 'changed',
        title: say('changed'),
        width: 120,
        cell: ({ updatedAt }) => <Time at={updatedAt} as="ago" />,
      },
      { id: 'by', title: say('by'), width: 160, extra: true, cell: ({ createdBy }) => createdBy },
    ],
    [say],
  );
  return (
    <Page title={say('title')}>
      <DataTable
        id="campaigns"
        label={say('title')}
        columns={columns}
        rows={rows}
        rowId={({ id }) => id}
        filters={
          <>
            <SegmentedControl
              aria-label={say('status')}
              value={status ?? 'all'}
              onChange={(value) => {
                const chosen = tabs.find((tab) => tab === value);
                void navigate({ search: chosen === undefined ? {} : { status: chosen } });
              }}
              data={[
                { value: 'all', label: say('all') },
                ...tabs.map((value) => ({ value, label: say(value) })),
              ]}
            />
            <SavedFilters
              id="campaigns"
              filters={filters}
              use={(saved) => void navigate({ search: saved })}
            />
          </>
        }
        empty={
          <EmptyState
            icon={<IconSpeakerphone size={32} />}
            title={say('emptyTitle')}
            hint={say('emptyHint')}
          />
        }
      />
    </Page>
  );
}
