import { Button, Group, SegmentedControl, Select, Stack, TextInput } from '@mantine/core';
import { IconMessageOff, IconSearch, IconUpload } from '@tabler/icons-react';
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router';
import { type FormEvent, useMemo, useState } from 'react';
import type { ListedConsent, Suppression } from '#shared/api-client/api-types.ts';
import { references } from '../../../api/client.ts';
import { many } from '../../../api/queries.ts';
import { Download } from '../../../parts/download.tsx';
import { EmptyState } from '../../../parts/empty-state.tsx';
import { Page } from '../../../parts/page.tsx';
import { Status } from '../../../parts/status.tsx';
import { type Column, DataTable } from '../../../parts/table/data-table.tsx';
import { useRows } from '../../../parts/table/use-rows.ts';
import { Time } from '../../../parts/time.tsx';
import { useGoToNumber } from '../../../parts/use-number.ts';
import { useTellWhy } from '../../../parts/use-tell-why.ts';
import { useTexts } from '../../../texts/language.tsx';
import { consentMethod, suppressionSource } from '../../../words/people.ts';
import { useWord } from '../../../words/use-word.ts';
import { ContactTabs } from '../tabs.tsx';
import { consentTexts } from './texts.ts';

const route = getRouteApi('/contacts/consent');

/** Who gets nothing, what has to be carried through by when, and the way to any number. */
export function ConsentLookUp() {
  const say = useTexts(consentTexts);
  const { source, which } = route.useSearch();
  const navigate = route.useNavigate();
  const choice = (
    <SegmentedControl
      aria-label={say('which')}
      value={which ?? 'suppressed'}
      onChange={(value) => void navigate({ search: value === 'pending' ? { which: 'pending' } : {} })}
      data={[
        { value: 'suppressed', label: say('suppressed') },
        { value: 'pending', label: say('pending') },
      ]}
    />
  );
  return (
    <Page
      title={say('title')}
      state={say('state')}
      tabs={<ContactTabs />}
      action={
        <>
          <Download address="/v1/suppressions/export" name="suppressions.csv">
            {say('exportSuppressions')}
          </Download>
          <Button
            renderRoot={(props) => (
              <Link {...props} to="/contacts/imports/new" search={{ kind: 'suppressions' }} />
            )}
            leftSection={<IconUpload size={16} aria-hidden />}
          >
            {say('importSuppressions')}
          </Button>
        </>
      }
    >
      <Stack gap="lg">
        <NumberSearch />
        {which === 'pending' ? <Pending choice={choice} /> : <Suppressed choice={choice} source={source} />}
      </Stack>
    </Page>
  );
}

/** Any number, known or not, written in any usual way. */
function NumberSearch() {
  const say = useTexts(consentTexts);
  const navigate = useNavigate();
  const tellWhy = useTellWhy();
  const [phone, setPhone] = useState('');
  const [isAsking, setAsking] = useState(false);
  const look = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    if (phone.trim() === '') return;
    setAsking(true);
    try {
      // The API knows every way to write a number.
      const { reference } = await references.of(phone.trim());
      void navigate({ to: '/contacts/consent/$phone', params: { phone: reference } });
    } catch (error) {
      tellWhy(error);
    } finally {
      setAsking(false);
    }
  };
  return (
    <form onSubmit={(event) => void look(event)}>
      <Group gap="xs" align="flex-end">
        <TextInput
          label={say('number')}
          description={say('numberHint')}
          data-search
          inputMode="tel"
          autoComplete="off"
          w={300}
          maxLength={40}
          value={phone}
          onChange={(event) => setPhone(event.currentTarget.value)}
        />
        <Button
          type="submit"
          variant="default"
          loading={isAsking}
          leftSection={<IconSearch size={16} aria-hidden />}
        >
          {say('lookUp')}
        </Button>
      </Group>
    </form>
  );
}

function Suppressed({
  choice,
  source,
}: {
  choice: React.ReactNode;
  source: Suppression['source'] | undefined;
}) {
  const say = useTexts(consentTexts);
  const word = useWord(suppressionSource);
  const navigate = route.useNavigate();
  const goToNumber = useGoToNumber();
  const rows = useRows(many('/v1/suppressions', { query: source === undefined ? {} : { source } }));
  const columns = useMemo<Column<Suppression>[]>(
    () => [
      { id: 'phone', title: say('phone'), width: 140, fixed: true, cell: ({ phoneNumber }) => phoneNumber },
      {
        id: 'source',
        title: say('source'),
        width: 210,
        cell: (row) => <Status words={suppressionSource} of={row.source} />,
      },
      {
        id: 'scope',
        title: say('scope'),
        width: 130,
        cell: ({ scope }) => (scope === 'sender' ? say('everything') : scope),
      },
      {
        id: 'reason',
        title: say('reason'),
        width: 320,
        cell: ({ reason }) => <span title={reason}>{reason}</span>,
      },
      { id: 'added', title: say('added'), width: 190, cell: ({ addedAt }) => <Time at={addedAt} /> },
    ],
    [say],
  );
  return (
    <DataTable
      id="suppressions"
      label={say('suppressed')}
      columns={columns}
      rows={rows}
      rowId={({ phoneNumber, scope }) => `${phoneNumber} ${scope}`}
      open={({ phoneNumber }) => goToNumber(phoneNumber)}
      filters={
        <>
          {choice}
          <Select
            aria-label={say('source')}
            placeholder={say('anySource')}
            w={220}
            clearable
            clearButtonProps={{ 'aria-label': say('anySource') }}
            data={Object.keys(suppressionSource).map((value) => ({ value, label: word(value).says }))}
            value={source ?? null}
            onChange={(value) =>
              void navigate({ search: value === null ? {} : { source: value as Suppression['source'] } })
            }
          />
        </>
      }
      empty={
        <EmptyState
          icon={<IconMessageOff size={32} />}
          title={say('noneSuppressed')}
          hint={say('noneSuppressedHint')}
        />
      }
    />
  );
}

function Pending({ choice }: { choice: React.ReactNode }) {
  const say = useTexts(consentTexts);
  const goToNumber = useGoToNumber();
  const rows = useRows(many('/v1/consents', { query: { status: 'pending_opt_out' } }));
  const columns = useMemo<Column<ListedConsent>[]>(
    () => [
      { id: 'phone', title: say('phone'), width: 140, fixed: true, cell: ({ phoneNumber }) => phoneNumber },
      { id: 'deadline', title: say('deadline'), width: 120, cell: ({ deadline }) => deadline },
      {
        id: 'method',
        title: say('how'),
        width: 150,
        cell: ({ method }) => <Status words={consentMethod} of={method} plain />,
      },
      {
        id: 'words',
        title: say('theirWords'),
        width: 340,
        cell: ({ originalMessage }) => <span title={originalMessage ?? undefined}>{originalMessage}</span>,
      },
      {
        id: 'asked',
        title: say('asked'),
        width: 190,
        cell: ({ requestedAt }) => <Time at={requestedAt} />,
      },
    ],
    [say],
  );
  return (
    <DataTable
      id="pending-opt-outs"
      label={say('pending')}
      columns={columns}
      rows={rows}
      rowId={({ phoneNumber, scope }) => `${phoneNumber} ${scope}`}
      open={({ phoneNumber }) => goToNumber(phoneNumber)}
      filters={choice}
      empty={
        <EmptyState
          icon={<IconMessageOff size={32} />}
          title={say('nonePending')}
          hint={say('nonePendingHint')}
        />
      }
    />
  );
}
