import { Button, SegmentedControl } from '@mantine/core';
import { IconFileImport, IconUpload } from '@tabler/icons-react';
import { getRouteApi, Link } from '@tanstack/react-router';
import { useMemo } from 'react';
import type { Import } from '#shared/api-client/api-types.ts';
import { useLiveRefresh } from '../../../api/live/live.tsx';
import { many } from '../../../api/queries.ts';
import { EmptyState } from '../../../parts/empty-state.tsx';
import { Count } from '../../../parts/number.tsx';
import { Page } from '../../../parts/page.tsx';
import { Status } from '../../../parts/status.tsx';
import { type Column, DataTable } from '../../../parts/table/data-table.tsx';
import { useRows } from '../../../parts/table/use-rows.ts';
import { Time } from '../../../parts/time.tsx';
import { useTexts } from '../../../texts/language.tsx';
import { importKind, importStatus } from '../../../words/people.ts';
import { useWord } from '../../../words/use-word.ts';
import { ContactTabs } from '../tabs.tsx';
import classes from './imports.module.css';
import { workOf } from './progress.ts';
import { importTexts } from './texts.ts';

const route = getRouteApi('/contacts/imports');

/** Files that were sent, newest first: those that wait for somebody, those that go on, and what became of the others. */
export function Imports() {
  const say = useTexts(importTexts);
  const word = useWord(importKind);
  const { kind } = route.useSearch();
  const navigate = route.useNavigate();
  useLiveRefresh('imports', ['/v1/imports']);
  const rows = useRows(many('/v1/imports', { query: kind === undefined ? {} : { kind } }));
  const columns = useMemo<Column<Import>[]>(
    () => [
      {
        id: 'status',
        title: say('status'),
        width: 215,
        fixed: true,
        cell: ({ status }) => <Status words={importStatus} of={status} />,
      },
      {
        id: 'file',
        title: say('file'),
        width: 220,
        fixed: true,
        cell: ({ fileName }) => <span title={fileName}>{fileName}</span>,
      },
      {
        id: 'kind',
        title: say('kind'),
        width: 215,
        cell: (row) => <Status words={importKind} of={row.kind} plain />,
      },
      { id: 'progress', title: say('progress'), width: 150, cell: (row) => <ProgressOf of={row} /> },
      { id: 'rows', title: say('rows'), width: 90, align: 'right', cell: (row) => <Count of={row.rows} /> },
      {
        id: 'faulty',
        title: say('faulty'),
        width: 90,
        align: 'right',
        cell: ({ checked: { faulty } }) => faulty > 0 && <Count of={faulty} />,
      },
      { id: 'by', title: say('by'), width: 140, cell: ({ createdBy }) => createdBy },
      {
        id: 'at',
        title: say('begun'),
        width: 120,
        cell: ({ createdAt }) => <Time at={createdAt} as="ago" />,
      },
    ],
    [say],
  );
  const create = (
    <Button component={Link} to="/contacts/imports/new" leftSection={<IconUpload size={16} aria-hidden />}>
      {say('create')}
    </Button>
  );
  return (
    <Page title={say('title')} state={say('state')} action={create} tabs={<ContactTabs />}>
      <DataTable
        id="imports"
        label={say('title')}
        columns={columns}
        rows={rows}
        rowId={({ id }) => id}
        open={({ id }) => void navigate({ to: '/contacts/imports/$importId', params: { importId: id } })}
        filters={
          <SegmentedControl
            aria-label={say('kind')}
            value={kind ?? 'all'}
            onChange={(value) =>
              void navigate({
                search: value === 'contacts' || value === 'suppressions' ? { kind: value } : {},
              })
            }
            data={[
              { value: 'all', label: say('all') },
              { value: 'contacts', label: word('contacts').says },
              { value: 'suppressions', label: word('suppressions').says },
            ]}
          />
        }
        empty={
          <EmptyState
            icon={<IconFileImport size={32} />}
            title={say('emptyTitle')}
            hint={say('emptyHint')}
            action={create}
          />
        }
      />
    </Page>
  );
}

function ProgressOf({ of }: { of: Import }) {
  const work = workOf(of);
  if (work === null) return null;
  const share = work.whole === 0 ? 0 : Math.min(100, (work.done / work.whole) * 100);
  return (
    <span className={classes.share}>
      <span className={classes.shareBar} aria-hidden>
        <span style={{ width: `${share}%` }} />
      </span>
      {Math.floor(share)} %
    </span>
  );
}
