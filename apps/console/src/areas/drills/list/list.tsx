import { Button, SegmentedControl } from '@mantine/core';
import { IconFileImport, IconPlus, IconSchool } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { useMemo } from 'react';
import { many, one } from '../../../api/queries.ts';
import { EmptyState } from '../../../parts/empty-state.tsx';
import { languageName } from '../../../parts/languages.ts';
import { Count } from '../../../parts/number.tsx';
import { Page } from '../../../parts/page.tsx';
import { type Column, DataTable } from '../../../parts/table/data-table.tsx';
import { SearchBox } from '../../../parts/table/search-box.tsx';
import { useRows, wholeRows } from '../../../parts/table/use-rows.ts';
import { Time } from '../../../parts/time.tsx';
import { TonedText } from '../../../parts/toned-text.tsx';
import { useLanguage, useTexts } from '../../../texts/language.tsx';
import { DrillTabs } from '../tabs.tsx';
import classes from './list.module.css';
import { type DrillRow, drillRows, filtered } from './rows.ts';
import { listTexts } from './texts.ts';

const route = getRouteApi('/drills');

export function DrillList() {
  const say = useTexts(listTexts);
  const reader = useLanguage();
  const filters = route.useSearch();
  const navigate = route.useNavigate();
  const published = useQuery(one('/v1/drills', {}));
  const drafts = useRows(many('/v1/drill-drafts', {}));
  const programmes = useQuery(one('/v1/programmes', { query: { limit: 200 } })).data?.items;
  const columns = useMemo<Column<DrillRow>[]>(() => {
    const nameOf = (slug: string): string => programmes?.find((each) => each.slug === slug)?.name ?? slug;
    return [
      {
        id: 'name',
        title: say('name'),
        width: 280,
        fixed: true,
        cell: ({ name, published: drill, slug }) => (
          <Link
            to={drill === null ? '/drills/drill/$slug/edit' : '/drills/drill/$slug'}
            params={{ slug }}
            className={classes.name}
            tabIndex={-1}
          >
            {name}
          </Link>
        ),
      },
      {
        id: 'state',
        title: say('state'),
        width: 230,
        cell: ({ draft, published: drill }) => (
          <span className={classes.states}>
            {drill !== null && (
              <TonedText tone="good">{say('version', { version: drill.version })}</TonedText>
            )}
            {draft !== null && (
              <TonedText tone="info">{say(drill === null ? 'onlyDraft' : 'isEdited')}</TonedText>
            )}
          </span>
        ),
      },
      {
        id: 'programmes',
        title: say('programmes'),
        width: 200,
        cell: ({ published: drill }) => {
          const names = drill?.programmes.map(nameOf).join(', ') || say('none');
          return <span title={names}>{names}</span>;
        },
      },
      {
        id: 'prompts',
        title: say('prompts'),
        width: 84,
        align: 'right',
        cell: ({ published: drill }) => drill && <Count of={drill.prompts} />,
      },
      {
        id: 'languages',
        title: say('languages'),
        width: 170,
        cell: ({ published: drill }) => {
          const names = drill?.languages.map((each) => languageName(each, reader)).join(', ');
          return <span title={names}>{names}</span>;
        },
      },
      {
        id: 'changed',
        title: say('changed'),
        width: 190,
        cell: ({ draft }) =>
          draft && (
            <span className={classes.changed}>
              <Time at={draft.updatedAt} as="ago" /> · {draft.updatedBy}
            </span>
          ),
      },
      { id: 'slug', title: say('slug'), width: 180, extra: true, cell: ({ slug }) => slug },
    ];
  }, [programmes, reader, say]);
  const all = useMemo(
    () => (published.data === undefined ? undefined : drillRows(published.data.items, drafts.rows)),
    [drafts.rows, published.data],
  );
  const rows = useMemo(() => all && filtered(all, filters), [all, filters]);
  const isFiltered = filters.q !== undefined || filters.state !== undefined;
  return (
    <Page
      title={say('title')}
      state={all === undefined ? ' ' : say('found', { count: all.length })}
      action={
        <>
          <Button
            component={Link}
            to="/drills/import"
            variant="default"
            leftSection={<IconFileImport size={16} aria-hidden />}
          >
            {say('import')}
          </Button>
          <Button component={Link} to="/drills/new" leftSection={<IconPlus size={16} aria-hidden />}>
            {say('new')}
          </Button>
        </>
      }
      tabs={<DrillTabs />}
    >
      <DataTable
        id="drills"
        label={say('title')}
        columns={columns}
        rows={wholeRows(rows, published.error ?? drafts.error)}
        rowId={({ slug }) => slug}
        open={({ published: drill, slug }) =>
          void navigate({
            to: drill === null ? '/drills/drill/$slug/edit' : '/drills/drill/$slug',
            params: { slug },
          })
        }
        filters={
          <>
            <SegmentedControl
              aria-label={say('which')}
              data={(['all', 'published', 'draft'] as const).map((value) => ({
                value,
                label: say(`which_${value}`),
              }))}
              value={filters.state ?? 'all'}
              onChange={(value) =>
                void navigate({
                  search: (before) => ({
                    ...before,
                    state: value === 'published' || value === 'draft' ? value : undefined,
                  }),
                })
              }
            />
            <SearchBox
              value={filters.q}
              search={(q) => void navigate({ search: (before) => ({ ...before, q }), replace: true })}
            />
          </>
        }
        empty={
          isFiltered ? (
            <EmptyState
              title={say('noneFound')}
              hint={say('noneFoundHint')}
              action={
                <Button variant="default" onClick={() => void navigate({ search: {} })}>
                  {say('showAll')}
                </Button>
              }
            />
          ) : (
            <EmptyState
              icon={<IconSchool size={32} />}
              title={say('emptyTitle')}
              hint={say('emptyHint')}
              action={
                <Button component={Link} to="/drills/new">
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
