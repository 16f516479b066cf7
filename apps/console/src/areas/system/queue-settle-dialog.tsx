import { Code, Group, Skeleton, Stack, Text, Textarea } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { QueueDeadLetter, QueueName } from '#shared/api-client/api-types.ts';
import { ask } from '../../api/client.ts';
import { useChange } from '../../api/use-change.ts';
import { Action } from '../../parts/action.tsx';
import { Dialog } from '../../parts/dialog.tsx';
import { FaultBox } from '../../parts/fault-box.tsx';
import { tellDone } from '../../parts/tell.ts';
import { useTypedCount } from '../../parts/typed-count.tsx';
import { useTexts } from '../../texts/language.tsx';
import { queueTexts } from './texts.ts';

const LEAST_REASON = 3;
/** Of which each is shown as it is. */
const MOST_SHOWN = 5;

/** Before turns of phones go into their queue again, or are given up: which they are, and whether they are still there. */
export function QueueSettleDialog({
  close,
  does,
  letters,
  queue,
}: {
  does: 'redrive' | 'discard';
  queue: QueueName;
  letters: readonly QueueDeadLetter[];
  close: () => void;
}) {
  const say = useTexts(queueTexts);
  // As they were when somebody pressed: the list may be another by now.
  const [{ ids, shown }] = useState({
    ids: letters.map(({ id }) => id),
    shown: letters.slice(0, MOST_SHOWN),
  });
  const [why, setWhy] = useState('');
  const body = { queue, ids };
  const rehearsal = useQuery({
    queryKey: ['/v1/queue-dead-letters/rehearsal', body],
    queryFn: ({ signal }) => ask('post', '/v1/queue-dead-letters/rehearsal', { body }, { signal }),
    staleTime: 0,
    retry: false,
  });
  const there = rehearsal.data?.settled ?? null;
  const typed = useTypedCount(there);
  const done = {
    touches: ['/v1/queue-dead-letters'],
    onDone: ({ gone, settled }: { settled: number; gone: string[] }): void => {
      void tellDone(
        settled === 0 && gone.length > 0
          ? say('othersWereFirst')
          : say(does === 'redrive' ? 'redriven' : 'discarded', { count: settled }),
      );
      close();
    },
  };
  const redrive = useChange('post', '/v1/queue-dead-letters/redrive', done);
  const discard = useChange('post', '/v1/queue-dead-letters/discard', done);
  const failed = redrive.error ?? discard.error;
  const asksCount = ids.length > 1;
  const whyNot = ((): string | undefined => {
    if (there === null) return say('looking');
    if (there === 0) return say('othersWereFirst');
    if (does === 'discard' && why.trim().length < LEAST_REASON) return say('sayWhy');
    return asksCount ? typed.whyNot : undefined;
  })();
  return (
    <Dialog close={close} title={say(does === 'redrive' ? 'redriveTitle' : 'discardTitle')}>
      <Stack gap="sm">
        <Text size="sm">{say(does === 'redrive' ? 'redriveWhat' : 'discardWhat')}</Text>
        {shown.map(({ body: text, id, phoneNumber }) => (
          <div key={id}>
            <Text size="sm">{phoneNumber}</Text>
            <Code block tabIndex={0} style={{ whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }}>
              {text}
            </Code>
          </div>
        ))}
        {ids.length > shown.length && (
          <Text size="sm" c="dimmed">
            {say('others', { count: ids.length - shown.length })}
          </Text>
        )}
        <div aria-live="polite">
          {rehearsal.isPending && <Skeleton height={20} aria-busy />}
          {rehearsal.error && <FaultBox error={rehearsal.error} again={() => void rehearsal.refetch()} />}
          {rehearsal.data && (
            <Text size="sm" fw={600}>
              {say('areThere', { count: rehearsal.data.settled })}
            </Text>
          )}
        </div>
        {does === 'discard' && (
          <Textarea
            label={say('why')}
            description={say('whyHint')}
            autosize
            minRows={2}
            maxLength={500}
            required
            value={why}
            onChange={(event) => setWhy(event.currentTarget.value)}
          />
        )}
        {asksCount && typed.field}
        {failed && <FaultBox error={failed} />}
        <Group justify="flex-end">
          <Action
            needs="admin"
            {...(does === 'discard' ? { color: 'red' } : {})}
            loading={redrive.isPending || discard.isPending}
            whyNot={whyNot}
            does={() => {
              if (does === 'redrive') redrive.mutate({ body });
              else discard.mutate({ body: { ...body, why: why.trim() } });
            }}
          >
            {say(does === 'redrive' ? 'redriveDo' : 'discardDo')}
          </Action>
        </Group>
      </Stack>
    </Dialog>
  );
}
