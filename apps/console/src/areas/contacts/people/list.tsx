import { Button, Indicator, Select, Stack } from '@mantine/core';
import { IconAddressBook, IconFilter, IconUpload, IconUserPlus } from '@tabler/icons-react';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { getRouteApi, Link, Outlet } from '@tanstack/react-router';
import { useMemo, useRef, useState } from 'react';
import type { Contact, ContactFilter } from '#shared/api-client/api-types.ts';
import { ask } from '../../../api/client.ts';
import { many } from '../../../api/queries.ts';
import { type Rows as FilterRowsOf, filterOf, rowsOf } from '../../../parts/contact-filter/conditions.ts';
import { FilterRows, typesOf } from '../../../parts/contact-filter/filter-rows.tsx';
import { useFields } from '../../../parts/contact-filter/use-fields.ts';
import { useLists } from '../../../parts/contact-filter/use-lists.ts';
import { Download } from '../../../parts/download.tsx';
import { EmptyState } from '../../../parts/empty-state.tsx';
import { languageName } from '../../../parts/languages.ts';
import { Page } from '../../../parts/page.tsx';
import { Status } from '../../../parts/status.tsx';
import { type Column, DataTable } from '../../../parts/table/data-table.tsx';
import { SavedFilters } from '../../../parts/table/saved-filters.tsx';
import { SearchBox } from '../../../parts/table/search-box.tsx';
import { useRows } from '../../../parts/table/use-rows.ts';
import { Time } from '../../../parts/time.tsx';
import { asAddress, useSearched } from '../../../parts/use-number.ts';
import { useLanguage, useTexts } from '../../../texts/language.tsx';
import { lineType } from '../../../words/people.ts';
import { ContactTabs } from '../tabs.tsx';
import { contactTexts } from '../texts.ts';
import { ValueOf } from '../value.tsx';
import { type Asked, exportAddress, filterOfAsked, isNumber, queryOf } from './asked.ts';
import { BulkBar } from './bulk-bar.tsx';
import { ChooseAllBox, ChooseBox } from './choose-box.tsx';
import { Chosen } from './chosen.ts';
import classes from './list.module.css';
import { listTexts } from './texts.ts';

const route = getRouteApi('/contacts');
/** Ids that one request takes. */
const MOST_CHOSEN = 1_000;

/** Everybody whom the organisation writes to: found, filtered, put on lists, taken away as a file. */
export function ContactList() {
  const say = useTexts(listTexts);
  const asked = route.useSearch();
  const navigate = route.useNavigate();
  const rows = useRows(many('/v1/contacts', { query: queryOf(asked) }));
  const [chosen] = useState(() => new Chosen());
  const columns = useColumns(rows.rows, chosen);
  const lists = useLists();
  const count = useCount(asked);
  const searched = useSearched(asked.q);
  const [showsConditions, setShowsConditions] = useState(asked.filter !== undefined);
  const go = (change: Partial<Asked>, replace = false): void => {
    chosen.set([]);
    const next = Object.fromEntries(
      Object.entries({ ...asked, ...change }).filter(([, value]) => value !== undefined),
    );
    void navigate({ search: next, replace });
  };
  const isFiltered = Object.values(asked).some((each) => each !== undefined);
  const conditions = asked.filter === undefined ? 0 : (rowsOf(asked.filter)?.rows.length ?? 1);
  const create = (
    <Button component={Link} to="/contacts/imports/new" leftSection={<IconUpload size={16} aria-hidden />}>
      {say('import')}
    </Button>
  );
  return (
    <Page
      title={say('title')}
      state={count === undefined ? say('state') : say(isFiltered ? 'stateFound' : 'stateAll', { count })}
      action={
        <>
          <Button
            variant="default"
            leftSection={<IconUserPlus size={16} aria-hidden />}
            onClick={() => void navigate({ to: '/contacts/new', search: asked })}
          >
            {say('add')}
          </Button>
          {create}
        </>
      }
      tabs={<ContactTabs />}
    >
      <Stack gap="xs">
        {showsConditions && <Conditions filter={asked.filter} use={(filter) => go({ filter })} />}
        <DataTable
          id="contacts"
          label={say('title')}
          columns={columns}
          rows={rows}
          rowId={({ id }) => id}
          open={({ id }) => void navigate({ to: '/contacts/$id', params: { id }, search: {} })}
          filters={
            <>
              <SearchBox
                label={say('search')}
                value={searched}
                search={(text) => void asAddress(text, isNumber).then((q) => go({ q }, true))}
              />
              <Select
                aria-label={say('list')}
                placeholder={say('anyList')}
                w={180}
                clearable
                searchable
                clearButtonProps={{ 'aria-label': say('anyList') }}
                nothingFoundMessage={say('noList')}
                data={(lists ?? []).map(({ id, name }) => ({ value: id, label: name }))}
                value={asked.list ?? null}
                onChange={(list) => go({ list: list ?? undefined })}
              />
              <Indicator disabled={conditions === 0} label={conditions} size={16} color="teal">
                <Button
                  variant="default"
                  leftSection={<IconFilter size={16} aria-hidden />}
                  aria-expanded={showsConditions}
                  onClick={() => setShowsConditions(!showsConditions)}
                >
                  {say('conditions')}
                </Button>
              </Indicator>
              <SavedFilters
                id="contacts"
                filters={asked}
                use={(saved) => {
                  chosen.set([]);
                  void navigate({ search: saved });
                }}
              />
              <Download address={exportAddress(asked)} name="contacts.csv" variant="subtle" color="gray">
                {say('export')}
              </Download>
            </>
          }
          empty={
            <EmptyState
              icon={<IconAddressBook size={32} />}
              title={say(isFiltered ? 'noneTitle' : 'emptyTitle')}
              hint={say(isFiltered ? 'noneHint' : 'emptyHint')}
              action={
                isFiltered ? (
                  <Button variant="default" onClick={() => void navigate({ search: {} })}>
                    {say('showAll')}
                  </Button>
                ) : (
                  create
                )
              }
            />
          }
        />
        <BulkBar chosen={chosen} filter={filterOfAsked(asked)} all={count} list={asked.list} />
      </Stack>
      <Outlet />
    </Page>
  );
}

