import { Button, List, Skeleton, Stack, Textarea } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { one } from '../../api/queries.ts';
import { useChange } from '../../api/use-change.ts';
import { Action } from '../../parts/action.tsx';
import { Facts } from '../../parts/facts.tsx';
import { FaultBox } from '../../parts/fault-box.tsx';
import { SideDrawer } from '../../parts/side-drawer.tsx';
import { Status } from '../../parts/status.tsx';
import { tellDone } from '../../parts/tell.ts';
import { Time } from '../../parts/time.tsx';
import { useTellWhy } from '../../parts/use-tell-why.ts';
import { useTexts } from '../../texts/language.tsx';
import { carrier, senderHealth, senderRegistration, senderType } from '../../words/system.ts';
import { SenderFields, type SenderTerms } from './sender-form.tsx';
import { Today } from './senders.tsx';
import { systemTexts } from './texts.ts';

const route = getRouteApi('/system/senders/$number');
const touches = ['/v1/senders'];

/** What is sent of it: a pace that is left out stays as it is. */
function changeOf({ pool, programme, registration, segmentsPerDay, segmentsPerSecond, type }: SenderTerms) {
  return {
    ...{ pool, programme, registration, segmentsPerDay, type },
    ...(segmentsPerSecond === null ? {} : { segmentsPerSecond }),
  };
}

/** One number: what keeps it from sending, its terms, and whether it goes on. */
export function SenderDrawer() {
  const say = useTexts(systemTexts);
  const { number } = route.useParams();
  const navigate = useNavigate();
  const path = { senderNumber: number };
  const { data, error, refetch } = useQuery(one('/v1/senders/{senderNumber}', { path }));
  const [reason, setReason] = useState('');
  const halt = useChange('post', '/v1/senders/{senderNumber}/halt', {
    touches,
    onDone: () => void tellDone(say('haltDone', { number })),
  });
  const tellWhy = useTellWhy();
  const haltAgain = useChange('post', '/v1/senders/{senderNumber}/halt', { touches, onFault: tellWhy });
  const haltedReason = data?.haltedReason ?? null;
  const resume = useChange('post', '/v1/senders/{senderNumber}/resume', {
    touches,
    onDone: () =>
      void tellDone(
        say('resumeDone', { number }),
        haltedReason === null ? undefined : () => haltAgain.mutate({ path, body: { reason: haltedReason } }),
      ),
  });
  const [terms, setTerms] = useState<SenderTerms | null>(null);
  const save = useChange('patch', '/v1/senders/{senderNumber}', {
    touches,
    onDone: () => {
      setTerms(null);
      void tellDone(say('senderSaved', { number }));
    },
  });
  const isHalted = data?.health === 'halted';
  const edit = data && (
    <Action needs="admin" variant="default" does={() => setTerms(data)}>
      {say('senderEdit')}
    </Action>
  );
  return (
    <SideDrawer
      title={number}
      state={data && <Status words={senderHealth} of={data.health} />}
      close={() => void navigate({ to: '/system/senders' })}
      actions={
        data &&
        (terms !== null ? (
          <>
            <Action
              needs="admin"
              loading={save.isPending}
              does={() => save.mutate({ path, body: changeOf(terms), seen: data })}
            >
              {say('senderSave')}
            </Action>
            <Button variant="default" onClick={() => setTerms(null)}>
              {say('senderKeep')}
            </Button>
          </>
        ) : isHalted ? (
          <>
            <Action needs="operator" does={() => resume.mutate({ path })} loading={resume.isPending}>
              {say('resume')}
            </Action>
            {edit}
          </>
        ) : (
          <>
            <Action
              needs="operator"
              color="red"
              whyNot={reason.trim() === '' ? say('haltWhy') : undefined}
              does={() => halt.mutate({ path, body: { reason: reason.trim() } })}
              loading={halt.isPending}
            >
              {say('halt')}
            </Action>
            {edit}
          </>
        ))
      }
    >
      {error && <FaultBox error={error} again={() => void refetch()} />}
      {data === undefined && !error && <Skeleton height={240} aria-busy />}
      {data && terms !== null && (
        <Stack gap="md">
          <SenderFields
            terms={terms}
            change={(part) => setTerms((before) => before && { ...before, ...part })}
          />
          {save.error && <FaultBox error={save.error} again={() => void refetch()} />}
        </Stack>
      )}
      {data && terms === null && (
        <Stack gap="md">
          <Facts
            of={[
              [say('haltedWhy'), data.haltedReason],
              [say('haltedAt'), data.haltedAt && <Time key="halted" at={data.haltedAt} />],
              [say('haltedBy'), data.haltedBy],
              [
                say('warnings'),
                data.warnings.length > 0 && (
                  <List key="warnings" size="sm">
                    {data.warnings.map((warning) => (
                      <List.Item key={warning}>{warning}</List.Item>
                    ))}
                  </List>
                ),
              ],
              [
                say('registration'),
                <Status key="registration" words={senderRegistration} of={data.registration} plain />,
              ],
              [say('kind'), <Status key="kind" words={senderType} of={data.type} plain />],
              [say('carrier'), <Status key="carrier" words={carrier} of={data.carrier} plain />],
              [say('pool'), data.pool],
              [say('programme'), data.programme],
              [say('pace'), data.segmentsPerSecond],
              [say('today'), <Today key="today" of={data} />],
            ]}
          />
          {!isHalted && (
            <Textarea
              label={say('haltWhy')}
              description={say('haltHint')}
              value={reason}
              onChange={(event) => setReason(event.currentTarget.value)}
              autosize
              minRows={2}
              maxLength={500}
            />
          )}
          {halt.error && <FaultBox error={halt.error} />}
          {resume.error && <FaultBox error={resume.error} />}
        </Stack>
      )}
    </SideDrawer>
  );
}
