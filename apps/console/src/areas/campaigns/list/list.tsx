import { ActionIcon, Button, SegmentedControl, Tooltip } from '@mantine/core';
import { IconPlayerPause, IconPlayerPlay, IconPlus, IconSpeakerphone } from '@tabler/icons-react';
import { getRouteApi, Link } from '@tanstack/react-router';
import { useMemo, useState } from 'react';
import type { CampaignRow } from '#shared/api-client/api-types.ts';
import { useLiveRefresh } from '../../../api/live/live.tsx';
import { many } from '../../../api/queries.ts';
import { useMay } from '../../../app/me.ts';
import { EmptyState } from '../../../parts/empty-state.tsx';
import { Page } from '../../../parts/page.tsx';
import { Status } from '../../../parts/status.tsx';
import { type Column, DataTable } from '../../../parts/table/data-table.tsx';
import { SavedFilters } from '../../../parts/table/saved-filters.tsx';
import { SearchBox } from '../../../parts/table/search-box.tsx';
import { useRows } from '../../../parts/table/use-rows.ts';
import { Time } from '../../../parts/time.tsx';
import { useLanguage, useTexts } from '../../../texts/language.tsx';
import { campaignStatus, campaignType } from '../../../words/campaigns.ts';
import { CampaignMenu } from '../campaign-menu.tsx';
import { useCommands } from '../commands.ts';
import { firstLine } from '../first-line.ts';
import { useAudienceWords } from '../names.ts';
import { StopDialog } from '../stop-dialog.tsx';
import { CampaignTabs } from '../tabs.tsx';
import { commandTexts } from '../texts.ts';
import { Exceptions } from './exceptions.tsx';
import classes from './list.module.css';
import { ProgressCell } from './progress-cell.tsx';
import { ScheduleCell } from './schedule-cell.tsx';
import { campaignTexts } from './texts.ts';

const route = getRouteApi('/campaigns');
const tabs = ['active', 'scheduled', 'paused', 'draft', 'ended', 'archived'] as const;
type Tab = (typeof tabs)[number];

/** What the API is asked for under a tab. */
const queryOf = (tab: Tab | undefined) => {
  if (tab === undefined) return {};
  if (tab === 'archived') return { archived: 'true' } as const;
  return { stage: tab === 'active' ? ('running' as const) : tab };
};

