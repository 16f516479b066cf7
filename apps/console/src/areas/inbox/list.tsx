import { SegmentedControl } from '@mantine/core';
import { IconInbox } from '@tabler/icons-react';
import { getRouteApi } from '@tanstack/react-router';
import { useMemo } from 'react';
import type { Conversation } from '#shared/api-client/api-types.ts';
import { useLiveRefresh } from '../../api/live/live.tsx';
import { many } from '../../api/queries.ts';
import { EmptyState } from '../../parts/empty-state.tsx';
import { ListOnly } from '../../parts/list-only.tsx';
import { Page } from '../../parts/page.tsx';
import { Status } from '../../parts/status.tsx';
import { type Column, DataTable } from '../../parts/table/data-table.tsx';
import { useRows } from '../../parts/table/use-rows.ts';
import { Time } from '../../parts/time.tsx';
import { useTexts } from '../../texts/language.tsx';
import { conversationState } from '../../words/conversations.ts';
import { inboxTexts } from './texts.ts';

const route = getRouteApi('/inbox');

export function ConversationList() {
  const say = useTexts(inboxTexts);
  const { folder = 'reply' } = route.useSearch();
  const navigate = route.useNavigate();
  useLiveRefresh('conversations', ['/v1/conversations']);
  const rows = useRows(many('/v1/conversations', { query: folder === 'all' ? {} : { needsReply: 'true' } }));
  const columns = useMemo<Column<Conversation>[]>(
    () => [
      {
        id: 'who',
        title: say('who'),
        width: 180,
        fixed: true,
        cell: (row) => row.contact?.name ?? row.phoneNumber,
      },
      { id: 'lastText', title: say('lastText'), width: 360, cell: ({ lastText }) => lastText },
      {
        id: 'lastAt',
        title: say('lastAt'),
        width: 110,
        cell: ({ lastTextAt }) => lastTextAt && <Time at={lastTextAt} as="ago" />,
      },
      {
        id: 'state',
        title: say('state'),
        width: 130,
        cell: ({ state }) => <Status words={conversationState} of={state} />,
      },
      { id: 'assignee', title: say('assignee'), width: 150, cell: ({ assignee }) => assignee },
    ],
    [say],
  );
  return (
    <Page title={say('title')} state={<ListOnly says={say('onlyShown')} />}>
      <DataTable
        id="conversations"
        label={say('title')}
        columns={columns}
        rows={rows}
        rowId={({ id }) => id}
        filters={
          <SegmentedControl
            aria-label={say('folder')}
            value={folder}
            onChange={(value) => void navigate({ search: { folder: value === 'all' ? 'all' : 'reply' } })}
            data={[
              { value: 'reply', label: say('reply') },
              { value: 'all', label: say('all') },
            ]}
          />
        }
        empty={
          <EmptyState icon={<IconInbox size={32} />} title={say('emptyTitle')} hint={say('emptyHint')} />
        }
      />
    </Page>
  );
}
