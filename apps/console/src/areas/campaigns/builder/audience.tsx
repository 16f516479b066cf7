import {
  ActionIcon,
  Button,
  Code,
  Group,
  MultiSelect,
  SegmentedControl,
  Select,
  Stack,
  Text,
  TextInput,
} from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { IconPlus, IconX } from '@tabler/icons-react';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { ask } from '../../../api/client.ts';
import { one, PAGE_ROWS } from '../../../api/queries.ts';
import { FaultBox } from '../../../parts/fault-box.tsx';
import { Notice } from '../../../parts/notice.tsx';
import { Count } from '../../../parts/number.tsx';
import { Stat, Stats } from '../../../parts/stat.tsx';
import { useTexts } from '../../../texts/language.tsx';
import { useReason } from '../detail/use-reason.ts';
import { useLists } from '../names.ts';
import classes from './builder.module.css';
import {
  comparisonsOf,
  type FieldTypes,
  filterOf,
  isFilledIn,
  others,
  type Row,
  rowsOf,
} from './conditions.ts';
import { insertable } from './sample-text.ts';
import { SectionForm } from './section-form.tsx';
import { builderTexts } from './texts.ts';
import { useDraft, useFields, useFilled, useSave } from './use-draft.ts';

/** How long nobody changes anything before it is counted, in ms. */
const PAUSE_MS = 500;

export function Audience() {
  const say = useTexts(builderTexts);
  const { campaign } = useDraft();
  const saving = useSave();
  const lists = useLists();
  const fields = useFields();
  const earlier = useQuery(one('/v1/campaigns', { query: { limit: PAGE_ROWS } })).data?.items ?? [];
  const { audience } = campaign.definition;
  const types: FieldTypes = new Map(fields.map(({ name, type }) => [name, type]));
  const [filled, fill, isChanged] = useFilled({
    include: audience.include,
    exclude: audience.exclude,
    respondersOf: audience.respondersOf,
    rows: rowsOf(audience.filter),
  });
  const filter = filled.rows === null ? audience.filter : filterOf(filled.rows, types);
  const chosen = {
    include: filled.include,
    exclude: filled.exclude,
    respondersOf: filled.respondersOf,
    filter,
  };
  const data = (lists ?? []).map(({ id, members, name }) => ({
    value: id,
    label: say('listOf', { name, count: members }),
  }));
  const others_ = earlier.filter(({ id, status }) => id !== campaign.id && status !== 'draft');
  return (
    <SectionForm
      section="audience"
      isChanged={isChanged}
      saving={saving}
      save={() => saving.save({ definition: { audience: chosen } })}
    >
      <MultiSelect
        label={say('include')}
        description={say('includeHint')}
        data={data}
        value={filled.include}
        onChange={(include) => fill({ include })}
        searchable
        clearable
        maw={560}
        nothingFoundMessage={say('noLists')}
        clearButtonProps={{ 'aria-label': say('clear') }}
      />
      <MultiSelect
        label={say('exclude')}
        description={say('excludeHint')}
        data={data}
        value={filled.exclude}
        onChange={(exclude) => fill({ exclude })}
        searchable
        clearable
        maw={560}
        nothingFoundMessage={say('noLists')}
        clearButtonProps={{ 'aria-label': say('clear') }}
      />
      {filled.rows === null ? (
        <Stack gap={6} align="flex-start">
          <Text size="sm">{say('deepFilter')}</Text>
          <Code block>{JSON.stringify(audience.filter, null, 2)}</Code>
          <Button variant="default" onClick={() => fill({ rows: { mode: 'all', rows: [] } })}>
            {say('filterAnew')}
          </Button>
        </Stack>
      ) : (
        <Filter rows={filled.rows} fill={(rows) => fill({ rows })} types={types} />
      )}
      <Select
        label={say('responders')}
        description={say('respondersHint')}
        data={others_.map(({ id, name }) => ({ value: id, label: name }))}
        value={filled.respondersOf}
        onChange={(respondersOf) => fill({ respondersOf })}
        clearable
        searchable
        maw={560}
        clearButtonProps={{ 'aria-label': say('clear') }}
      />
      <LiveCount audience={chosen} />
    </SectionForm>
  );
}

