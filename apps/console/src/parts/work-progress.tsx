import { Group, Progress, Stack, Text } from '@mantine/core';
import { useEffect, useState } from 'react';
import { useLanguage, useTexts } from '../texts/language.tsx';
import { partTexts } from './texts.ts';
import { span } from './time.ts';
import { type Reached, rateOf, seen } from './work-rate.ts';

/** Long work: how far it is, how fast it goes and how long it will take. It may be left and found again. */
export function WorkProgress({
  done,
  label,
  whole,
  say: inWords,
}: {
  /** What is being done. */
  label: string;
  done: number;
  whole: number;
  /** Numbers as people read them, as of bytes. Left out: as they are. */
  say?: (count: number) => string;
}) {
  const say = useTexts(partTexts);
  const language = useLanguage();
  const words = inWords ?? ((count: number) => Math.round(count).toLocaleString(language));
  const [reached, setReached] = useState<readonly Reached[]>([]);
  useEffect(() => setReached((before) => seen(before, { at: performance.now(), done })), [done]);
  const rate = rateOf(reached, whole);
  const share = whole === 0 ? 0 : Math.min(100, (done / whole) * 100);
  return (
    <Stack gap={6}>
      <Group justify="space-between" gap="sm">
        <Text size="sm" fw={500}>
          {label}
        </Text>
        <Text size="sm" c="dimmed">
          {say('doneOf', { done: words(done), whole: words(whole) })}
        </Text>
      </Group>
      <Progress.Root size="md" transitionDuration={300}>
        <Progress.Section value={share} aria-label={label} />
      </Progress.Root>
      <Text size="xs" c="dimmed" mih={17}>
        {rate !== null &&
          [
            say('ratePerSecond', { count: words(rate.perSecond) }),
            ...(rate.remainingMs === null
              ? []
              : [say('remaining', { time: span(rate.remainingMs, language) })]),
          ].join(' · ')}
      </Text>
    </Stack>
  );
}
