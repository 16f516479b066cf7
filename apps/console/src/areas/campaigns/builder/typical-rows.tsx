import { Skeleton, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { one } from '../../../api/queries.ts';
import { span } from '../../../parts/time.ts';
import { useLanguage, useTexts } from '../../../texts/language.tsx';
import classes from './builder.module.css';
import { builderTexts } from './texts.ts';
import { useDraft } from './use-draft.ts';

/** What people would get of the message as it is saved: the shortest, that in the middle, the longest; and who lacks what. */
export function TypicalRows() {
  const say = useTexts(builderTexts);
  const language = useLanguage();
  const { campaign } = useDraft();
  const hasMessage = campaign.definition.variants.length > 0;
  const { data, error } = useQuery({
    ...one('/v1/campaigns/{id}/preview/summary', { path: { id: campaign.id } }),
    enabled: hasMessage,
    retry: false,
  });
  if (!hasMessage || error) return null;
  if (data === undefined) return <Skeleton height={90} />;
  if (data.typical === null) {
    return (
      <Text size="sm" c="dimmed">
        {say('nobodyGets')}
      </Text>
    );
  }
  const { longest, median, shortest } = data.typical;
  return (
    <Stack gap="xs" component="section" aria-label={say('typical')}>
      <Text size="sm" fw={500}>
        {say('typical')}
      </Text>
      {(
        [
          ['shortest', shortest],
          ['median', median],
          ['longest', longest],
        ] as const
      ).map(([which, row]) => (
        <div key={which} className={classes.row}>
          <Text size="xs" c="dimmed">
            {say(which)}
            {' · '}
            {row.call === null
              ? say('size', { count: row.segments, units: row.units, encoding: row.encoding ?? '' })
              : span(row.call.seconds * 1_000, language)}
            {row.changedBy.length > 0 && ` · ${say('because', { characters: row.changedBy.join(' ') })}`}
          </Text>
          <Text size="sm" className={classes.markedText}>
            {row.body}
          </Text>
        </div>
      ))}
      {data.missing.map(({ contacts, field }) => (
        <Text key={field} size="sm" c="var(--c-held-text)">
          {say('lack', { count: contacts, field })}
        </Text>
      ))}
    </Stack>
  );
}
