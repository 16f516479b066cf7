import { Progress } from '@mantine/core';
import { IconAntenna } from '@tabler/icons-react';
import { Outlet, useNavigate, useParams } from '@tanstack/react-router';
import { useMemo } from 'react';
import type { Sender } from '#shared/api-client/api-types.ts';
import { useLiveRefresh } from '../../api/live/live.tsx';
import { many } from '../../api/queries.ts';
import { Action } from '../../parts/action.tsx';
import { EmptyState } from '../../parts/empty-state.tsx';
import { Page } from '../../parts/page.tsx';
import { Status } from '../../parts/status.tsx';
import { type Column, DataTable } from '../../parts/table/data-table.tsx';
import { useRows } from '../../parts/table/use-rows.ts';
import { useTexts } from '../../texts/language.tsx';
import { senderHealth, senderRegistration, senderType } from '../../words/system.ts';
import { SystemTabs } from './tabs.tsx';
import { systemTexts } from './texts.ts';

/** Numbers that are sent from. */
export function Senders() {
  const say = useTexts(systemTexts);
  const navigate = useNavigate();
  const { number } = useParams({ strict: false });
  useLiveRefresh('senders', ['/v1/senders']);
  const rows = useRows(many('/v1/senders', {}));
  const columns = useMemo<Column<Sender>[]>(
    () => [
      {
        id: 'number',
        title: say('number'),
        width: 140,
        fixed: true,
        cell: ({ senderNumber }) => senderNumber,
      },
      {
        id: 'health',
        title: say('health'),
        width: 110,
        cell: ({ health }) => <Status words={senderHealth} of={health} />,
      },
      {
        id: 'registration',
        title: say('registration'),
        width: 150,
        cell: ({ registration }) => <Status words={senderRegistration} of={registration} plain />,
      },
      {
        id: 'kind',
        title: say('kind'),
        width: 140,
        cell: ({ type }) => <Status words={senderType} of={type} plain />,
      },
      { id: 'pool', title: say('pool'), width: 120, cell: ({ pool }) => pool },
      { id: 'pace', title: say('pace'), width: 168, align: 'right', cell: (row) => row.segmentsPerSecond },
      { id: 'today', title: say('today'), width: 200, cell: (row) => <Today of={row} /> },
      {
        id: 'programme',
        title: say('programme'),
        width: 140,
        extra: true,
        cell: ({ programme }) => programme,
      },
    ],
    [say],
  );
  const add = (
    <Action needs="admin" does={() => void navigate({ to: '/system/senders/new' })}>
      {say('senderNew')}
    </Action>
  );
  return (
    <Page title={say('title')} tabs={<SystemTabs />} action={add}>
      <DataTable
        id="senders"
        label={say('tabSenders')}
        columns={columns}
        rows={rows}
        rowId={({ senderNumber }) => senderNumber}
        open={({ senderNumber }) =>
          void navigate({ to: '/system/senders/$number', params: { number: senderNumber } })
        }
        opened={number}
        empty={
          <EmptyState
            icon={<IconAntenna size={32} />}
            title={say('sendersNone')}
            hint={say('sendersHint')}
            action={add}
          />
        }
      />
      <Outlet />
    </Page>
  );
}

/** What went from it today, of what it may. */
export function Today({ of: { segmentsPerDay, segmentsToday } }: { of: Sender }) {
  const say = useTexts(systemTexts);
  if (segmentsPerDay === null) return say('noLimit', { part: segmentsToday });
  const share = Math.min(100, (segmentsToday / Math.max(1, segmentsPerDay)) * 100);
  const text = say('ofLimit', { part: segmentsToday, whole: segmentsPerDay });
  return (
    <>
      {text}
      <Progress value={share} size={3} color={share >= 90 ? 'yellow' : 'teal'} aria-label={text} />
    </>
  );
}
