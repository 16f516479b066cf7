import { Button, Group, Menu, Skeleton, Stack } from '@mantine/core';
import { IconDots, IconMessageOff, IconPencil, IconTrash } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link, Outlet } from '@tanstack/react-router';
import { useState } from 'react';
import type { Contact } from '#shared/api-client/api-types.ts';
import { useLiveRefresh } from '../../../api/live/live.tsx';
import { codeOf } from '../../../api/problem.ts';
import { one } from '../../../api/queries.ts';
import { useMay } from '../../../app/me.ts';
import { shellTexts } from '../../../app/texts.ts';
import { EmptyState } from '../../../parts/empty-state.tsx';
import { FaultBox } from '../../../parts/fault-box.tsx';
import { Page, Section } from '../../../parts/page.tsx';
import { clockAt, placeOf } from '../../../parts/place.ts';
import { useNow } from '../../../parts/use-now.ts';
import { useGoToNumber } from '../../../parts/use-number.ts';
import { useLanguage, useTexts } from '../../../texts/language.tsx';
import layout from '../columns.module.css';
import { ConsentSummary } from '../consent/summary.tsx';
import { Sendables } from '../sendables.tsx';
import { ContactTabs } from '../tabs.tsx';
import { contactTexts } from '../texts.ts';
import { ContactFacts } from './contact-facts.tsx';
import { DeleteDialog } from './delete-dialog.tsx';
import classes from './person.module.css';
import { personTexts } from './texts.ts';
import { Timeline } from './timeline.tsx';

const route = getRouteApi('/contacts/$id');

/** Everything about one contact: what is known, what happened, and what may be sent to them now. */
export function PersonPage() {
  const say = useTexts(personTexts);
  const { id } = route.useParams();
  const { data, error, refetch } = useQuery(one('/v1/contacts/{id}', { path: { id } }));
  if (data !== undefined) return <Person contact={data} />;
  return (
    <Page title={say('title')} tabs={<ContactTabs />}>
      {codeOf(error) === 'not_found' ? (
        <EmptyState
          title={say('goneTitle')}
          hint={say('goneHint')}
          action={
            <Button component={Link} to="/contacts" variant="default">
              {say('toAll')}
            </Button>
          }
        />
      ) : error ? (
        <FaultBox error={error} again={() => void refetch()} />
      ) : (
        <Skeleton height={320} aria-busy />
      )}
    </Page>
  );
}

function Person({ contact }: { contact: Contact }) {
  const say = useTexts(personTexts);
  const common = useTexts(contactTexts);
  const shell = useTexts(shellTexts);
  const may = useMay('operator');
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const goToNumber = useGoToNumber();
  const [isDeleting, setDeleting] = useState(false);
  const { id, name, phoneNumber } = contact;
  useLiveRefresh('conversations', ['/v1/people', '/v1/consents']);
  return (
    <Page
      title={name ?? common('noName')}
      state={
        <>
          {phoneNumber}
          {contact.timeZone !== null && <LocalTime zone={contact.timeZone} />}
        </>
      }
      tabs={<ContactTabs />}
      action={
        <>
          <Menu position="bottom-end">
            <Menu.Target>
              <Button variant="default" px={8} aria-label={say('more', { name: name ?? phoneNumber })}>
                <IconDots size={16} aria-hidden />
              </Button>
            </Menu.Target>
            <Menu.Dropdown>
              {!may && <Menu.Label>{shell('takesRole_operator')}</Menu.Label>}
              <Menu.Item
                disabled={!may}
                color="red"
                leftSection={<IconTrash size={16} aria-hidden />}
                onClick={() => setDeleting(true)}
              >
                {say('delete')}
              </Menu.Item>
            </Menu.Dropdown>
          </Menu>
          <Button
            variant="default"
            leftSection={<IconMessageOff size={16} aria-hidden />}
            onClick={() => goToNumber(phoneNumber, 'opt-out')}
          >
            {say('optOut')}
          </Button>
          <Button
            leftSection={<IconPencil size={16} aria-hidden />}
            onClick={() => void navigate({ to: '/contacts/$id/edit', params: { id }, search })}
          >
            {say('edit')}
          </Button>
        </>
      }
    >
      <div className={layout.columns}>
        <Stack gap="lg" className={classes.known}>
          <Section title={say('now')}>
            <Sendables phone={phoneNumber} />
            <ConsentSummary phone={phoneNumber} />
          </Section>
          <ContactFacts contact={contact} />
        </Stack>
        <Section title={say('timeline')} aside={<TimelineChoice show={search.show} />}>
          <Timeline phone={phoneNumber} show={search.show} zone={contact.timeZone} />
        </Section>
      </div>
      <Outlet />
      {isDeleting && <DeleteDialog contact={contact} close={() => setDeleting(false)} />}
    </Page>
  );
}

/** What time it is where they are. */
function LocalTime({ zone }: { zone: string }) {
  const say = useTexts(personTexts);
  const language = useLanguage();
  const now = useNow();
  const time = clockAt(new Date(now).toISOString(), { language, now, zone });
  return <> · {say('localTime', { time, place: placeOf(zone) })}</>;
}

const shown = ['said', 'campaigns', 'consent', 'lessons', 'notes'] as const;

/** Which kinds of what happened are shown; it stands in the address. */
function TimelineChoice({ show }: { show: (typeof shown)[number] | undefined }) {
  const say = useTexts(personTexts);
  const { id } = route.useParams();
  return (
    <Group gap={4} component="nav" aria-label={say('show')}>
      {[undefined, ...shown].map((each) => (
        <Link
          key={each ?? 'all'}
          to="/contacts/$id"
          params={{ id }}
          search={each === undefined ? {} : { show: each }}
          replace
          className={classes.choice}
          aria-current={each === show ? 'true' : undefined}
        >
          {say(`show_${each ?? 'all'}`)}
        </Link>
      ))}
    </Group>
  );
}
