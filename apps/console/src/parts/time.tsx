import { Tooltip } from '@mantine/core';
import { useLanguage } from '../texts/language.tsx';
import { ago, exactly, zoneHere } from './time.ts';
import { useNow } from './use-now.ts';

/**
 * An instant for people: always with its zone. `zone`: where it matters, as of a person; left out: where the reader is.
 * `as="ago"` says how long since or until, with the exact time on hover.
 */
export function Time({
  at,
  zone,
  as = 'exact',
}: {
  /** ISO 8601. */
  at: string;
  zone?: string | undefined;
  as?: 'exact' | 'ago' | 'day';
}) {
  const language = useLanguage();
  const now = useNow(as === 'ago');
  const where = zone ?? zoneHere();
  const exact = exactly(at, { language, zone: where, now });
  if (as !== 'ago') {
    return (
      <time dateTime={at}>
        {as === 'day' ? exactly(at, { language, zone: where, now, day: true }) : exact}
      </time>
    );
  }
  return (
    <Tooltip label={exact}>
      <time dateTime={at}>{ago(at, { language, now })}</time>
    </Tooltip>
  );
}
