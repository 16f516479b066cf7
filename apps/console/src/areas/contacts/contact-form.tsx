import { NumberInput, Select, SimpleGrid, Stack, TagsInput, TextInput, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import type { Contact, ContactField, NewContact } from '#shared/api-client/api-types.ts';
import { stateCodes } from '#shared/compliance/location/states.ts';
import { one } from '../../api/queries.ts';
import { useFields } from '../../parts/contact-filter/use-fields.ts';
import { languageName, MESSAGE_LANGUAGES } from '../../parts/languages.ts';
import { useLanguage, useTexts } from '../../texts/language.tsx';
import { contactField, lineType } from '../../words/people.ts';
import { useWord } from '../../words/use-word.ts';
import { contactTexts } from './texts.ts';

type LineType = NonNullable<NewContact['lineType']>;

/** What somebody may say of a contact. */
export type ContactValues = Pick<
  Contact,
  | 'externalId'
  | 'name'
  | 'language'
  | 'timeZone'
  | 'state'
  | 'postalCode'
  | 'lineType'
  | 'tags'
  | 'attributes'
>;
export type Changes = Partial<Omit<ContactValues, 'attributes' | 'lineType'>> & {
  lineType?: LineType | null;
  attributes?: Record<string, string | number | boolean | null>;
};

export const NOTHING_KNOWN: ContactValues = {
  externalId: null,
  name: null,
  language: null,
  timeZone: null,
  state: null,
  postalCode: null,
  lineType: null,
  tags: [],
  attributes: {},
};

const zones = Intl.supportedValuesOf('timeZone').filter((zone) => zone.includes('/'));

/** Fields of a contact to fill in: as they are, with what somebody has changed. */
export function ContactForm({
  of,
  changes,
  change,
  autofocus = false,
}: {
  /** Whether whoever opens it begins with the name. */
  autofocus?: boolean;
  of: ContactValues;
  changes: Changes;
  change: (more: Changes) => void;
}) {
  const say = useTexts(contactTexts);
  const word = useWord(contactField);
  const line = useWord(lineType);
  const language = useLanguage();
  const fields = useFields();
  const tags = useQuery(one('/v1/contact-tags', {})).data?.items;
  const now: ContactValues = {
    ...of,
    ...changes,
    attributes: withChanges(of.attributes, changes.attributes ?? {}),
  };
  const text = (name: 'name' | 'externalId' | 'postalCode', label: string, most: number) => (
    <TextInput
      label={label}
      data-autofocus={(autofocus && name === 'name') || undefined}
      maxLength={most}
      value={now[name] ?? ''}
      onChange={(event) => {
        const { value } = event.currentTarget;
        change({ [name]: value === '' ? null : value });
      }}
    />
  );
  const languages = useMemo(
    () => [...new Set([...MESSAGE_LANGUAGES, ...(of.language === null ? [] : [of.language])])],
    [of.language],
  );
  return (
    <Stack gap="md">
      <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="sm" verticalSpacing="sm">
        {text('name', word('name').says, 200)}
        {text('externalId', word('external_id').says, 200)}
        <Select
          label={word('language').says}
          searchable
          clearable
          clearButtonProps={{ 'aria-label': say('clear') }}
          nothingFoundMessage={say('nothingFound')}
          data={languages.map((code) => ({ value: code, label: languageName(code, language) }))}
          value={now.language}
          onChange={(value) => change({ language: value })}
        />
        <Select
          label={word('line_type').says}
          clearable
          clearButtonProps={{ 'aria-label': say('clear') }}
          data={Object.keys(lineType).map((value) => ({ value, label: line(value).says }))}
          value={now.lineType}
          onChange={(value) => change({ lineType: value as LineType | null })}
        />
      </SimpleGrid>
      <Stack gap="xs" component="section">
        <Title order={3}>{say('where')}</Title>
        <SimpleGrid cols={{ base: 1, xs: 3 }} spacing="sm" verticalSpacing="sm">
          <Select
            label={word('time_zone').says}
            searchable
            clearable
            limit={40}
            clearButtonProps={{ 'aria-label': say('clear') }}
            nothingFoundMessage={say('nothingFound')}
            data={now.timeZone === null || zones.includes(now.timeZone) ? zones : [now.timeZone, ...zones]}
            value={now.timeZone}
            onChange={(value) => change({ timeZone: value })}
          />
          <Select
            label={word('state').says}
            searchable
            clearable
            clearButtonProps={{ 'aria-label': say('clear') }}
            nothingFoundMessage={say('nothingFound')}
            data={[...stateCodes]}
            value={now.state}
            onChange={(value) => change({ state: value })}
          />
          {text('postalCode', word('postal_code').says, 20)}
        </SimpleGrid>
      </Stack>
      <TagsInput
        size="xs"
        label={word('tags').says}
        maxTags={50}
        clearable
        clearButtonProps={{ 'aria-label': say('clear') }}
        data={tags?.map(({ tag }) => tag) ?? []}
        value={[...now.tags]}
        onChange={(value) => change({ tags: value })}
      />
      {fields.length > 0 && (
        <Stack gap="xs" component="section">
          <Title order={3}>{say('yourFields')}</Title>
          <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="sm" verticalSpacing="sm">
            {fields.map((field) => (
              <FieldInput
                key={field.name}
                field={field}
                value={now.attributes[field.name] ?? null}
                set={(value) => change({ attributes: { ...changes.attributes, [field.name]: value } })}
              />
            ))}
          </SimpleGrid>
        </Stack>
      )}
    </Stack>
  );
}

function withChanges(
  before: ContactValues['attributes'],
  changes: NonNullable<Changes['attributes']>,
): ContactValues['attributes'] {
  const after = { ...before };
  for (const [name, value] of Object.entries(changes)) {
    if (value === null) delete after[name];
    else after[name] = value;
  }
  return after;
}

function FieldInput({
  field: { choices, label, type },
  set,
  value,
}: {
  field: ContactField;
  value: string | number | boolean | null;
  set: (value: string | number | boolean | null) => void;
}) {
  const say = useTexts(contactTexts);
  const clear = { 'aria-label': say('clear') };
  switch (type) {
    case 'number':
      return (
        <NumberInput
          label={label}
          hideControls
          value={typeof value === 'number' ? value : ''}
          onChange={(given) => set(typeof given === 'number' ? given : null)}
        />
      );
    case 'boolean':
      return (
        <Select
          label={label}
          clearable
          clearButtonProps={clear}
          data={[
            { value: 'true', label: say('yes') },
            { value: 'false', label: say('no') },
          ]}
          value={value === null ? null : String(value)}
          onChange={(given) => set(given === null ? null : given === 'true')}
        />
      );
    case 'choice':
      return (
        <Select
          label={label}
          clearable
          searchable={choices.length > 6}
          clearButtonProps={clear}
          nothingFoundMessage={say('nothingFound')}
          data={[...choices]}
          value={value === null ? null : String(value)}
          onChange={set}
        />
      );
    default:
      return (
        <TextInput
          label={label}
          type={type === 'date' ? 'date' : 'text'}
          maxLength={500}
          value={value === null ? '' : String(value)}
          onChange={(event) => {
            const given = event.currentTarget.value;
            set(given === '' ? null : given);
          }}
        />
      );
  }
}
