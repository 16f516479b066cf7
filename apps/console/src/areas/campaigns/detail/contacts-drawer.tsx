import { Button, Text } from '@mantine/core';
import { IconDownload, IconUsers } from '@tabler/icons-react';
import { getRouteApi } from '@tanstack/react-router';
import { useMemo } from 'react';
import type { CampaignContact } from '#shared/api-client/api-types.ts';
import { many } from '../../../api/queries.ts';
import { EmptyState } from '../../../parts/empty-state.tsx';
import { useReason } from '../../../parts/reason/use-reason.ts';
import { SideDrawer } from '../../../parts/side-drawer.tsx';
import { Status } from '../../../parts/status.tsx';
import { type Column, DataTable } from '../../../parts/table/data-table.tsx';
import { useRows } from '../../../parts/table/use-rows.ts';
import { Time } from '../../../parts/time.tsx';
import { useTexts } from '../../../texts/language.tsx';
import { contactState, deliveryOutcome, ladderCause } from '../../../words/campaigns.ts';
import { useWord } from '../../../words/use-word.ts';
import { detailTexts } from './texts.ts';

const route = getRouteApi('/campaigns/$id/contacts');

type Query = NonNullable<Parameters<typeof many<'/v1/campaigns/{id}/contacts'>>[1]['query']>;

/** Contacts of one count. */
export function ContactsDrawer() {
  const say = useTexts(detailTexts);
  const { id } = route.useParams();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const reason = useReason();
  const state = useWord(contactState);
  const outcome = useWord(deliveryOutcome);
  const cause = useWord(ladderCause);
  // What the address has is what the API takes; what it does not take it says.
  const query = search as Query;
  const rows = useRows(many('/v1/campaigns/{id}/contacts', { path: { id }, query }));
  const title = [
    ...(search.state === undefined ? [] : [state(search.state).says]),
    ...(search.states === undefined
      ? []
      : [
          search.states
            .split(',')
            .map((each) => state(each).says)
            .join(', '),
        ]),
    ...(search.step === undefined ? [] : [say('atStep', { number: Number(search.step) + 1 })]),
    ...(search.via === undefined ? [] : [cause(search.via).says]),
    ...(search.outcome === undefined ? [] : [outcome(search.outcome).says]),
    ...(search.replied === 'true' ? [say('replies')] : []),
    ...(search.keyword === undefined ? [] : [say('answeredWith', { keyword: String(search.keyword) })]),
    ...(search.clicked === 'true' ? [say('clicks')] : []),
    ...(search.optedOut === 'true' ? [say('optOuts')] : []),
  ].join(' · ');
  const columns = useMemo<Column<CampaignContact>[]>(
    () => [
      { id: 'phone', title: say('number'), width: 130, fixed: true, cell: ({ phoneNumber }) => phoneNumber },
      {
        id: 'state',
        title: say('state'),
        width: 120,
        cell: (row) => <Status words={contactState} of={row.state} />,
      },
      {
        id: 'why',
        title: say('why'),
        width: 190,
        cell: ({ rule, says }) => {
          const words = rule === null ? null : reason(rule, says).says;
          return words && <span title={words}>{words}</span>;
        },
      },
      {
        id: 'due',
        title: say('next'),
        width: 110,
        cell: ({ dueAt }) => dueAt && <Time at={dueAt} as="ago" />,
      },
      {
        id: 'replied',
        title: say('answered'),
        width: 110,
        extra: true,
        cell: ({ repliedAt }) => repliedAt && <Time at={repliedAt} as="ago" />,
      },
      { id: 'keyword', title: say('keyword'), width: 110, extra: true, cell: ({ keyword }) => keyword },
    ],
    [reason, say],
  );
  const address = new URLSearchParams(Object.entries(search).map(([name, value]) => [name, String(value)]));
  return (
    <SideDrawer
      title={title === '' ? say('everybody') : title}
      state={search.rule === undefined ? undefined : reason(search.rule, null).says}
      size={640}
      close={() => void navigate({ to: '/campaigns/$id', params: { id } })}
      actions={
        <Button
          component="a"
          variant="default"
          href={`/v1/campaigns/${id}/contacts/export?${address}`}
          download
          leftSection={<IconDownload size={16} aria-hidden />}
        >
          {say('exportThese')}
        </Button>
      }
    >
      <DataTable
        id="campaign-contacts"
        label={say('people')}
        columns={columns}
        rows={rows}
        rowId={({ contactId }) => contactId}
        open={({ contactId }) =>
          void navigate({ to: '/campaigns/$id/contacts/$contactId', params: { id, contactId }, search })
        }
        filters={
          <Text size="sm" c="dimmed">
            {say('openOne')}
          </Text>
        }
        empty={
          <EmptyState icon={<IconUsers size={32} />} title={say('nobodyHere')} hint={say('nobodyHereHint')} />
        }
      />
    </SideDrawer>
  );
}
