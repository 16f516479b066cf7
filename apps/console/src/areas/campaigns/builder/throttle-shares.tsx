import { Text } from '@mantine/core';
import type { CampaignEstimate } from '#shared/api-client/api-types.ts';
import { useTexts } from '../../../texts/language.tsx';
import { throttleTexts } from '../throttle/texts.ts';
import { useThrottleWords } from '../throttle/words.ts';

/** Limits that the estimate goes by, and with how many others the campaign shares them. */
export function ThrottleShares({ of }: { of: CampaignEstimate['pace']['throttleGroups'] }) {
  const say = useTexts(throttleTexts);
  const { named } = useThrottleWords();
  return of.map((group) => {
    const { id, othersUnderWay: count } = group;
    return (
      <Text key={id} size="sm">
        {say('namesOf', {
          group: count === 0 ? named(group) : say('shared', { group: named(group), count }),
        })}
      </Text>
    );
  });
}
