import { Skeleton, Stack } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { lazy, Suspense } from 'react';
import { useLiveRefresh } from '../../api/live/live.tsx';
import { one } from '../../api/queries.ts';
import { FaultBox } from '../../parts/fault-box.tsx';
import { Page, Section } from '../../parts/page.tsx';
import { useTexts } from '../../texts/language.tsx';
import { FirstSteps } from './first-steps.tsx';
import { IncidentList } from './incident-list.tsx';
import { useIncidents } from './incidents.ts';
import { LastDay } from './last-day.tsx';
import { homeTexts } from './texts.ts';

// Tables come behind what is seen first: they are a thirtieth of the script of the first screen.
const RunningCampaigns = lazy(async () => ({
  default: (await import('./running-campaigns.tsx')).RunningCampaigns,
}));
const NearLimits = lazy(async () => ({ default: (await import('./near-limits.tsx')).NearLimits }));

/** How often what no event tells is read again, in ms. */
const AGAIN_MS = 30_000;

/** How it goes, and what needs somebody. */
export function Home() {
  const say = useTexts(homeTexts);
  const { data, error, refetch } = useQuery({ ...one('/v1/overview', {}), refetchInterval: AGAIN_MS });
  const incidents = useIncidents();
  useLiveRefresh('conversations', ['/v1/overview']);
  useLiveRefresh('campaigns', ['/v1/campaigns']);
  useLiveRefresh('senders', ['/v1/senders']);
  useLiveRefresh('system', ['/v1/system']);
  return (
    <Page
      title={say('title')}
      state={incidents && (incidents.length === 0 ? say('calm') : say('needs', { count: incidents.length }))}
    >
      <Stack gap="xl">
        {incidents && incidents.length > 0 && (
          <Section title={say('incidents')}>
            <IncidentList incidents={incidents} />
          </Section>
        )}
        <Section title={say('lastDay')}>
          {error && data === undefined ? (
            <FaultBox error={error} again={() => void refetch()} />
          ) : data === undefined ? (
            <Skeleton height={92} aria-busy />
          ) : (
            <LastDay of={data} />
          )}
        </Section>
        <FirstSteps hasReached={(data?.messages.sent ?? 0) > 0} />
        <Section title={say('running')}>
          <Suspense fallback={<Skeleton height={92} aria-busy />}>
            <RunningCampaigns />
          </Suspense>
        </Section>
        <Suspense fallback={null}>
          <NearLimits />
        </Suspense>
      </Stack>
    </Page>
  );
}
