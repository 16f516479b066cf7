import { Button, Code, Group, Radio, Skeleton, Stack, Text, Textarea } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import type { SettledDeadLetters as Outcome, WholeDeadLetter } from '#shared/api-client/api-types.ts';
import { ask } from '../../api/client.ts';
import { useChange } from '../../api/use-change.ts';
import { Dialog } from '../../parts/dialog.tsx';
import { FaultBox } from '../../parts/fault-box.tsx';
import { Notice } from '../../parts/notice.tsx';
import { tellDone } from '../../parts/tell.ts';
import { useTypedCount } from '../../parts/typed-count.tsx';
import { useTexts } from '../../texts/language.tsx';
import { deadLetterStays } from '../../words/topology.ts';
import { useWord } from '../../words/use-word.ts';
import { readable } from './readable.ts';
import { settleTexts } from './texts.ts';

const touches = ['/v1/dead-letters', '/v1/system', '/v1/topology'];
const LEAST_REASON = 3;
/** Records of which each is told by itself. */
const MOST_SAID = 5;
type Stay = Outcome['stay'][number];

/** Before records are put on their stream again, or given up: what would become of them, and whether of all that are like it. */
export function SettleDialog({
  close,
  does,
  letter,
}: {
  does: 'redrive' | 'discard';
  letter: WholeDeadLetter;
  close: () => void;
}) {
  const say = useTexts(settleTexts);
  const { consumer, id, reason } = letter;
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
  /** What others did first is said where it was to be done, and stays until somebody has read it. */
  const [first, setFirst] = useState<Stay[]>([]);
  const onDone = ({ more, settled, stay }: Outcome): void => {
    if (settled > 0) void tellDone(say(does === 'redrive' ? 'redriven' : 'discarded', { count: settled }));
    const others = stay.filter(({ settled: by }) => by !== null);
    setFirst(others);
    if (more && settled > 0) void rehearsal.refetch();
    else if (others.length === 0) close();
  };
  const redrive = useChange('post', '/v1/dead-letters/redrive', { touches, onDone });
  const discard = useChange('post', '/v1/dead-letters/discard', { touches, onDone });
  const isPending = redrive.isPending || discard.isPending;
  const failed = redrive.error ?? discard.error;
  const isSaid = does === 'redrive' || why.trim().length >= LEAST_REASON;
  const count = rehearsal.data?.settled ?? null;
  const typed = useTypedCount(
    count,
    count === null ? say('typeRecordsUnknown') : say('typeRecords', { count }),
  );
  const isAlike = which === 'alike';
  const isReady = isSaid && (count ?? 0) > 0 && (!isAlike || typed.whyNot === undefined);
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
          {does === 'discard' && which === 'one' && <What letter={letter} />}
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
            {rehearsal.data && first.length === 0 && <WouldBe does={does} outcome={rehearsal.data} />}
          </div>
          {first.length > 0 && (
            <Notice tone="held" title={say('othersWereFirst', { count: first.length })}>
              <Stack gap={4}>
                {first.slice(0, MOST_SAID).map((each) => (
                  <Text key={each.id} size="sm">
                    <DoneBy stay={each} />
                  </Text>
                ))}
              </Stack>
            </Notice>
          )}
          {isAlike && (count ?? 0) > 0 && typed.field}
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
  outcome: Outcome;
}) {
  const say = useTexts(settleTexts);
  const word = useWord(deadLetterStays);
  return (
    <Stack gap={4}>
      <Text size="sm" fw={600}>
        {say(does === 'redrive' ? 'wouldRedrive' : 'wouldDiscard', { count: settled })}
      </Text>
      {woken > 0 && <Text size="sm">{say('wouldWake', { count: woken })}</Text>}
      {stay.slice(0, MOST_SAID).map((each) => (
        <Text key={each.id} size="sm" c="dimmed">
          {each.settled === null ? (
            say('stays', { id: each.id, why: word(each.code).says })
          ) : (
            <DoneBy stay={each} />
          )}
        </Text>
      ))}
      {stay.length > MOST_SAID && (
        <Text size="sm" c="dimmed">
          {say('othersStay', { count: stay.length - MOST_SAID })}
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

/** What is given up, as it stands in the record: it is read before, not after. */
function What({ letter: { body, key } }: { letter: WholeDeadLetter }) {
  const say = useTexts(settleTexts);
  return (
    <div>
      <Text size="sm" mb={4}>
        {say('whatIs', { key })}
      </Text>
      <Code block tabIndex={0} mah={160} style={{ overflow: 'auto' }}>
        {readable(body)}
      </Code>
    </div>
  );
}

/** Who was first with a record, and what they did. */
function DoneBy({ stay: { id, settled } }: { stay: Stay }) {
  const say = useTexts(settleTexts);
  const who = settled?.by ?? say('somebody');
  if (settled?.as !== 'discarded') return say('redrivenBy', { id, who });
  return settled.why === null
    ? say('discardedBy', { id, who })
    : say('discardedByWhy', { id, who, why: settled.why });
}