/** How many are meant; undefined: not known, as of a search for a name. */
function useCount(asked: Asked): number | undefined {
  const filter = filterOfAsked(asked);
  const given = { body: { filter: filter ?? { all: [] }, limit: 1, count: true } };
  const { data } = useQuery({
    queryKey: ['/v1/contacts/search', given],
    queryFn: ({ signal }) => ask('post', '/v1/contacts/search', given, { signal }),
    enabled: filter !== null,
    placeholderData: keepPreviousData,
  });
  return filter === null ? undefined : (data?.count ?? undefined);
}

/** Conditions as they are being filled in; the list is asked for them when somebody says so. */
function Conditions({
  filter,
  use,
}: {
  filter: ContactFilter | undefined;
  use: (filter: ContactFilter | undefined) => void;
}) {
  const say = useTexts(listTexts);
  const fields = useFields();
  const [kept, setKept] = useState({ of: JSON.stringify(filter), rows: rowsOf(filter ?? null) });
  const of = JSON.stringify(filter);
  // Back, and saved filters, change what the address says.
  const rows = kept.of === of ? kept.rows : rowsOf(filter ?? null);
  const fill = (changed: FilterRowsOf): void => setKept({ of, rows: changed });
  const meant = rows === null ? filter : (filterOf(rows, typesOf(fields)) ?? undefined);
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        use(meant);
      }}
    >
      <Stack gap="xs" align="flex-start">
        <div className={classes.conditions}>
          <FilterRows legend={say('onlyWho')} rows={rows} deep={filter ?? null} fill={fill} />
        </div>
        <Button.Group>
          <Button type="submit" variant="default" disabled={JSON.stringify(meant) === of}>
            {say('useConditions')}
          </Button>
          <Button variant="default" disabled={filter === undefined} onClick={() => use(undefined)}>
            {say('noConditions')}
          </Button>
        </Button.Group>
      </Stack>
    </form>
  );
}

function useColumns(read: readonly Contact[], chosen: Chosen): readonly Column<Contact>[] {
  const say = useTexts(listTexts);
  const common = useTexts(contactTexts);
  const language = useLanguage();
  const fields = useFields();
  // What is chosen is looked up when somebody chooses: columns stay the same while rows come.
  const shown = useRef(read);
  shown.current = read;
  return useMemo<Column<Contact>[]>(
    () => [
      {
        id: 'choose',
        title: say('choose'),
        head: (
          <ChooseAllBox
            chosen={chosen}
            ids={() => shown.current.slice(0, MOST_CHOSEN).map(({ id }) => id)}
            label={say('chooseAll')}
          />
        ),
        width: 44,
        fixed: true,
        cell: ({ id, name, phoneNumber }) => (
          <ChooseBox chosen={chosen} id={id} label={say('chooseOne', { name: name ?? phoneNumber })} />
        ),
      },
      {
        id: 'name',
        title: say('name'),
        width: 220,
        fixed: true,
        cell: ({ id, name }) => (
          <Link
            to="/contacts/$id"
            params={{ id }}
            className={classes.name}
            tabIndex={-1}
            data-unnamed={name === null || undefined}
          >
            {name ?? common('noName')}
          </Link>
        ),
      },
      { id: 'phone', title: say('phone'), width: 140, cell: ({ phoneNumber }) => phoneNumber },
      {
        id: 'language',
        title: say('language'),
        width: 100,
        cell: (contact) => contact.language && languageName(contact.language, language),
      },
      {
        id: 'place',
        title: say('place'),
        width: 150,
        cell: ({ postalCode, state, timeZone }) => {
          const words = [state, postalCode].filter(Boolean).join(' ') || timeZone;
          return words && <span title={timeZone ?? undefined}>{words}</span>;
        },
      },
      {
        id: 'tags',
        title: say('tags'),
        width: 190,
        cell: ({ tags }) => <span title={tags.join(', ')}>{tags.join(', ')}</span>,
      },
      {
        id: 'wrote',
        title: say('wrote'),
        width: 120,
        cell: ({ lastReplyAt }) => lastReplyAt && <Time at={lastReplyAt} as="ago" />,
      },
      {
        id: 'changed',
        title: say('changed'),
        width: 120,
        cell: ({ updatedAt }) => <Time at={updatedAt} as="ago" />,
      },
      {
        id: 'externalId',
        title: say('externalId'),
        width: 130,
        extra: true,
        cell: ({ externalId }) => externalId,
      },
      {
        id: 'line',
        title: say('line'),
        width: 110,
        extra: true,
        cell: (contact) => contact.lineType && <Status words={lineType} of={contact.lineType} plain />,
      },
      {
        id: 'zone',
        title: say('zone'),
        width: 160,
        extra: true,
        cell: ({ timeZone }) => timeZone,
      },
      ...fields.map(
        (field): Column<Contact> => ({
          id: `field.${field.name}`,
          title: field.label,
          width: 140,
          extra: true,
          ...(field.type === 'number' ? { align: 'right' as const } : {}),
          cell: ({ attributes }) => <ValueOf field={field} value={attributes[field.name]} />,
        }),
      ),
    ],
    [chosen, common, fields, language, say],
  );
}
