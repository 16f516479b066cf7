import { MultiSelect, Select, Text } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { ask } from '../../../api/client.ts';
import { one, PAGE_ROWS } from '../../../api/queries.ts';
import { filterOf, rowsOf } from '../../../parts/contact-filter/conditions.ts';
import { FilterRows, typesOf } from '../../../parts/contact-filter/filter-rows.tsx';
import { useFields } from '../../../parts/contact-filter/use-fields.ts';
import { useLists } from '../../../parts/contact-filter/use-lists.ts';
import { FaultBox } from '../../../parts/fault-box.tsx';
import { Notice } from '../../../parts/notice.tsx';
import { Count } from '../../../parts/number.tsx';
import { useReason } from '../../../parts/reason/use-reason.ts';
import { Stat, Stats } from '../../../parts/stat.tsx';
import { useTexts } from '../../../texts/language.tsx';
import { SectionForm } from './section-form.tsx';
import { builderTexts } from './texts.ts';
import { useDraft, useFilled } from './use-draft.ts';

/** How long nobody changes anything before it is counted, in ms. */
const PAUSE_MS = 500;

export function Audience() {
  const say = useTexts(builderTexts);
  const { campaign } = useDraft();
  const lists = useLists();
  const fields = useFields();
  const earlier = useQuery(one('/v1/campaigns', { query: { limit: PAGE_ROWS } })).data?.items ?? [];
  const { audience } = campaign.definition;
  const form = useFilled('audience', {
    include: audience.include,
    exclude: audience.exclude,
    respondersOf: audience.respondersOf,
    rows: rowsOf(audience.filter),
  });
  const { fill, value: filled } = form;
  const filter = filled.rows === null ? audience.filter : filterOf(filled.rows, typesOf(fields));
  const chosen = {
    include: filled.include,
    exclude: filled.exclude,
    respondersOf: filled.respondersOf,
    filter,
  };
  // One that is put away is still named where somebody chose it before.
  const data = (lists ?? [])
    .filter(
      ({ archivedAt, id }) =>
        archivedAt === null || filled.include.includes(id) || filled.exclude.includes(id),
    )
    .map(({ id, members, name }) => ({ value: id, label: say('listOf', { name, count: members }) }));
  const others_ = earlier.filter(({ id, status }) => id !== campaign.id && status !== 'draft');
  return (
    <SectionForm section="audience" form={form} change={() => ({ definition: { audience: chosen } })}>
      <MultiSelect
        label={say('include')}
        description={say('includeHint')}
        data={data}
        // Until their names are known they would be drawn as ids.
        value={lists === undefined ? [] : filled.include}
        disabled={lists === undefined}
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
        value={lists === undefined ? [] : filled.exclude}
        disabled={lists === undefined}
        onChange={(exclude) => fill({ exclude })}
        searchable
        clearable
        maw={560}
        nothingFoundMessage={say('noLists')}
        clearButtonProps={{ 'aria-label': say('clear') }}
      />
      <FilterRows
        legend={say('filter')}
        rows={filled.rows}
        deep={audience.filter}
        fill={(rows) => fill({ rows })}
      />
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
          note={data === undefined ? undefined : say('ofChosen', { count: data.basis.contacts })}
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
