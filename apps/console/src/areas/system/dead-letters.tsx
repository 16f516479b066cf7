import { SegmentedControl } from '@mantine/core';
import { IconMailbox } from '@tabler/icons-react';
import { getRouteApi, Outlet, useNavigate, useParams } from '@tanstack/react-router';
import { useMemo } from 'react';
import type { DeadLetter } from '#shared/api-client/api-types.ts';
import { useLiveRefresh } from '../../api/live/live.tsx';
import { many } from '../../api/queries.ts';
import { EmptyState } from '../../parts/empty-state.tsx';
import { Page } from '../../parts/page.tsx';
import { Status } from '../../parts/status.tsx';
import { type Column, DataTable } from '../../parts/table/data-table.tsx';
import { useRows } from '../../parts/table/use-rows.ts';
import { Time } from '../../parts/time.tsx';
import { useTexts } from '../../texts/language.tsx';
import { deadLetterState } from '../../words/topology.ts';
import { SystemTabs } from './tabs.tsx';
import { systemTexts } from './texts.ts';

const route = getRouteApi('/system/dead-letters');

/** Records that a part of the system could not process. */
export function DeadLetters() {
  const say = useTexts(systemTexts);
  const filters = route.useSearch();
  const navigate = useNavigate();
  const { id } = useParams({ strict: false });
  const isSettled = filters.which === 'settled';
  useLiveRefresh('system', ['/v1/system']);
  const rows = useRows(many('/v1/dead-letters', { query: { settled: isSettled ? 'true' : 'false' } }));
  const columns = useMemo<Column<DeadLetter>[]>(
    () => [
      {
        id: 'state',
        title: say('state'),
        width: 170,
        cell: ({ state }) => <Status words={deadLetterState} of={state} />,
      },
      { id: 'consumer', title: say('consumer'), width: 110, cell: ({ consumer }) => consumer },
      { id: 'key', title: say('key'), width: 130, fixed: true, cell: ({ key }) => key },
      { id: 'reason', title: say('reason'), width: 420, cell: ({ reason }) => reason },
      {
        id: 'setAside',
        title: say('setAside'),
        width: 110,
        cell: ({ setAsideAt }) => <Time at={setAsideAt} as="ago" />,
      },
      { id: 'by', title: say('by'), width: 140, extra: true, cell: ({ settledBy }) => settledBy },
    ],
    [say],
  );
  return (
    <Page title={say('title')} tabs={<SystemTabs />}>
      <DataTable
        id="dead-letters"
        label={say('lettersTitle')}
        columns={columns}
        rows={rows}
        rowId={(row) => row.id}
        open={(row) =>
          void navigate({ to: '/system/dead-letters/$id', params: { id: row.id }, search: filters })
        }
        opened={id}
        filters={
          <SegmentedControl
            aria-label={say('which')}
            value={filters.which ?? 'open'}
            onChange={(value) =>
              void navigate({
                to: '/system/dead-letters',
                search: value === 'settled' ? { which: 'settled' } : {},
              })
            }
            data={[
              { value: 'open', label: say('open') },
              { value: 'settled', label: say('done') },
            ]}
          />
        }
        empty={
          <EmptyState icon={<IconMailbox size={32} />} title={say('lettersNone')} hint={say('lettersHint')} />
        }
      />
      <Outlet />
    </Page>
  );
}