export function CampaignList() {
  const say = useTexts(campaignTexts);
  const told = useTexts(commandTexts);
  const language = useLanguage();
  const filters = route.useSearch();
  const navigate = route.useNavigate();
  const may = useMay('operator');
  const commands = useCommands();
  const audienceWords = useAudienceWords();
  const [stopping, setStopping] = useState<CampaignRow | null>(null);
  const { q, status } = filters;
  useLiveRefresh('campaigns', ['/v1/campaigns']);
  const rows = useRows(
    many('/v1/campaigns', { query: { ...queryOf(status), ...(q === undefined ? {} : { q }) } }),
  );
  const { pause, resume } = commands;
  const columns = useMemo<Column<CampaignRow>[]>(
    () => [
      {
        id: 'status',
        title: say('status'),
        width: 138,
        fixed: true,
        cell: (row) => <Status words={campaignStatus} of={row.status} />,
      },
      {
        id: 'name',
        title: say('name'),
        width: 246,
        fixed: true,
        cell: (row) => (
          <div className={classes.two}>
            <Link to="/campaigns/$id" params={{ id: row.id }} className={classes.name} tabIndex={-1}>
              {row.name}
            </Link>
            <span className={classes.second}>
              {row.definition !== null && (firstLine({ definition: row.definition }) ?? say('noMessage'))}
            </span>
          </div>
        ),
      },
      {
        id: 'exceptions',
        title: say('exceptions'),
        width: 134,
        cell: (row) => <Exceptions row={row} />,
      },
      {
        id: 'audience',
        title: say('audience'),
        width: 144,
        cell: ({ definition }) => {
          if (definition === null) return null;
          const words = audienceWords(definition.audience);
          return <span title={words}>{words}</span>;
        },
      },
      { id: 'schedule', title: say('schedule'), width: 165, cell: (row) => <ScheduleCell row={row} /> },
      { id: 'sent', title: say('sent'), width: 120, cell: (row) => <ProgressCell progress={row.progress} /> },
      {
        id: 'rate',
        title: say('rate'),
        width: 84,
        align: 'right',
        cell: ({ progress: { perMinute }, status: at }) =>
          (at === 'active' || perMinute > 0) &&
          say('perMinute', { count: perMinute.toLocaleString(language) }),
      },
      {
        id: 'type',
        title: say('type'),
        width: 130,
        extra: true,
        cell: ({ type }) => <Status words={campaignType} of={type} plain />,
      },
      {
        id: 'changed',
        title: say('changed'),
        width: 120,
        extra: true,
        cell: ({ updatedAt }) => <Time at={updatedAt} as="ago" />,
      },
      { id: 'by', title: say('by'), width: 160, extra: true, cell: ({ createdBy }) => createdBy },
      {
        id: 'actions',
        title: say('actions'),
        width: 84,
        align: 'right',
        fixed: true,
        cell: (row) => (
          <span className={classes.actions}>
            {row.commands.includes('pause') && (
              <Tooltip label={told('pause')}>
                <ActionIcon
                  aria-label={say('pauseNamed', { name: row.name })}
                  disabled={!may}
                  onClick={() => pause(row)}
                >
                  <IconPlayerPause size={16} aria-hidden />
                </ActionIcon>
              </Tooltip>
            )}
            {row.commands.includes('resume') && (
              <Tooltip label={told('resume')}>
                <ActionIcon
                  aria-label={say('resumeNamed', { name: row.name })}
                  disabled={!may}
                  onClick={() => resume(row)}
                >
                  <IconPlayerPlay size={16} aria-hidden />
                </ActionIcon>
              </Tooltip>
            )}
            {(row.unreadable === null || row.status === 'draft') && (
              <CampaignMenu
                campaign={row}
                commands={commands}
                compact
                isReadable={row.unreadable === null}
                askToStop={() => setStopping(row)}
              />
            )}
          </span>
        ),
      },
    ],
    [audienceWords, commands, language, may, pause, resume, say, told],
  );
  const create = (
    <Button component={Link} to="/campaigns/new" leftSection={<IconPlus size={16} aria-hidden />}>
      {say('create')}
    </Button>
  );
  const isFiltered = q !== undefined || status !== undefined;
  return (
    <Page title={say('title')} state={say('state')} action={create} tabs={<CampaignTabs />}>
      <DataTable
        id="campaigns"
        label={say('title')}
        columns={columns}
        rows={rows}
        rowId={({ id }) => id}
        open={({ id, status: at }) =>
          void navigate(
            at === 'draft'
              ? { to: '/campaigns/$id/edit', params: { id } }
              : { to: '/campaigns/$id', params: { id } },
          )
        }
        filters={
          <>
            <SegmentedControl
              aria-label={say('status')}
              value={status ?? 'all'}
              onChange={(value) => {
                const chosen = tabs.find((tab) => tab === value);
                void navigate({
                  search: { ...(q === undefined ? {} : { q }), ...(chosen && { status: chosen }) },
                });
              }}
              data={[
                { value: 'all', label: say('all') },
                ...tabs.map((value) => ({ value, label: say(value) })),
              ]}
              className={classes.tabs}
            />
            <SearchBox
              label={say('search')}
              value={q}
              search={(text) =>
                void navigate({
                  search: { ...(status && { status }), ...(text === undefined ? {} : { q: text }) },
                  replace: true,
                })
              }
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
            title={say(isFiltered ? 'foundNone' : 'emptyTitle')}
            hint={say(isFiltered ? 'foundNoneHint' : 'emptyHint')}
            action={
              isFiltered ? (
                <Button variant="default" onClick={() => void navigate({ search: {} })}>
                  {say('showAll')}
                </Button>
              ) : (
                create
              )
            }
          />
        }
      />
      {stopping !== null && (
        <StopDialog
          campaign={stopping}
          waiting={stopping.progress.waiting}
          stop={commands.stop}
          close={() => setStopping(null)}
        />
      )}
    </Page>
  );
}
