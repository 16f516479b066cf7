import { IconSchool } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import type { ListedDrill } from '#shared/api-client/api-types.ts';
import { one } from '../../api/queries.ts';
import { EmptyState } from '../../parts/empty-state.tsx';
import { ListOnly } from '../../parts/list-only.tsx';
import { Count } from '../../parts/number.tsx';
import { Page } from '../../parts/page.tsx';
import { type Column, DataTable } from '../../parts/table/data-table.tsx';
import { wholeRows } from '../../parts/table/use-rows.ts';
import { useTexts } from '../../texts/language.tsx';
import { drillTexts } from './texts.ts';

export function DrillList() {
  const say = useTexts(drillTexts);
  const { data, error } = useQuery(one('/v1/drills', {}));
  const columns = useMemo<Column<ListedDrill>[]>(
    () => [
      { id: 'name', title: say('name'), width: 280, fixed: true, cell: ({ name }) => name },
      {
        id: 'programmes',
        title: say('programmes'),
        width: 240,
        cell: ({ programmes }) => programmes.join(', '),
      },
      {
        id: 'prompts',
        title: say('prompts'),
        width: 90,
        align: 'right',
        cell: ({ prompts }) => <Count of={prompts} />,
      },
      {
        id: 'version',
        title: say('version'),
        width: 90,
        align: 'right',
        cell: ({ version }) => <Count of={version} />,
      },
      { id: 'language', title: say('language'), width: 90, cell: ({ defaultLanguage }) => defaultLanguage },
    ],
    [say],
  );
  return (
    <Page title={say('title')} state={<ListOnly says={say('onlyShown')} />}>
      <DataTable
        id="drills"
        label={say('title')}
        columns={columns}
        rows={wholeRows(data?.items, error)}
        rowId={({ slug }) => slug}
        empty={
          <EmptyState icon={<IconSchool size={32} />} title={say('emptyTitle')} hint={say('emptyHint')} />
        }
      />
    </Page>
  );
}
