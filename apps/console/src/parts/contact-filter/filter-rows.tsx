import {
  ActionIcon,
  Autocomplete,
  Button,
  Code,
  Group,
  SegmentedControl,
  Select,
  Stack,
  Text,
  TextInput,
} from '@mantine/core';
import { IconPlus, IconX } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import type { ContactFilter } from '#shared/api-client/api-types.ts';
import { one } from '../../api/queries.ts';
import { useTexts } from '../../texts/language.tsx';
import { contactField, lineType } from '../../words/people.ts';
import { useWord } from '../../words/use-word.ts';
import {
  comparisonsOf,
  type FieldTypes,
  isFilledIn,
  isInstant,
  others,
  type Row,
  type Rows,
} from './conditions.ts';
import classes from './filter-rows.module.css';
import { filterTexts } from './texts.ts';
import { useFields } from './use-fields.ts';
import { useLists } from './use-lists.ts';

/** Fields of every contact that people ask for. */
const asked = [
  'name',
  'first_name',
  'language',
  'time_zone',
  'state',
  'postal_code',
  'external_id',
  'line_type',
  'last_reply_at',
  'created_at',
  'updated_at',
] as const;

/** Types of fields that were added, for `filterOf`. */
export const typesOf = (fields: ReturnType<typeof useFields>): FieldTypes =>
  new Map(fields.map(({ name, type }) => [name, type]));

/**
 * Conditions on contacts as rows that people fill in: who is meant, in a list and in the audience of a campaign alike. `rows`
 * null: the filter is deeper than rows can say, and stays as it is until somebody replaces it.
 */
export function FilterRows({
  deep,
  fill,
  legend,
  rows,
}: {
  legend: string;
  rows: Rows | null;
  /** Shown where there are no rows. */
  deep?: ContactFilter | null;
  fill: (rows: Rows) => void;
}) {
  const say = useTexts(filterTexts);
  if (rows === null) {
    return (
      <Stack gap={6} align="flex-start">
        <Text size="sm">{say('deepFilter')}</Text>
        <Code block maw="100%">
          {JSON.stringify(deep, null, 2)}
        </Code>
        <Button variant="default" onClick={() => fill({ mode: 'all', rows: [] })}>
          {say('filterAnew')}
        </Button>
      </Stack>
    );
  }
  const { mode, rows: all } = rows;
  const set = (index: number, change: Partial<Row>): void =>
    fill({ mode, rows: all.map((row, at) => (at === index ? { ...row, ...change } : row)) });
  return (
    <Stack gap={6} component="fieldset" className={classes.fieldset}>
      <Text component="legend" size="sm" fw={500}>
        {legend}
      </Text>
      {all.length > 1 && (
        <SegmentedControl
          w="fit-content"
          aria-label={legend}
          value={mode}
          onChange={(value) => fill({ mode: value === 'any' ? 'any' : 'all', rows: all })}
          data={[
            { value: 'all', label: say('allHold') },
            { value: 'any', label: say('anyHolds') },
          ]}
        />
      )}
      {all.map((row, index) => (
        <Condition
          // biome-ignore lint/suspicious/noArrayIndexKey: rows have no other name, and are only added at the end
          key={index}
          row={row}
          set={(change) => set(index, change)}
          remove={() => fill({ mode, rows: all.filter((_, at) => at !== index) })}
        />
      ))}
      <Button
        variant="default"
        w="fit-content"
        leftSection={<IconPlus size={14} aria-hidden />}
        disabled={all.some((row) => !isFilledIn(row))}
        onClick={() => fill({ mode, rows: [...all, { field: '', compare: 'is', value: '' }] })}
      >
        {say('addCondition')}
      </Button>
    </Stack>
  );
}

