import { ActionIcon, Button, Checkbox, Group, NumberInput, Stack, Text, TextInput } from '@mantine/core';
import { IconTicket, IconTrash } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { type FormEvent, useMemo, useState } from 'react';
import type { RegistrationCode } from '#shared/api-client/api-types.ts';
import { one } from '../../../api/queries.ts';
import { useChange } from '../../../api/use-change.ts';
import { useMay } from '../../../app/me.ts';
import { Action } from '../../../parts/action.tsx';
import { Dialog } from '../../../parts/dialog.tsx';
import { EmptyState } from '../../../parts/empty-state.tsx';
import { FaultBox } from '../../../parts/fault-box.tsx';
import { Count } from '../../../parts/number.tsx';
import { type Column, DataTable } from '../../../parts/table/data-table.tsx';
import { wholeRows } from '../../../parts/table/use-rows.ts';
import { tellDone } from '../../../parts/tell.ts';
import { Time } from '../../../parts/time.tsx';
import { TonedText } from '../../../parts/toned-text.tsx';
import { useNow } from '../../../parts/use-now.ts';
import { useTexts } from '../../../texts/language.tsx';
import { ProgrammePage } from './head.tsx';
import { programmeTexts } from './texts.ts';

const route = getRouteApi('/drills/programmes/$slug/codes');

/** What people text to come in, how often they did, and how often they may. */
export function ProgrammeCodes() {
  const say = useTexts(programmeTexts);
  const { slug } = route.useParams();
  const may = useMay('operator');
  const now = useNow();
  const [isAdding, setAdding] = useState(false);
  const { data, error } = useQuery({
    ...one('/v1/programmes/{slug}/codes', { path: { slug } }),
    refetchInterval: 15_000,
  });
  const { mutate, error: notRemoved } = useChange('delete', '/v1/programmes/{slug}/codes/{code}', {
    touches: ['/v1/programmes'],
    onDone: (_, { path: { code } }) => void tellDone(say('codeRemoved', { code })),
  });
  const columns = useMemo<Column<RegistrationCode>[]>(
    () => [
      { id: 'code', title: say('code'), width: 200, fixed: true, cell: ({ code }) => code },
      {
        id: 'uses',
        title: say('uses'),
        width: 170,
        cell: ({ maxUses, uses }) =>
          maxUses === null ? (
            <Count of={uses} />
          ) : uses >= maxUses ? (
            <TonedText tone="held">
              {say('usesOf', { uses, most: maxUses })} · {say('usedUp')}
            </TonedText>
          ) : (
            say('usesOf', { uses, most: maxUses })
          ),
      },
      {
        id: 'expires',
        title: say('expires'),
        width: 240,
        cell: ({ expiresAt }) =>
          expiresAt === null ? (
            say('never')
          ) : Date.parse(expiresAt) <= now ? (
            <TonedText tone="held">
              <Time at={expiresAt} /> · {say('expired')}
            </TonedText>
          ) : (
            <Time at={expiresAt} />
          ),
      },
      { id: 'demo', title: say('demo'), width: 120, cell: ({ isDemo }) => isDemo && say('isDemo') },
      {
        id: 'account',
        title: say('account'),
        width: 260,
        cell: ({ accountInfo }) => {
          const named = Object.entries(accountInfo).map(([name, value]) => `${name}: ${value}`);
          return <span title={named.join(', ')}>{Object.values(accountInfo).join(', ')}</span>;
        },
      },
      {
        id: 'remove',
        title: say('remove'),
        width: 88,
        align: 'right',
        fixed: true,
        cell: ({ code }) =>
          may && (
            <ActionIcon
              aria-label={say('removeCode', { code })}
              onClick={() => mutate({ path: { slug, code } })}
            >
              <IconTrash size={16} aria-hidden />
            </ActionIcon>
          ),
      },
    ],
    [may, mutate, now, say, slug],
  );
  const add = (
    <Action needs="operator" does={() => setAdding(true)}>
      {say('addCode')}
    </Action>
  );
  return (
    <ProgrammePage slug={slug} action={add}>
      {() => (
        <Stack gap="sm">
          {notRemoved && <FaultBox error={notRemoved} />}
          <Text size="sm" c="dimmed">
            {say('codesState')}
          </Text>
          <DataTable
            id="codes"
            label={say('codes')}
            columns={columns}
            choosesColumns={false}
            rows={wholeRows(data?.items, error)}
            rowId={({ code }) => code}
            empty={
              <EmptyState
                icon={<IconTicket size={32} />}
                title={say('codesEmpty')}
                hint={say('codesEmptyHint')}
              />
            }
          />
          {isAdding && <AddCode slug={slug} close={() => setAdding(false)} />}
        </Stack>
      )}
    </ProgrammePage>
  );
}

function AddCode({ close, slug }: { slug: string; close: () => void }) {
  const say = useTexts(programmeTexts);
  const [code, setCode] = useState('');
  const [maxUses, setMaxUses] = useState<number | null>(null);
  const [expiresAt, setExpiresAt] = useState('');
  const [isDemo, setDemo] = useState(false);
  const [employer, setEmployer] = useState('');
  const adding = useChange('post', '/v1/programmes/{slug}/codes', {
    touches: ['/v1/programmes'],
    onDone: (added) => {
      void tellDone(say('codeAdded', { code: added.code }));
      close();
    },
  });
  const send = (event: FormEvent): void => {
    event.preventDefault();
    if (code.trim() === '') return;
    adding.mutate({
      path: { slug },
      body: {
        code: code.trim(),
        maxUses,
        isDemo,
        expiresAt: expiresAt === '' ? null : new Date(expiresAt).toISOString(),
        accountInfo: employer.trim() === '' ? {} : { employerName: employer.trim() },
      },
    });
  };
  return (
    <Dialog close={close} title={say('addCode')}>
      <form onSubmit={send}>
        <Stack gap="sm">
          <TextInput
            data-autofocus
            required
            label={say('code')}
            maxLength={100}
            autoComplete="off"
            value={code}
            onChange={(event) => setCode(event.currentTarget.value)}
          />
          <NumberInput
            label={say('mostUses')}
            description={say('mostUsesHint')}
            min={1}
            allowDecimal={false}
            value={maxUses ?? ''}
            onChange={(value) => setMaxUses(value === '' ? null : Math.max(1, Number(value)))}
          />
          <TextInput
            label={say('expiresAt')}
            type="datetime-local"
            value={expiresAt}
            onChange={(event) => setExpiresAt(event.currentTarget.value)}
          />
          <TextInput
            label={say('employer')}
            description={say('employerHint')}
            maxLength={200}
            value={employer}
            onChange={(event) => setEmployer(event.currentTarget.value)}
          />
          <Checkbox
            label={say('isDemo')}
            description={say('demoHint')}
            checked={isDemo}
            onChange={(event) => setDemo(event.currentTarget.checked)}
          />
          {adding.error && <FaultBox error={adding.error} />}
          <Group justify="flex-end">
            <Button type="submit" loading={adding.isPending}>
              {say('add')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Dialog>
  );
}
