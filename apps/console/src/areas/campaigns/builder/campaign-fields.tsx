import { ActionIcon, Button, Group, Stack, Text, TextInput } from '@mantine/core';
import { IconPlus, IconX } from '@tabler/icons-react';
import { useTexts } from '../../../texts/language.tsx';
import classes from './builder.module.css';
import { builderTexts } from './texts.ts';

/** A field of the campaign as it is being filled in: names may be unfinished, or twice. */
export interface FilledField {
  name: string;
  value: string;
}

const MOST_FIELDS = 20;

const asField = (name: string): string =>
  name
    .trim()
    .toLowerCase()
    .replaceAll(/[\s-]+/gu, '_');

/** As the API takes them: a name as people write it becomes one of a field; what is empty is left out, of two of a name the first. */
export const fieldsOf = (filled: readonly FilledField[]): Record<string, string> =>
  Object.fromEntries(
    filled
      .map(({ name, value }) => [asField(name), value.trim()] as const)
      .filter(([name, value]) => name !== '' && value !== ''),
  );

/** Whether a later one has the same name, so that this one is not kept. */
const isOvertaken = (filled: readonly FilledField[], index: number): boolean => {
  const name = asField(filled[index]?.name ?? '');
  return name !== '' && filled.some((each, at) => at > index && asField(each.name) === name);
};

/** Values that are written once and named in the texts. */
export function CampaignFields({
  fill,
  value,
}: {
  value: readonly FilledField[];
  fill: (fields: FilledField[]) => void;
}) {
  const say = useTexts(builderTexts);
  const set = (index: number, change: Partial<FilledField>): void =>
    fill(value.map((each, at) => (at === index ? { ...each, ...change } : each)));
  return (
    <Stack gap="xs" component="fieldset" className={classes.fieldset}>
      <Text component="legend" size="sm" fw={500}>
        {say('ownFields')}
      </Text>
      <Text size="xs" c="dimmed">
        {say('ownFieldsHint', { example: '{{clinic}}', name: '{{campaign_name}}' })}
      </Text>
      {value.map((each, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a name is being written
        <Group key={index} gap="xs" wrap="wrap" align="flex-end">
          <TextInput
            label={say('ownFieldName')}
            w={180}
            maxLength={40}
            value={each.name}
            error={isOvertaken(value, index) && say('ownFieldTwice')}
            onChange={(event) => set(index, { name: event.currentTarget.value })}
          />
          <TextInput
            label={say('ownFieldValue')}
            w={280}
            maxLength={500}
            value={each.value}
            error={each.name.trim() !== '' && each.value.trim() === '' && say('ownFieldEmpty')}
            onChange={(event) => set(index, { value: event.currentTarget.value })}
          />
          <ActionIcon
            aria-label={say('removeOwnField')}
            onClick={() => fill(value.filter((_, at) => at !== index))}
          >
            <IconX size={14} aria-hidden />
          </ActionIcon>
        </Group>
      ))}
      {value.length < MOST_FIELDS && (
        <Button
          variant="default"
          w="fit-content"
          leftSection={<IconPlus size={14} aria-hidden />}
          onClick={() => fill([...value, { name: '', value: '' }])}
        >
          {say('addOwnField')}
        </Button>
      )}
    </Stack>
  );
}