function Condition({
  remove,
  row,
  set,
}: {
  row: Row;
  set: (change: Partial<Row>) => void;
  remove: () => void;
}) {
  const say = useTexts(filterTexts);
  const word = useWord(contactField);
  const fields = useFields();
  const types = typesOf(fields);
  const data = [
    { group: say('theirs'), items: asked.map((name) => ({ value: name, label: word(name).says })) },
    ...(fields.length === 0
      ? []
      : [
          {
            group: say('added'),
            items: fields.map(({ label, name }) => ({ value: name, label: label || name })),
          },
        ]),
    { group: say('else'), items: others.map((name) => ({ value: name, label: say(`other_${name}`) })) },
  ];
  const comparison = (value: string): string => {
    if (row.field === 'replied') return say(`replied_${value === 'is' ? 'yes' : 'no'}`);
    if (isInstant(row.field) && value === 'atLeast') return say('compare_since');
    if (isInstant(row.field) && value === 'atMost') return say('compare_until');
    return say(`compare_${value as Row['compare']}`);
  };
  const needsValue = row.field !== 'replied' && row.compare !== 'known' && row.compare !== 'unknown';
  return (
    <Group gap="xs" wrap="wrap">
      <Select
        aria-label={say('field')}
        placeholder={say('field')}
        data={data}
        w={170}
        searchable
        nothingFoundMessage={say('nothingFound')}
        value={row.field === '' ? null : row.field}
        onChange={(field) => {
          const chosen = field ?? '';
          const [first = 'is'] = comparisonsOf(chosen, types);
          set({ field: chosen, compare: first, value: '' });
        }}
      />
      <Select
        aria-label={say('comparison')}
        w={150}
        allowDeselect={false}
        data={comparisonsOf(row.field, types).map((value) => ({ value, label: comparison(value) }))}
        value={row.compare}
        onChange={(compare) => set({ compare: compare as Row['compare'] })}
      />
      {needsValue && <Value row={row} set={(value) => set({ value })} types={types} />}
      <ActionIcon aria-label={say('removeCondition')} onClick={remove}>
        <IconX size={14} aria-hidden />
      </ActionIcon>
    </Group>
  );
}

function Value({ row, set, types }: { row: Row; set: (value: string) => void; types: FieldTypes }) {
  const say = useTexts(filterTexts);
  const line = useWord(lineType);
  const lists = useLists() ?? [];
  const fields = useFields();
  const choices = fields.find(({ name }) => name === row.field)?.choices ?? [];
  const type = types.get(row.field);
  const choose = (data: { value: string; label: string }[]) => (
    <Select
      aria-label={say('value')}
      w={200}
      searchable={data.length > 6}
      nothingFoundMessage={say('nothingFound')}
      data={data}
      value={row.value === '' ? null : row.value}
      onChange={(value) => set(value ?? '')}
    />
  );
  if (row.field === 'list') {
    return choose(
      lists.map(({ archivedAt, id, name }) => ({
        value: id,
        label: archivedAt === null ? name : say('archivedList', { name }),
      })),
    );
  }
  if (row.field === 'line_type') {
    return choose(Object.keys(lineType).map((value) => ({ value, label: line(value).says })));
  }
  if (choices.length > 0) return choose(choices.map((value) => ({ value, label: value })));
  if (type === 'boolean') {
    return choose([
      { value: 'true', label: say('yes') },
      { value: 'false', label: say('no') },
    ]);
  }
  if (row.field === 'tag') return <TagValue value={row.value} set={set} />;
  return (
    <TextInput
      aria-label={say('value')}
      w={200}
      type={type === 'number' ? 'number' : type === 'date' || isInstant(row.field) ? 'date' : 'text'}
      value={row.value}
      onChange={(event) => set(event.currentTarget.value)}
    />
  );
}

/** Tags are what somebody wrote: those that are there are offered. */
function TagValue({ set, value }: { value: string; set: (value: string) => void }) {
  const say = useTexts(filterTexts);
  const { data } = useQuery(one('/v1/contact-tags', {}));
  return (
    <Autocomplete
      aria-label={say('value')}
      size="xs"
      w={200}
      limit={20}
      data={data?.items.map(({ tag }) => tag) ?? []}
      value={value}
      onChange={set}
    />
  );
}
