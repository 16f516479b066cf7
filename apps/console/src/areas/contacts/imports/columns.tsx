import { Group, Select, Stack, Text } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { Import } from '#shared/api-client/api-types.ts';
import { one } from '../../../api/queries.ts';
import { touch } from '../../../api/touch.ts';
import { useChange } from '../../../api/use-change.ts';
import { Action } from '../../../parts/action.tsx';
import { useFields } from '../../../parts/contact-filter/use-fields.ts';
import { FaultBox } from '../../../parts/fault-box.tsx';
import { Notice } from '../../../parts/notice.tsx';
import { useTexts } from '../../../texts/language.tsx';
import { contactField, importTarget } from '../../../words/people.ts';
import { useWord } from '../../../words/use-word.ts';
import classes from './imports.module.css';
import { isAboutConsent, isWhole, targetOfField, targetsOf } from './mapping.ts';
import { importTexts } from './texts.ts';

/** Says what the columns of a file are, beside what stands in its first rows; then every row is checked. */
export function Columns({ import: { columns, id, kind, rows } }: { import: Import }) {
  const say = useTexts(importTexts);
  const cache = useQueryClient();
  const sample = useQuery(one('/v1/imports/{id}/sample', { path: { id } })).data?.items ?? [];
  const [mapping, setMapping] = useState(columns.map(({ target }) => target));
  const isChanged = mapping.some((target, place) => target !== columns[place]?.target);
  const path = { id };
  const check = useChange('post', '/v1/imports/{id}/check', { touches: ['/v1/imports'] });
  const map = useChange('patch', '/v1/imports/{id}', {
    onDone: () => check.mutate({ path }),
  });
  const begin = (): void => {
    if (isChanged) map.mutate({ path, body: { mapping } });
    else check.mutate({ path });
  };
  const error = map.error ?? check.error;
  const options = useTargets(kind);
  const left = mapping.filter((target) => target === null).length;
  return (
    <Stack gap="md">
      <Text size="sm" maw="72ch">
        {say('columnsWhat', { count: rows })}
      </Text>
      <ul className={classes.columns} aria-label={say('columns')}>
        {columns.map(({ name }, place) => {
          const target = mapping[place] ?? null;
          return (
            // biome-ignore lint/suspicious/noArrayIndexKey: columns may have the same name
            <li key={place} className={classes.column} data-out={target === null || undefined}>
              <span className={classes.columnName}>
                {name === '' ? say('noHeader', { place: place + 1 }) : name}
              </span>
              <span className={classes.samples}>
                {sample
                  .map(({ cells }) => cells?.[place] ?? '')
                  .filter((text) => text !== '')
                  .slice(0, 3)
                  .join(' · ')}
              </span>
              <Select
                aria-label={say('isWhat', { name: name === '' ? String(place + 1) : name })}
                placeholder={say('leftOut')}
                searchable
                clearable
                clearButtonProps={{ 'aria-label': say('leaveOut', { name }) }}
                nothingFoundMessage={say('noTarget')}
                data={options.map(({ group, items }) => ({
                  group,
                  items: items.map((item) => ({
                    ...item,
                    // What another column is already.
                    disabled: item.value !== target && mapping.includes(item.value),
                  })),
                }))}
                value={target}
                onChange={(value) =>
                  setMapping((before) => before.map((each, at) => (at === place ? value : each)))
                }
              />
            </li>
          );
        })}
      </ul>
      {!isWhole(mapping) && <Notice tone="held">{say('noNumbers')}</Notice>}
      {error && (
        <FaultBox
          error={error}
          again={() => {
            map.reset();
            check.reset();
            void touch(cache, ['/v1/imports']);
          }}
        />
      )}
      <Group gap="sm">
        <Action
          needs="operator"
          loading={map.isPending || check.isPending}
          whyNot={isWhole(mapping) ? undefined : say('noNumbers')}
          does={begin}
        >
          {say('check')}
        </Action>
        {left > 0 && (
          <Text size="sm" c="dimmed">
            {say('leftOutCount', { count: left })}
          </Text>
        )}
      </Group>
    </Stack>
  );
}

/** What a column may be, in groups. */
function useTargets(kind: Import['kind']) {
  const say = useTexts(importTexts);
  const fields = useFields();
  const own = useWord(contactField);
  const other = useWord(importTarget);
  const wordOf = (target: string): string => (Object.hasOwn(contactField, target) ? own : other)(target).says;
  const item = (value: string) => ({ value, label: wordOf(value) });
  const targets = targetsOf(kind);
  return [
    { group: say('group_contact'), items: targets.filter((each) => !isAboutConsent(each)).map(item) },
    ...(kind === 'contacts' && fields.length > 0
      ? [
          {
            group: say('group_fields'),
            items: fields.map(({ label, name }) => ({ value: targetOfField(name), label })),
          },
        ]
      : []),
    ...(kind === 'contacts'
      ? [{ group: say('group_consent'), items: targets.filter(isAboutConsent).map(item) }]
      : []),
  ];
}
