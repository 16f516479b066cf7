import { Group, Stack, Text } from '@mantine/core';
import type { Consent } from '#shared/api-client/api-types.ts';
import { Status } from '../../../parts/status.tsx';
import { Time } from '../../../parts/time.tsx';
import { useTexts } from '../../../texts/language.tsx';
import { consentGrant, consentStatus } from '../../../words/people.ts';
import { useWord } from '../../../words/use-word.ts';
import { consentTexts } from './texts.ts';

/** Where a person stands, by what it is about. */
export function Standings({ of: { standings } }: { of: Pick<Consent, 'standings'> }) {
  const say = useTexts(consentTexts);
  const grant = useWord(consentGrant);
  if (standings.length === 0) {
    return (
      <Text size="sm" c="dimmed">
        {say('noStanding')}
      </Text>
    );
  }
  return (
    <Stack gap={4}>
      {standings.map(({ deadline, granted, scope, since, status }) => (
        <Group key={scope} gap="xs" wrap="wrap">
          <Status words={consentStatus} of={status} />
          <Text size="sm" component="div">
            {scope === 'sender' ? say('everything') : say('topic', { topic: scope })}
            {granted.length > 0 && status === 'opted_in' && (
              <>: {granted.map((each) => grant(each).says).join(', ')}</>
            )}{' '}
            <Text span size="sm" c="dimmed">
              {say('since')} <Time at={since} as="day" />
              {deadline !== null && <> · {say('doneBy', { day: deadline })}</>}
            </Text>
          </Text>
        </Group>
      ))}
    </Stack>
  );
}
