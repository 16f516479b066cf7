import { Button, Group, Stack, Text, UnstyledButton } from '@mantine/core';
import { IconPhone, IconPhoneOff } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import type { CallView } from '#shared/simulator/call-view.ts';
import type { Line } from '#shared/simulator/line.ts';
import { tellFault } from '../../parts/tell.ts';
import { useTexts } from '../../texts/language.tsx';
import classes from './phones.module.css';
import { answerCall, hangUp, pressKey } from './simulator.ts';
import { phoneTexts } from './texts.ts';

const KEYS = ['1', '2', '3', '4', '5', '6', '7', '8', '9', '*', '0', '#'] as const;

/** A call that rings or is under way: taken, heard word by word, answered with keys, ended. */
export function CallPanel({
  call,
  line,
  number,
}: {
  number: string;
  call: CallView;
  line: Line | undefined;
}) {
  const say = useTexts(phoneTexts);
  const act = useMutation({
    mutationFn: (does: () => Promise<unknown>) => does(),
    // It may be over before somebody has pressed: what is shown says so.
    onError: (error) => void tellFault(say('failed', { number }), error.message),
  });
  const other = call.direction === 'to_phone' ? call.from : call.to;
  const isTaken = call.status === 'in-progress';
  const rings = call.status === 'ringing';
  const isByHand = line?.answers === 'by_hand';
  return (
    <Stack gap="xs" className={classes.call} role="group" aria-label={say('callWith', { number: other })}>
      <Text size="sm" fw={600} ta="center" role="status">
        {isTaken
          ? say('speaks', { number: other })
          : rings
            ? say('rings', { number: other })
            : say('dials', { number: other })}
      </Text>
      {isTaken && <Heard call={call} />}
      {isTaken && (
        <div className={classes.keys}>
          {KEYS.map((key) => (
            <UnstyledButton
              key={key}
              className={classes.key}
              aria-label={say('press', { key })}
              onClick={() => act.mutate(() => pressKey(number, key))}
            >
              {key}
            </UnstyledButton>
          ))}
        </div>
      )}
      {rings && !isByHand && (
        <Text size="xs" c="dimmed" ta="center">
          {say('ringsByItself')}
        </Text>
      )}
      <Group grow gap="xs">
        {rings && isByHand && (
          <Button
            leftSection={<IconPhone size={16} aria-hidden />}
            onClick={() => act.mutate(() => answerCall(number))}
          >
            {say('answer')}
          </Button>
        )}
        {(isTaken || (rings && isByHand)) && (
          <Button
            color="red"
            leftSection={<IconPhoneOff size={16} aria-hidden />}
            onClick={() => act.mutate(() => hangUp(number))}
          >
            {say(isTaken ? 'hangUp' : 'decline')}
          </Button>
        )}
      </Group>
    </Stack>
  );
}

/** What is said, as it begins; what has been said is dimmed. */
function Heard({ call: { heard, pressed } }: { call: CallView }) {
  const say = useTexts(phoneTexts);
  const list = useRef<HTMLOListElement>(null);
  const spoken = heard.filter(({ kind }) => kind !== 'pause');
  const count = spoken.length;
  useEffect(() => {
    if (count > 0) list.current?.scrollTo({ top: list.current.scrollHeight });
  }, [count]);
  return (
    <>
      <ol
        ref={list}
        className={classes.heard}
        aria-live="polite"
        aria-label={say('heard')}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
        tabIndex={0}
      >
        {spoken.map(({ fromMs, kind, text }, index) => (
          <li key={`${fromMs} ${text}`} data-now={index === count - 1 || undefined}>
            {kind === 'play' ? say('recording', { address: text }) : text}
          </li>
        ))}
      </ol>
      {pressed.length > 0 && (
        <Text size="xs" c="dimmed" ta="center">
          {say('pressed', { keys: pressed.map(({ key }) => key).join(' ') })}
        </Text>
      )}
    </>
  );
}
