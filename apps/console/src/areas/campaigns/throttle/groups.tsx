import { Button, Progress } from '@mantine/core';
import { IconGauge, IconPlus } from '@tabler/icons-react';
import { Link, Outlet, useNavigate, useParams } from '@tanstack/react-router';
import { useMemo } from 'react';
import type { ThrottleGroup } from '#shared/api-client/api-types.ts';
import { useLiveRefresh } from '../../../api/live/live.tsx';
import { many } from '../../../api/queries.ts';
import { EmptyState } from '../../../parts/empty-state.tsx';
import { Page } from '../../../parts/page.tsx';
import { type Column, DataTable } from '../../../parts/table/data-table.tsx';
import { useRows } from '../../../parts/table/use-rows.ts';
import { Time } from '../../../parts/time.tsx';
import { useTexts } from '../../../texts/language.tsx';
import { CampaignTabs } from '../tabs.tsx';
import { throttleTexts } from './texts.ts';
import { useThrottleWords } from './words.ts';

/** Limits that campaigns share, how far each is used and who waits. */
export function ThrottleGroups() {
  const say = useTexts(throttleTexts);
  const { limitOf } = useThrottleWords();
  const navigate = useNavigate();
  const { groupId } = useParams({ strict: false });
  useLiveRefresh('campaigns', ['/v1/throttle-groups']);
  const rows = useRows(many('/v1/throttle-groups', {}));
  const columns = useMemo<Column<ThrottleGroup>[]>(
    () => [
      { id: 'name', title: say('name'), width: 220, fixed: true, cell: ({ name }) => name },
      { id: 'limit', title: say('limit'), width: 140, cell: (group) => limitOf(group) },
      { id: 'used', title: say('used'), width: 160, cell: (group) => <Used of={group} /> },
      {
        id: 'waiting',
        title: say('waiting'),
        width: 260,
        cell: ({ campaigns }) => {
          const names = campaigns.filter(({ waits }) => waits).map(({ name }) => name);
          return names.length === 0 ? say('nobodyWaits') : names.join(', ');
        },
      },
      {
        id: 'changed',
        title: say('changed'),
        width: 120,
        cell: ({ updatedAt }) => <Time at={updatedAt} as="ago" />,
      },
    ],
    [limitOf, say],
  );
  const create = (
    <Button
      component={Link}
      to="/campaigns/throttle-groups/new"
      leftSection={<IconPlus size={16} aria-hidden />}
    >
      {say('create')}
    </Button>
  );
  return (
    <Page title={say('title')} state={say('state')} action={create} tabs={<CampaignTabs />}>
      <DataTable
        id="throttle-groups"
        label={say('title')}
        columns={columns}
        rows={rows}
        rowId={({ id }) => id}
        open={({ id }) =>
          void navigate({ to: '/campaigns/throttle-groups/$groupId', params: { groupId: id } })
        }
        opened={groupId}
        empty={
          <EmptyState
            icon={<IconGauge size={32} />}
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

/** What counts of its limit now. */
export function Used({ of: { most, used } }: { of: Pick<ThrottleGroup, 'most' | 'used'> }) {
  const say = useTexts(throttleTexts);
  const text = say('usedOf', { used, most });
  const share = Math.min(100, (used / most) * 100);
  return (
    <>
      {text}
      <Progress value={share} size={3} color={share >= 90 ? 'yellow' : 'teal'} aria-label={text} />
    </>
  );
}
