import { Text, Tooltip } from '@mantine/core';
import { IconClock } from '@tabler/icons-react';
import type { AnswerOutlook } from '#shared/api-client/api-types.ts';
import { placeOf } from '../../../parts/place.ts';
import { useNow } from '../../../parts/use-now.ts';
import { useLanguage, useTexts } from '../../../texts/language.tsx';
import { placeSource } from '../../../words/people.ts';
import { useWord } from '../../../words/use-word.ts';
import { inboxTexts } from '../texts.ts';
import classes from './thread.module.css';

/** What time it is where the person is, as the rules see it: from the earliest to the latest where they may be in several zones. */
export function LocalTime({ outlook: { zoneSource, zones } }: { outlook: AnswerOutlook }) {
  const say = useTexts(inboxTexts);
  const source = useWord(placeSource);
  const language = useLanguage();
  const now = useNow();
  const at = (zone: string, named = false): string =>
    new Intl.DateTimeFormat(language, {
      timeZone: zone,
      hour: '2-digit',
      minute: '2-digit',
      hourCycle: 'h23',
      ...(named ? { timeZoneName: 'short' } : {}),
    }).format(now);
  // By the time of the day there, with its day: one zone may already have tomorrow.
  const wall = (zone: string): string =>
    new Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short', timeStyle: 'short' }).format(now);
  const inOrder = zones.toSorted((a, b) => (wall(a) < wall(b) ? -1 : 1));
  const [first, last] = [inOrder[0], inOrder.at(-1)];
  if (first === undefined || last === undefined) return null;
  const isOne = wall(first) === wall(last);
  return (
    <Tooltip label={say('localTimeFrom', { source: source(zoneSource).says })}>
      <Text span size="sm" c="dimmed" className={classes.localTime}>
        <IconClock size={14} aria-hidden />
        {isOne
          ? say('localTime', { time: at(first, true), place: placeOf(first) })
          : say('localTimes', { from: at(first), to: at(last) })}
      </Text>
    </Tooltip>
  );
}
