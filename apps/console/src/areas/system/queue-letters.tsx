import { Group, Select } from '@mantine/core';
import { IconMailbox } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { type ReactNode, useMemo, useState } from 'react';
import type { QueueDeadLetter, QueueName } from '#shared/api-client/api-types.ts';
import { one } from '../../api/queries.ts';
import { Action } from '../../parts/action.tsx';
import { EmptyState } from '../../parts/empty-state.tsx';
import { FaultBox } from '../../parts/fault-box.tsx';
import { type Column, DataTable } from '../../parts/table/data-table.tsx';
import { wholeRows } from '../../parts/table/use-rows.ts';
import { Time } from '../../parts/time.tsx';
import { useTexts } from '../../texts/language.tsx';
import { queueWords } from '../../words/topology.ts';
import { useWord } from '../../words/use-word.ts';
import { QueueSettleDialog } from './queue-settle-dialog.tsx';
import { queueTexts } from './texts.ts';

const route = getRouteApi('/system/dead-letters');
const names = Object.keys(queueWords) as QueueName[];
/** Looking takes them in hand for a moment: not oftener than somebody reads. ms. */
const AGAIN_MS = 60_000;

/** What a queue gave up on: turns of phones, which nobody could take. */
export function QueueLetters({ choice }: { choice: ReactNode }) {
  const say = useTexts(queueTexts);
  const word = useWord(queueWords);
  const { queue = 'sms-bulk.fifo' } = route.useSearch();
  const navigate = route.useNavigate();
  const [settles, setSettles] = useState<{ does: 'redrive' | 'discard'; ids: string[] } | null>(null);
  const { data, error, refetch } = useQuery({
    ...one('/v1/queue-dead-letters', { query: { queue } }),
    refetchInterval: AGAIN_MS,
    refetchOnWindowFocus: false,
  });
  const columns = useMemo<Column<QueueDeadLetter>[]>(
    () => [
      { id: 'phone', title: say('phone'), width: 140, fixed: true, cell: ({ phoneNumber }) => phoneNumber },
      { id: 'sent', title: say('sent'), width: 190, cell: ({ sentAt }) => <Time at={sentAt} /> },
      {
        id: 'receives',
        title: say('receives'),
        width: 120,
        align: 'right',
        cell: ({ receives }) => receives,
      },
      { id: 'body', title: say('body'), width: 380, cell: ({ body }) => <span title={body}>{body}</span> },
      {
        id: 'does',
        title: say('does'),
        width: 220,
        cell: ({ id }) => (
          <Group gap={4} wrap="nowrap">
            <Action
              needs="admin"
              size="compact-xs"
              variant="default"
              does={() => setSettles({ does: 'redrive', ids: [id] })}
            >
              {say('redrive')}
            </Action>
            <Action
              needs="admin"
              size="compact-xs"
              variant="subtle"
              color="red"
              does={() => setSettles({ does: 'discard', ids: [id] })}
            >
              {say('discard')}
            </Action>
          </Group>
        ),
      },
    ],
    [say],
  );
  const ids = data?.items.map(({ id }) => id) ?? [];
  return (
    <>
      {error && data === undefined ? (
        <FaultBox error={error} again={() => void refetch()} />
      ) : (
        <DataTable
          id="queue-dead-letters"
          label={say('title')}
          columns={columns}
          rows={wholeRows(data?.items)}
          rowId={({ id }) => id}
          choosesColumns={false}
          filters={
            <>
              {choice}
              <Select
                aria-label={say('queue')}
                allowDeselect={false}
                w={200}
                data={names.map((value) => ({ value, label: word(value).says }))}
                value={queue}
                onChange={(value) =>
                  void navigate({ search: { which: 'queues', queue: names.find((each) => each === value) } })
                }
              />
              {ids.length > 1 && (
                <Action needs="admin" variant="default" does={() => setSettles({ does: 'redrive', ids })}>
                  {say('redriveAll', { count: ids.length })}
                </Action>
              )}
            </>
          }
          empty={<EmptyState icon={<IconMailbox size={32} />} title={say('none')} hint={say('noneHint')} />}
        />
      )}
      {settles !== null && (
        <QueueSettleDialog
          does={settles.does}
          queue={queue}
          letters={(data?.items ?? []).filter(({ id }) => settles.ids.includes(id))}
          close={() => setSettles(null)}
        />
      )}
    </>
  );
}
