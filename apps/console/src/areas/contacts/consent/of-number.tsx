import { Button, Group, Skeleton, Stack, Text } from '@mantine/core';
import { IconCertificate, IconCircleCheck, IconMessageOff } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link, Outlet } from '@tanstack/react-router';
import { useState } from 'react';
import type { ConsentChange } from '#shared/api-client/api-types.ts';
import { useLiveRefresh } from '../../../api/live/live.tsx';
import { one, PAGE_ROWS } from '../../../api/queries.ts';
import { Action } from '../../../parts/action.tsx';
import { Facts } from '../../../parts/facts.tsx';
import { FaultBox } from '../../../parts/fault-box.tsx';
import { Page, Section } from '../../../parts/page.tsx';
import { Status } from '../../../parts/status.tsx';
import { Time } from '../../../parts/time.tsx';
import { useNumber } from '../../../parts/use-number.ts';
import { useTexts } from '../../../texts/language.tsx';
import {
  channel as channelWords,
  consentGrant,
  consentMethod,
  consentStatus,
  reversalReason,
} from '../../../words/people.ts';
import { useWord } from '../../../words/use-word.ts';
import layout from '../columns.module.css';
import { Sendables } from '../sendables.tsx';
import { ContactTabs } from '../tabs.tsx';
import classes from './consent.module.css';
import { Standings } from './standings.tsx';
import { consentTexts } from './texts.ts';

const route = getRouteApi('/contacts/consent/$phone');

/** Where a number stands, how it came to that, and what can be done about it. */
export function ConsentOfNumber() {
  const say = useTexts(consentTexts);
  const { phone, place } = useNumber(route.useParams().phone);
  const navigate = route.useNavigate();
  const [pageRows, setPageRows] = useState(PAGE_ROWS / 4);
  const { data, error, refetch } = useQuery(
    one('/v1/consents/{phone}', { path: { phone }, query: { limit: pageRows } }),
  );
  const contact = useQuery(one('/v1/contacts', { query: { phone, limit: 1 } })).data?.items[0];
  useLiveRefresh('conversations', ['/v1/consents', '/v1/people']);
  const to = (drawer: 'opt-out' | 'record' | 'evidence') => (): void =>
    void navigate({ to: `/contacts/consent/$phone/${drawer}`, params: { phone: place } });
  return (
    <Page
      title={phone}
      state={
        contact === undefined ? (
          say('noContact')
        ) : (
          <Link to="/contacts/$id" params={{ id: contact.id }} className={classes.link}>
            {contact.name ?? say('itsContact')}
          </Link>
        )
      }
      tabs={<ContactTabs />}
      action={
        <>
          <Button
            variant="default"
            leftSection={<IconCertificate size={16} aria-hidden />}
            onClick={to('evidence')}
          >
            {say('evidence')}
          </Button>
          <Action
            needs="operator"
            variant="default"
            leftSection={<IconCircleCheck size={16} aria-hidden />}
            does={to('record')}
          >
            {say('record')}
          </Action>
          <Action
            needs="operator"
            color="red"
            leftSection={<IconMessageOff size={16} aria-hidden />}
            does={to('opt-out')}
          >
            {say('optOut')}
          </Action>
        </>
      }
    >
      {error && data === undefined && <FaultBox error={error} again={() => void refetch()} />}
      {data === undefined && !error && <Skeleton height={320} aria-busy />}
      {data !== undefined && (
        <div className={layout.columns}>
          <Stack gap="lg">
            <Section title={say('standing')}>
              <Standings of={data} />
              {data.standings
                .filter(({ status }) => status === 'pending_opt_out')
                .map(({ scope }) => (
                  <Action
                    key={scope}
                    needs="operator"
                    variant="default"
                    w="fit-content"
                    does={() =>
                      void navigate({
                        to: '/contacts/consent/$phone/complete/$scope',
                        params: { phone: place, scope },
                      })
                    }
                  >
                    {say('carriedThrough')}
                  </Action>
                ))}
            </Section>
            <Section title={say('now')}>
              <Sendables phone={phone} />
            </Section>
          </Stack>
          <Section title={say('history')}>
            {data.history.length === 0 ? (
              <Text size="sm" c="dimmed">
                {say('noHistory')}
              </Text>
            ) : (
              <ol className={classes.history}>
                {data.history.map((change) => (
                  <Change key={change.id} change={change} place={place} />
                ))}
              </ol>
            )}
            {data.nextCursor !== null && pageRows < PAGE_ROWS && (
              <Button variant="default" w="fit-content" onClick={() => setPageRows(PAGE_ROWS)}>
                {say('earlier')}
              </Button>
            )}
          </Section>
        </div>
      )}
      <Outlet />
    </Page>
  );
}

/** One change, with all that proves it. */
function Change({ change, place }: { change: ConsentChange; place: string }) {
  const say = useTexts(consentTexts);
  const grant = useWord(consentGrant);
  const channel = useWord(channelWords);
  const navigate = route.useNavigate();
  const isStop = change.status !== 'opted_in';
  return (
    <li className={classes.change} data-reversed={change.reversedBy !== null || undefined}>
      <Group justify="space-between" gap="xs" wrap="wrap">
        <Group gap="xs">
          <Status words={consentStatus} of={change.status} />
          <Text size="sm">
            {change.scope === 'sender' ? say('everything') : say('topic', { topic: change.scope })}
          </Text>
        </Group>
        <Text size="sm" c="dimmed" component="div">
          <Time at={change.requestedAt} />
        </Text>
      </Group>
      <Facts
        of={[
          [say('how'), <Status key="how" words={consentMethod} of={change.method} plain />],
          [
            say('granted'),
            change.granted.length > 0 && change.granted.map((each) => grant(each).says).join(', '),
          ],
          [say('spokeOf'), isStop && change.channels.map((each) => channel(each).says).join(', ')],
          [say('theirWords'), change.originalMessage],
          [say('wording'), change.wording],
          [say('did'), change.affirmativeAction],
          [say('page'), change.url],
          [say('address'), [change.ip, change.userAgent].filter(Boolean).join(' · ') || null],
          [say('recordedBy'), change.actor],
          [say('deadline'), change.deadline],
          [
            say('reason'),
            change.reversalReason && (
              <Status key="r" words={reversalReason} of={change.reversalReason} plain />
            ),
          ],
          [say('explanation'), change.reverses !== null && change.cause],
          [say('reason'), change.method === 'import' && change.cause],
          [say('recorded'), <Time key="recorded" at={change.recordedAt} />],
        ]}
      />
      {change.reversedBy !== null && (
        <Text size="sm" c="dimmed" mt={4}>
          {say('takenBack')}
        </Text>
      )}
      {change.reverses !== null && (
        <Text size="sm" c="dimmed" mt={4}>
          {say('tookBack')}
        </Text>
      )}
      {isStop && change.reversedBy === null && change.reverses === null && (
        <Action
          needs="operator"
          variant="subtle"
          mt={4}
          does={() =>
            void navigate({
              to: '/contacts/consent/$phone/restore/$changeId',
              params: { phone: place, changeId: change.id },
            })
          }
        >
          {say('takeBack')}
        </Action>
      )}
    </li>
  );
}
