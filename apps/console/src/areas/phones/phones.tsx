import { Button, Group, Skeleton } from '@mantine/core';
import { IconClockPlay, IconDeviceMobile, IconPlugConnectedX, IconTrash } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, Outlet } from '@tanstack/react-router';
import { useState } from 'react';
import { many } from '../../api/queries.ts';
import { Lost } from '../../app/fallbacks.tsx';
import { useEnvironment } from '../../app/me.ts';
import { EmptyState } from '../../parts/empty-state.tsx';
import { FaultBox } from '../../parts/fault-box.tsx';
import { Page } from '../../parts/page.tsx';
import { useRows } from '../../parts/table/use-rows.ts';
import { tellFault } from '../../parts/tell.ts';
import { TonedText } from '../../parts/toned-text.tsx';
import { useTexts } from '../../texts/language.tsx';
import { AddPhone } from './add-phone.tsx';
import { faultCount } from './fault-fields.ts';
import { freeNumber } from './numbers.ts';
import { useOpenPhones } from './open-phones.ts';
import { Phone } from './phone.tsx';
import classes from './phones.module.css';
import { ResetDialog } from './reset-dialog.tsx';
import { faultsNow, lineOf, recentPhones, setLine } from './simulator.ts';
import { phoneTexts } from './texts.ts';
import { useQuestions } from './use-persona.ts';
import { usePhoneEvents } from './use-phone-events.ts';

/** Phones that the simulated carrier has: to be texted and called by, side by side. Only where it is. */
export function Phones() {
  const environment = useEnvironment();
  if (environment === undefined) return <Skeleton height={480} aria-busy />;
  return environment.isLocal ? <VirtualPhones /> : <Lost />;
}

function VirtualPhones() {
  const say = useTexts(phoneTexts);
  const cache = useQueryClient();
  const { change, open } = useOpenPhones();
  const recent = useQuery(recentPhones);
  const faults = useQuery(faultsNow);
  const [resets, setResets] = useState(false);
  const senders = useRows(many('/v1/senders', {}));
  const questions = useQuestions(open.length > 0);
  usePhoneEvents(open);
  const ours = [
    ...new Set([
      ...(recent.data === undefined ? [] : [recent.data.mainNumber]),
      ...senders.rows.map(({ senderNumber }) => senderNumber),
    ]),
  ];
  // Whoever holds a phone takes its calls.
  const ring = useMutation({
    mutationFn: (number: string) => setLine(number, { answers: 'by_hand' }),
    onSuccess: (line, number) => cache.setQueryData(lineOf(number).queryKey, line),
    onError: (error, number) => void tellFault(say('failed', { number }), error.message),
  });
  const add = (number: string): void => {
    ring.mutate(number);
    change([...open.filter((each) => each !== number), number]);
  };
  const wrong = faults.data === undefined ? 0 : faultCount(faults.data);
  const known = recent.data?.phones ?? [];
  const search = { open: open.join(',') || undefined };
  return (
    <Page
      title={say('title')}
      state={
        wrong === 0 ? (
          say(open.length === 0 ? 'stateNone' : 'state', { count: open.length })
        ) : (
          <TonedText tone="held">{say('stateFaults', { count: wrong })}</TonedText>
        )
      }
      action={
        <>
          <Button
            renderRoot={(props) => <Link to="/phones/time" search={search} {...props} />}
            variant="default"
            leftSection={<IconClockPlay size={16} aria-hidden />}
          >
            {say('skipTime')}
          </Button>
          <Button
            renderRoot={(props) => <Link to="/phones/faults" search={search} {...props} />}
            variant="default"
            leftSection={<IconPlugConnectedX size={16} aria-hidden />}
          >
            {say('faults')}
          </Button>
          <Button
            variant="default"
            leftSection={<IconTrash size={16} aria-hidden />}
            onClick={() => setResets(true)}
          >
            {say('reset')}
          </Button>
          <AddPhone add={add} open={open} recent={known} />
        </>
      }
    >
      {recent.error !== null && <FaultBox error={recent.error} again={() => void recent.refetch()} />}
      {open.length === 0 && recent.error === null && (
        <EmptyState
          icon={<IconDeviceMobile size={32} />}
          title={say('noneTitle')}
          hint={say('noneHint')}
          action={
            <Button onClick={() => add(freeNumber(known.map(({ number }) => number)))}>
              {say('addFirst')}
            </Button>
          }
        />
      )}
      <Group align="flex-start" gap="lg" className={classes.phones}>
        {open.map((number) => (
          <Phone
            key={number}
            number={number}
            ours={ours}
            questions={questions}
            putAway={() => change(open.filter((each) => each !== number))}
          />
        ))}
      </Group>
      {resets && <ResetDialog close={() => setResets(false)} />}
      <Outlet />
    </Page>
  );
}
