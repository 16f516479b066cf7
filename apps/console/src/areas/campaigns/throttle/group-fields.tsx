import { Checkbox, Group, NumberInput, Select, TextInput } from '@mantine/core';
import type { ThrottleGroup } from '#shared/api-client/api-types.ts';
import { useTexts } from '../../../texts/language.tsx';
import { throttlePeriod } from '../../../words/campaigns.ts';
import { useWord } from '../../../words/use-word.ts';
import { throttleTexts } from './texts.ts';

/** What somebody may say of a group. */
export type GroupTerms = Pick<ThrottleGroup, 'name' | 'per' | 'evenly'> & {
  /** Null: not filled in. */
  most: number | null;
};

/** Why it cannot be saved so yet; undefined: it can. */
export function useWhyNotYet({ most, name }: GroupTerms): string | undefined {
  const say = useTexts(throttleTexts);
  if (name.trim() === '') return say('nameFirst');
  return most === null ? say('mostFirst') : undefined;
}

/** A name, a limit and how it comes. Of a day it does not come evenly by itself: nights are a part of it. */
export function GroupFields({
  change,
  terms,
}: {
  terms: GroupTerms;
  change: (part: Partial<GroupTerms>) => void;
}) {
  const say = useTexts(throttleTexts);
  const word = useWord(throttlePeriod);
  return (
    <>
      <TextInput
        label={say('name')}
        description={say('nameHint')}
        data-autofocus
        required
        maxLength={100}
        value={terms.name}
        onChange={(event) => change({ name: event.currentTarget.value })}
      />
      <Group gap="sm" align="flex-end" grow>
        <NumberInput
          label={say('most')}
          description={say('mostHint')}
          required
          min={1}
          max={1_000_000}
          allowDecimal={false}
          value={terms.most ?? ''}
          onChange={(value) => change({ most: typeof value === 'number' ? value : null })}
        />
        <Select
          label={say('per')}
          allowDeselect={false}
          data={Object.keys(throttlePeriod).map((value) => ({ value, label: word(value).says }))}
          value={terms.per}
          onChange={(value) => {
            const per = (value ?? terms.per) as ThrottleGroup['per'];
            change({ per, evenly: per === 'day' ? false : terms.per === 'day' ? true : terms.evenly });
          }}
        />
      </Group>
      <Checkbox
        label={say('evenly')}
        description={say(terms.per === 'day' && terms.evenly ? 'evenlyDay' : 'evenlyHint')}
        checked={terms.evenly}
        onChange={(event) => change({ evenly: event.currentTarget.checked })}
      />
    </>
  );
}
