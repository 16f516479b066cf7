import { Code, Skeleton, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { one } from '../../api/queries.ts';
import { Action } from '../../parts/action.tsx';
import { Facts } from '../../parts/facts.tsx';
import { FaultBox } from '../../parts/fault-box.tsx';
import { SideDrawer } from '../../parts/side-drawer.tsx';
import { Status } from '../../parts/status.tsx';
import { Time } from '../../parts/time.tsx';
import { useTexts } from '../../texts/language.tsx';
import { deadLetterState } from '../../words/topology.ts';
import { useWord } from '../../words/use-word.ts';
import { readable } from './readable.ts';
import { SettleDialog } from './settle-dialog.tsx';
import { systemTexts } from './texts.ts';

const route = getRouteApi('/system/dead-letters/$id');

export function DeadLetterDrawer() {
  const say = useTexts(systemTexts);
  const word = useWord(deadLetterState);
  const { id } = route.useParams();
  const search = route.useSearch();
  const navigate = useNavigate();
  const { data, error, refetch } = useQuery(one('/v1/dead-letters/{id}', { path: { id } }));
  const [does, setDoes] = useState<'redrive' | 'discard' | null>(null);
  const close = (): void => void navigate({ to: '/system/dead-letters', search });
  return (
    <SideDrawer
      title={say('letter', { id })}
      state={data && word(data.state).hint}
      close={close}
      actions={
        data?.settledAt === null && (
          <>
            <Action needs="admin" does={() => setDoes('redrive')}>
              {say('redrive')}
            </Action>
            <Action needs="admin" variant="default" does={() => setDoes('discard')}>
              {say('discard')}
            </Action>
          </>
        )
      }
    >
      {error && <FaultBox error={error} again={() => void refetch()} />}
      {data === undefined && !error && <Skeleton height={240} aria-busy />}
      {data && (
        <Stack gap="md">
          <Facts
            of={[
              [say('state'), <Status key="state" words={deadLetterState} of={data.state} />],
              [say('reason'), data.reason],
              [say('consumer'), data.consumer],
              [say('stream'), data.stream],
              [say('key'), data.key],
              [say('arrived'), <Time key="arrived" at={data.arrivedAt} />],
              [say('setAside'), <Time key="aside" at={data.setAsideAt} />],
              [say('settled'), data.settledAt && <Time key="settled" at={data.settledAt} />],
              [say('by'), data.settledBy],
              [say('settledWhy'), data.settledReason],
            ]}
          />
          <Text size="sm" c="dimmed">
            {say('body')}
          </Text>
          <Code block tabIndex={0}>
            {readable(data.body)}
          </Code>
        </Stack>
      )}
      {data && does !== null && <SettleDialog does={does} letter={data} close={() => setDoes(null)} />}
    </SideDrawer>
  );
}
