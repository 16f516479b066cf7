import { Skeleton, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { one } from '../../../api/queries.ts';
import { useReference } from '../../../parts/use-number.ts';
import { useTexts } from '../../../texts/language.tsx';
import classes from './consent.module.css';
import { Standings } from './standings.tsx';
import { consentTexts } from './texts.ts';

/** Where a person stands, in short, and the way to how it came to that. */
export function ConsentSummary({ phone }: { phone: string }) {
  const say = useTexts(consentTexts);
  const { data } = useQuery(one('/v1/consents/{phone}', { path: { phone } }));
  const place = useReference(phone);
  if (data === undefined) return <Skeleton height={40} aria-busy />;
  return (
    <Stack gap={4}>
      <Standings of={data} />
      <Text size="sm">
        {place !== undefined && (
          <Link to="/contacts/consent/$phone" params={{ phone: place }} className={classes.link}>
            {say('toHistory')}
          </Link>
        )}
      </Text>
    </Stack>
  );
}
