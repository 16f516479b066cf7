import { MultiSelect } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { one, PAGE_ROWS } from '../../../api/queries.ts';
import { useTexts } from '../../../texts/language.tsx';
import { throttleTexts } from '../throttle/texts.ts';
import { useThrottleWords } from '../throttle/words.ts';
import { useDraft } from './use-draft.ts';

const MOST_GROUPS = 5;

/** Limits that the campaign shares with others, and what is wrong of those that are saved. */
export function ThrottleField({
  fill,
  isChanged,
  value,
}: {
  value: readonly string[];
  /** Whether something is filled in that was not looked at. */
  isChanged: boolean;
  fill: (groups: string[]) => void;
}) {
  const say = useTexts(throttleTexts);
  const { named } = useThrottleWords();
  const { check } = useDraft();
  const groups = useQuery(one('/v1/throttle-groups', { query: { limit: PAGE_ROWS } })).data?.items ?? [];
  const known = new Set(groups.map(({ id }) => id));
  const faults = (check?.faults ?? []).filter(({ pointer }) =>
    pointer.startsWith('/definition/throttleGroups'),
  );
  return (
    <MultiSelect
      label={say('field')}
      description={say('fieldHint')}
      placeholder={value.length === 0 ? say('fieldNone') : ''}
      maw={480}
      maxValues={MOST_GROUPS}
      data={[
        ...groups.map((group) => ({ value: group.id, label: named(group) })),
        ...value.filter((id) => !known.has(id)).map((id) => ({ value: id, label: say('fieldGone') })),
      ]}
      value={[...new Set(value)]}
      error={isChanged || faults.length === 0 ? undefined : faults.map(({ detail }) => detail).join(', ')}
      onChange={fill}
    />
  );
}
