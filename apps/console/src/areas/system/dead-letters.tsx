import { SegmentedControl } from '@mantine/core';
import { IconMailbox } from '@tabler/icons-react';
import { useQueryClient } from '@tanstack/react-query';
import { getRouteApi, Outlet, useNavigate, useParams } from '@tanstack/react-router';
import { useMemo, useRef } from 'react';
import type { DeadLetter } from '#shared/api-client/api-types.ts';
import { useLive, useLiveRefresh } from '../../api/live/live.tsx';
import { many } from '../../api/queries.ts';
import { touch } from '../../api/touch.ts';
import { EmptyState } from '../../parts/empty-state.tsx';
import { Page } from '../../parts/page.tsx';
import { Status } from '../../parts/status.tsx';
import { type Column, DataTable } from '../../parts/table/data-table.tsx';
import { useRows } from '../../parts/table/use-rows.ts';
import { Time } from '../../parts/time.tsx';
import { useTexts } from '../../texts/language.tsx';
import { deadLetterState } from '../../words/topology.ts';
import { QueueLetters } from './queue-letters.tsx';
import { SystemTabs } from './tabs.tsx';
import { systemTexts } from './texts.ts';

const route = getRouteApi('/system/dead-letters');

/** Colleagues settle records too, and others are set aside meanwhile: as many of them as there are open, the list is read again. */
function useFollow(): void {
  const cache = useQueryClient();
  const before = useRef<unknown>(undefined);
  useLive('system', ({ payload }) => {
    const count: unknown = Reflect.get(Object(payload), 'recordsSetAside');
    if (before.current !== undefined && before.current !== count) {
      void touch(cache, ['/v1/dead-letters'], { cancels: false });
    }
    before.current = count;
  });
}

/** Records that a part of the system could not process. */
export function DeadLetters() {
  const say = useTexts(systemTexts);
  const filters = route.useSearch();
  const navigate = useNavigate();
  const { id } = useParams({ strict: false });
  const isSettled = filters.which === 'settled';
  useLiveRefresh('system', ['/v1/system']);
  useFollow();
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
  const choice = (
    <SegmentedControl
      aria-label={say('which')}
      value={filters.which ?? 'open'}
      onChange={(value) =>
        void navigate({
          to: '/system/dead-letters',
          search: value === 'settled' || value === 'queues' ? { which: value } : {},
        })
      }
      data={[
        { value: 'open', label: say('open') },
        { value: 'settled', label: say('done') },
        { value: 'queues', label: say('queues') },
      ]}
    />
  );
  if (filters.which === 'queues') {
    return (
      <Page title={say('title')} tabs={<SystemTabs />}>
        <QueueLetters choice={choice} />
        <Outlet />
      </Page>
    );
  }
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
        filters={choice}
        empty={
          <EmptyState icon={<IconMailbox size={32} />} title={say('lettersNone')} hint={say('lettersHint')} />
        }
      />
      <Outlet />
    </Page>
  );
}
