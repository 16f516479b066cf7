import {
  Accordion,
  Button,
  Checkbox,
  Group,
  MultiSelect,
  Radio,
  Select,
  Stack,
  TagsInput,
} from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { useState } from 'react';
import type { Import } from '#shared/api-client/api-types.ts';
import { one } from '../../../api/queries.ts';
import { useChange } from '../../../api/use-change.ts';
import { Action } from '../../../parts/action.tsx';
import { useLists } from '../../../parts/contact-filter/use-lists.ts';
import { FaultBox } from '../../../parts/fault-box.tsx';
import { Page } from '../../../parts/page.tsx';
import { useTexts } from '../../../texts/language.tsx';
import { consentGrant, contactField, importKind } from '../../../words/people.ts';
import { useWord } from '../../../words/use-word.ts';
import { ContactTabs } from '../tabs.tsx';
import { contactTexts } from '../texts.ts';
import { isSpreadsheet } from './file.ts';
import { FileChoice } from './file-choice.tsx';
import { Steps } from './steps.tsx';
import { importTexts } from './texts.ts';
import { beginUpload } from './uploads.ts';

const route = getRouteApi('/contacts/imports/new');
type Options = Import['options'];

const usual: Options = {
  country: 'US',
  onMatch: 'update',
  onDuplicate: 'first',
  listId: null,
  tags: [],
  granted: ['informational'],
};

/** Begins an import: the file, and how it is to be taken in. */
export function NewImport() {
  const say = useTexts(importTexts);
  const common = useTexts(contactTexts);
  const kindWord = useWord(importKind);
  const asked = route.useSearch();
  const navigate = route.useNavigate();
  const cache = useQueryClient();
  const kind = asked.kind ?? 'contacts';
  const [file, setFile] = useState<File | null>(null);
  const [options, setOptions] = useState<Options>({ ...usual, listId: asked.list ?? null });
  const set = (more: Partial<Options>): void => setOptions((before) => ({ ...before, ...more }));
  const create = useChange('post', '/v1/imports', {
    touches: ['/v1/imports'],
    onDone: ({ id }) => {
      if (file !== null) beginUpload(cache, id, file);
      void navigate({ to: '/contacts/imports/$importId', params: { importId: id } });
    },
  });
  const whyNot =
    file === null ? say('fileFirst') : isSpreadsheet(file.name) ? say('isSpreadsheet') : undefined;
  return (
    <Page title={say('newTitle')} state={say('newState')} tabs={<ContactTabs />} wide={false}>
      <Stack gap="lg">
        <Steps at="file" />
        <Radio.Group
          label={say('kind')}
          value={kind}
          onChange={(value) =>
            void navigate({ search: { ...asked, kind: value as typeof kind }, replace: true })
          }
        >
          <Group gap="lg" mt={6}>
            {(['contacts', 'suppressions'] as const).map((value) => (
              <Radio key={value} size="xs" value={value} label={kindWord(value).says} />
            ))}
          </Group>
        </Radio.Group>
        <FileChoice file={file} choose={setFile} />
        {kind === 'contacts' && <ContactOptions options={options} set={set} />}
        <MoreOptions kind={kind} options={options} set={set} />
        {create.error && <FaultBox error={create.error} />}
        <Group gap="xs">
          <Action
            needs="operator"
            loading={create.isPending}
            whyNot={whyNot}
            does={() => {
              if (file === null) return;
              create.mutate({ body: { kind, fileName: file.name.slice(0, 200), options } });
            }}
          >
            {say('send')}
          </Action>
          <Button component={Link} to="/contacts/imports" variant="default">
            {common('cancel')}
          </Button>
        </Group>
      </Stack>
    </Page>
  );
}

interface OptionParts {
  options: Options;
  set: (more: Partial<Options>) => void;
}

function ContactOptions({ options, set }: OptionParts) {
  const say = useTexts(importTexts);
  const common = useTexts(contactTexts);
  const word = useWord(contactField);
  const lists = useLists() ?? [];
  const tags = useQuery(one('/v1/contact-tags', {})).data?.items ?? [];
  return (
    <Stack gap="md">
      <Select
        label={say('onto')}
        description={say('ontoHint')}
        searchable
        clearable
        maw={420}
        clearButtonProps={{ 'aria-label': common('clear') }}
        nothingFoundMessage={common('nothingFound')}
        data={lists
          .filter(({ archivedAt }) => archivedAt === null)
          .map(({ id, name }) => ({ value: id, label: name }))}
        value={options.listId}
        onChange={(listId) => set({ listId })}
      />
      <TagsInput
        size="xs"
        label={word('tags').says}
        description={say('tagsHint')}
        maw={420}
        maxTags={50}
        data={tags.map(({ tag }) => tag)}
        value={options.tags}
        onChange={(value) => set({ tags: value })}
      />
      <Radio.Group
        label={say('onMatch')}
        value={options.onMatch}
        onChange={(onMatch) => set({ onMatch: onMatch as Options['onMatch'] })}
      >
        <Stack gap={6} mt={6}>
          {(['update', 'fill', 'keep'] as const).map((value) => (
            <Radio
              key={value}
              size="xs"
              value={value}
              label={say(`onMatch_${value}`)}
              description={say(`onMatch_${value}_hint`)}
            />
          ))}
        </Stack>
      </Radio.Group>
    </Stack>
  );
}

function MoreOptions({ kind, options, set }: OptionParts & { kind: Import['kind'] }) {
  const say = useTexts(importTexts);
  const grant = useWord(consentGrant);
  return (
    <Accordion variant="contained" chevronPosition="left" order={2}>
      <Accordion.Item value="more">
        <Accordion.Control>{say('more')}</Accordion.Control>
        <Accordion.Panel>
          <Stack gap="md">
            <Select
              label={say('country')}
              description={say('countryHint')}
              allowDeselect={false}
              maw={320}
              data={(['US', 'CA', 'MX'] as const).map((value) => ({ value, label: say(`country_${value}`) }))}
              value={options.country}
              onChange={(country) => set({ country: (country ?? 'US') as Options['country'] })}
            />
            <Checkbox
              label={say('lastCounts')}
              description={say('lastCountsHint')}
              checked={options.onDuplicate === 'last'}
              onChange={(event) => set({ onDuplicate: event.currentTarget.checked ? 'last' : 'first' })}
            />
            {kind === 'contacts' && (
              <MultiSelect
                label={say('grants')}
                description={say('grantsHint')}
                maw={420}
                data={Object.keys(consentGrant).map((value) => ({ value, label: grant(value).says }))}
                value={options.granted}
                onChange={(granted) => {
                  if (granted.length > 0) set({ granted: granted as Options['granted'] });
                }}
              />
            )}
          </Stack>
        </Accordion.Panel>
      </Accordion.Item>
    </Accordion>
  );
}
