import { Anchor, Badge, Group, Skeleton } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { Conversation } from '#shared/api-client/api-types.ts';
import { one } from '../../../api/queries.ts';
import { languageName } from '../../../parts/languages.ts';
import { useLanguage, useTexts } from '../../../texts/language.tsx';
import { lineType } from '../../../words/people.ts';
import { useWord } from '../../../words/use-word.ts';
import { shownNumber } from '../shown-number.ts';
import { inboxTexts } from '../texts.ts';
import { Known } from './known.tsx';
import { Card, Nothing } from './side.tsx';

/** What is on record about the person. */
export function ContactCard({ conversation: { contact, phoneNumber } }: { conversation: Conversation }) {
  const say = useTexts(inboxTexts);
  const language = useLanguage();
  const line = useWord(lineType);
  const { data } = useQuery({
    ...one('/v1/contacts/{id}', { path: { id: contact?.id ?? '' } }),
    enabled: contact !== null,
  });
  return (
    <Card
      title={say('contact')}
      aside={
        data && (
          <Anchor
            size="sm"
            underline="always"
            renderRoot={(props) => <Link to="/contacts/$id" params={{ id: data.id }} {...props} />}
          >
            {say('openContact')}
          </Anchor>
        )
      }
    >
      {contact === null ? (
        <Nothing>{say('noContact')}</Nothing>
      ) : data === undefined ? (
        <Skeleton height={96} aria-busy />
      ) : (
        <>
          <Known
            of={[
              [say('number'), shownNumber(phoneNumber)],
              [say('language'), data.language && languageName(data.language, language)],
              [say('timeZone'), data.timeZone],
              [say('place'), [data.state, data.postalCode].filter(Boolean).join(' ')],
              [say('line'), data.lineType && line(data.lineType).says],
              [say('externalId'), data.externalId],
              ...Object.entries(data.attributes).map(
                ([name, value]) => [name.replaceAll('_', ' '), String(value)] as const,
              ),
            ]}
          />
          {data.tags.length > 0 && (
            <Group gap={4} mt={6}>
              {data.tags.map((tag) => (
                <Badge key={tag} size="sm" variant="default" tt="none">
                  {tag}
                </Badge>
              ))}
            </Group>
          )}
        </>
      )}
    </Card>
  );
}