function Filter({
  fill,
  rows: { mode, rows },
  types,
}: {
  rows: { mode: 'all' | 'any'; rows: readonly Row[] };
  fill: (rows: { mode: 'all' | 'any'; rows: readonly Row[] }) => void;
  types: FieldTypes;
}) {
  const say = useTexts(builderTexts);
  const fields = useFields();
  const lists = useLists() ?? [];
  const set = (index: number, change: Partial<Row>): void =>
    fill({ mode, rows: rows.map((row, at) => (at === index ? { ...row, ...change } : row)) });
  const data = [
    {
      group: say('theirs'),
      items: [...insertable, 'time_zone', 'line_type', 'created_at'].map((name) => ({
        value: name,
        label: name.replaceAll('_', ' '),
      })),
    },
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
  return (
    <Stack gap={6} component="fieldset" className={classes.fieldset}>
      <Text component="legend" size="sm" fw={500}>
        {say('filter')}
      </Text>
      {rows.length > 1 && (
        <SegmentedControl
          w="fit-content"
          aria-label={say('filter')}
          value={mode}
          onChange={(value) => fill({ mode: value === 'any' ? 'any' : 'all', rows })}
          data={[
            { value: 'all', label: say('allHold') },
            { value: 'any', label: say('anyHolds') },
          ]}
        />
      )}
      {rows.map((row, index) => {
        const choices = fields.find(({ name }) => name === row.field)?.choices ?? [];
        const needsValue = row.field !== 'replied' && row.compare !== 'known' && row.compare !== 'unknown';
        return (
          // biome-ignore lint/suspicious/noArrayIndexKey: rows have no other name, and are only added at the end
          <Group key={index} gap="xs" wrap="wrap">
            <Select
              aria-label={say('field')}
              placeholder={say('field')}
              data={data}
              w={170}
              searchable
              value={row.field === '' ? null : row.field}
              onChange={(field) => set(index, { field: field ?? '', compare: 'is', value: '' })}
            />
            <Select
              aria-label={say('comparison')}
              w={150}
              allowDeselect={false}
              data={comparisonsOf(row.field, types).map((value) => ({
                value,
                label: say(
                  row.field === 'replied' ? `replied_${value === 'is' ? 'yes' : 'no'}` : `compare_${value}`,
                ),
              }))}
              value={row.compare}
              onChange={(compare) => set(index, { compare: compare as Row['compare'] })}
            />
            {needsValue &&
              (row.field === 'list' || choices.length > 0 || types.get(row.field) === 'boolean' ? (
                <Select
                  aria-label={say('value')}
                  w={200}
                  data={
                    row.field === 'list'
                      ? lists.map(({ id, name }) => ({ value: id, label: name }))
                      : choices.length > 0
                        ? [...choices]
                        : [
                            { value: 'true', label: say('yes') },
                            { value: 'false', label: say('no') },
                          ]
                  }
                  value={row.value === '' ? null : row.value}
                  onChange={(value) => set(index, { value: value ?? '' })}
                />
              ) : (
                <TextInput
                  aria-label={say('value')}
                  w={200}
                  type={
                    types.get(row.field) === 'number'
                      ? 'number'
                      : types.get(row.field) === 'date'
                        ? 'date'
                        : 'text'
                  }
                  value={row.value}
                  onChange={(event) => set(index, { value: event.currentTarget.value })}
                />
              ))}
            <ActionIcon
              aria-label={say('removeCondition')}
              onClick={() => fill({ mode, rows: rows.filter((_, at) => at !== index) })}
            >
              <IconX size={14} aria-hidden />
            </ActionIcon>
          </Group>
        );
      })}
      <Button
        variant="default"
        w="fit-content"
        leftSection={<IconPlus size={14} aria-hidden />}
        disabled={rows.some((row) => !isFilledIn(row))}
        onClick={() => fill({ mode, rows: [...rows, { field: '', compare: 'is', value: '' }] })}
      >
        {say('addCondition')}
      </Button>
    </Stack>
  );
}

type Asked = Parameters<typeof ask<'post', '/v1/campaigns/{id}/audience'>>[2]['body']['audience'];

/** Who that is, counted while it is chosen: not only how many, but who of them gets nothing and why. */
function LiveCount({ audience }: { audience: Asked }) {
  const say = useTexts(builderTexts);
  const reason = useReason();
  const { campaign } = useDraft();
  const [settled] = useDebouncedValue(JSON.stringify(audience), PAUSE_MS);
  const isNobody = (audience.include ?? []).length === 0 && !audience.filter && !audience.respondersOf;
  const given = { path: { id: campaign.id }, body: { audience: JSON.parse(settled) as Asked } };
  const { data, error, isFetching } = useQuery({
    queryKey: ['/v1/campaigns/{id}/audience', given],
    queryFn: ({ signal }) => ask('post', '/v1/campaigns/{id}/audience', given, { signal }),
    enabled: !isNobody,
    placeholderData: keepPreviousData,
    retry: false,
  });
  if (isNobody) {
    return <Notice tone="quiet">{say('nobodyChosen')}</Notice>;
  }
  if (error) return <FaultBox error={error} />;
  const blocked = data?.blocked ?? [];
  const of = (...rules: string[]): number =>
    blocked.filter(({ rule }) => rules.includes(rule)).reduce((sum, { contacts }) => sum + contacts, 0);
  const others_ = blocked.filter(
    ({ rule }) =>
      !['suppressed', 'revoked', 'no_consent', 'no_written_consent', 'no_voice_consent'].includes(rule),
  );
  const skipped = (data?.skipped ?? []).filter(({ rule }) => rule !== 'no_variant' && rule !== 'no_text');
  const withoutMessage = (data?.skipped ?? [])
    .filter(({ rule }) => rule === 'no_variant' || rule === 'no_text')
    .reduce((sum, { contacts }) => sum + contacts, 0);
  const number = (value: number | undefined) => (value === undefined ? '…' : <Count of={value} />);
  return (
    <section aria-label={say('count')} aria-live="polite" aria-busy={isFetching && data === undefined}>
      <Stats>
        <Stat
          label={say('wouldGet')}
          value={number(data === undefined ? undefined : data.recipients + withoutMessage)}
          note={say('ofChosen', { count: data?.basis.contacts ?? 0 })}
        />
        <Stat
          label={say('optedOut')}
          value={number(data && of('suppressed', 'revoked'))}
          note={say('optedOutNote')}
        />
        <Stat
          label={say('noConsent')}
          value={number(data && of('no_consent', 'no_written_consent', 'no_voice_consent'))}
          note={say('noConsentNote')}
        />
        <Stat label={say('duplicates')} value={number(data?.duplicates)} note={say('duplicatesNote')} />
        <Stat label={say('landlines')} value={number(data?.landlines)} note={say('landlinesNote')} />
        <Stat label={say('excludedCount')} value={number(data?.excluded)} note={say('excludedNote')} />
      </Stats>
      {[...others_, ...skipped].length > 0 && (
        <Text size="sm" c="dimmed" mt="xs">
          {[...others_, ...skipped]
            .map(({ contacts, rule, says }) =>
              say('others', { count: contacts, why: reason(rule, says).says }),
            )
            .join(' · ')}
        </Text>
      )}
      {data !== undefined && data.basis.margin > 0 && (
        <Text size="xs" c="dimmed" mt="xs">
          {say('byChance', { looked: data.basis.looked })}
        </Text>
      )}
    </section>
  );
}
