import { Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { Campaign, ThrottleGroup } from '#shared/api-client/api-types.ts';
import { one, PAGE_ROWS } from '../../../api/queries.ts';
import { useTexts } from '../../../texts/language.tsx';
import { throttleTexts } from '../throttle/texts.ts';
import { useThrottleWords } from '../throttle/words.ts';

/** How often is looked again at who waits, in ms. */
const LOOK_AGAIN_MS = 10_000;

/** Throttle groups that a campaign names, those among them that people of it wait for. */
function useGroupsOf(campaign: Campaign | undefined): {
  groups: ThrottleGroup[];
  waiting: ThrottleGroup[];
} {
  const throttleGroups = campaign?.definition.throttleGroups ?? [];
  const { data } = useQuery({
    ...one('/v1/throttle-groups', { query: { limit: PAGE_ROWS } }),
    enabled: throttleGroups.length > 0,
    refetchInterval: LOOK_AGAIN_MS,
  });
  const groups = (data?.items ?? []).filter((group) => throttleGroups.includes(group.id));
  return {
    groups,
    waiting: groups.filter(({ campaigns }) =>
      campaigns.some((each) => each.id === campaign?.id && each.waits),
    ),
  };
}

/** Which they are, and whether people of the campaign wait for them. */
export function ThrottleOf({ campaign }: { campaign: Campaign }) {
  const say = useTexts(throttleTexts);
  const { named } = useThrottleWords();
  const { groups, waiting } = useGroupsOf(campaign);
  return groups.map((group) => (
    <Text key={group.id} size="sm" c="dimmed">
      <Link to="/campaigns/throttle-groups/$groupId" params={{ groupId: group.id }}>
        {say(waiting.includes(group) ? 'namesWaiting' : 'namesOf', { group: named(group) })}
      </Link>
    </Text>
  ));
}

/** What somebody who is pending waits for besides their turn; null: nothing. */
export function useWhyPending(campaign: Campaign | undefined): string | null {
  const say = useTexts(throttleTexts);
  const { named } = useThrottleWords();
  const { waiting } = useGroupsOf(campaign);
  return waiting.length === 0 ? null : say('waitsFor', { groups: waiting.map(named).join(', ') });
}
