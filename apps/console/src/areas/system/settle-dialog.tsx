import { Button, Group, Radio, Skeleton, Stack, Text, Textarea } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import type { WholeDeadLetter } from '#shared/api-client/api-types.ts';
import { ask } from '../../api/client.ts';
import { useChange } from '../../api/use-change.ts';
import { Dialog } from '../../parts/dialog.tsx';
import { FaultBox } from '../../parts/fault-box.tsx';
import { tellDone } from '../../parts/tell.ts';
import { useTexts } from '../../texts/language.tsx';
import { deadLetterStays } from '../../words/topology.ts';
import { useWord } from '../../words/use-word.ts';
import { settleTexts } from './texts.ts';

const touches = ['/v1/dead-letters', '/v1/system', '/v1/topology'];
const LEAST_REASON = 3;

/** Before records are put on their stream again, or given up: what would become of them, and whether of all that are like it. */
export function SettleDialog({
  close,
  does,
  letter: { consumer, id, reason },
}: {
  does: 'redrive' | 'discard';
  letter: WholeDeadLetter;
  close: () => void;
}) {
  const say = useTexts(settleTexts);
  const [which, setWhich] = useState<'one' | 'alike'>('one');
  const [why, setWhy] = useState('');
  // Reasons are cut where a list shows them; what is compared is the beginning.
  const selection = which === 'one' ? { ids: [id] } : { consumer, reason: reason.slice(0, 200) };
  const body = { ...selection, does };
  const rehearsal = useQuery({
    queryKey: ['/v1/dead-letters/rehearsal', body],
    queryFn: ({ signal }) => ask('post', '/v1/dead-letters/rehearsal', { body }, { signal }),
    staleTime: 0,
    retry: false,
  });
  const onDone = ({ more, settled }: { settled: number; more: boolean }): void => {
    void tellDone(say(does === 'redrive' ? 'redriven' : 'discarded', { count: settled }));
    if (more && settled > 0) void rehearsal.refetch();
    else close();
  };
  const redrive = useChange('post', '/v1/dead-letters/redrive', { touches, onDone });
  const discard = useChange('post', '/v1/dead-letters/discard', { touches, onDone });
  const isPending = redrive.isPending || discard.isPending;
  const failed = redrive.error ?? discard.error;
  const isSaid = does === 'redrive' || why.trim().length >= LEAST_REASON;
  const isReady = isSaid && (rehearsal.data?.settled ?? 0) > 0;
  const send = (event: FormEvent): void => {
    event.preventDefault();
    if (!isReady) return;
    if (does === 'redrive') redrive.mutate({ body: selection });
    else discard.mutate({ body: { ...selection, why: why.trim() } });
  };
  return (
    <Dialog close={close} title={say(does === 'redrive' ? 'redriveTitle' : 'discardTitle')}>
      <form onSubmit={send}>
        <Stack gap="md">
          <Text size="sm">{say(does === 'redrive' ? 'redriveWhat' : 'discardWhat')}</Text>
          <Radio.Group
            label={say('which')}
            value={which}
            onChange={(value) => setWhich(value === 'alike' ? 'alike' : 'one')}
          >
            <Stack gap={6} mt={6}>
              <Radio value="one" label={say('thisOne', { id })} />
              <Radio value="alike" label={say('alike', { consumer })} />
            </Stack>
          </Radio.Group>
          {does === 'discard' && (
            <Textarea
              label={say('why')}
              description={say('whyHint')}
              value={why}
              onChange={(event) => setWhy(event.currentTarget.value)}
              autosize
              minRows={2}
              maxLength={500}
              required
            />
          )}
          <div aria-live="polite">
            {rehearsal.isPending && <Skeleton height={40} aria-busy />}
            {rehearsal.error && <FaultBox error={rehearsal.error} again={() => void rehearsal.refetch()} />}
            {rehearsal.data && <WouldBe does={does} outcome={rehearsal.data} />}
          </div>
          {failed && <FaultBox error={failed} />}
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={close}>
              {say('leave')}
            </Button>
            <Button
              type="submit"
              {...(does === 'discard' ? { color: 'red' } : {})}
              disabled={!isReady}
              loading={isPending}
            >
              {say(does === 'redrive' ? 'redriveDo' : 'discardDo')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Dialog>
  );
}

/** What a dry run found. */
function WouldBe({
  does,
  outcome: { more, settled, stay, woken },
}: {
  does: 'redrive' | 'discard';
  outcome: { settled: number; woken: number; more: boolean; stay: { id: string; code: string }[] };
}) {
  const say = useTexts(settleTexts);
  const word = useWord(deadLetterStays);
  return (
    <Stack gap={4}>
      <Text size="sm" fw={600}>
        {say(does === 'redrive' ? 'wouldRedrive' : 'wouldDiscard', { count: settled })}
      </Text>
      {woken > 0 && <Text size="sm">{say('wouldWake', { count: woken })}</Text>}
      {stay.slice(0, 5).map(({ code, id }) => (
        <Text key={id} size="sm" c="dimmed">
          {say('stays', { id, why: word(code).says })}
        </Text>
      ))}
      {stay.length > 5 && (
        <Text size="sm" c="dimmed">
          {say('othersStay', { count: stay.length - 5 })}
        </Text>
      )}
      {more && (
        <Text size="sm" c="dimmed">
          {say('more')}
        </Text>
      )}
    </Stack>
  );
}
