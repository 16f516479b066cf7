import { Skeleton, Stack } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { lazy, Suspense } from 'react';
import type { System } from '#shared/api-client/api-types.ts';
import { useLiveRefresh } from '../../api/live/live.tsx';
import { one } from '../../api/queries.ts';
import { FaultBox } from '../../parts/fault-box.tsx';
import { Count } from '../../parts/number.tsx';
import { Page, Section } from '../../parts/page.tsx';
import { Stat, Stats } from '../../parts/stat.tsx';
import { ago, span } from '../../parts/time.ts';
import { useNow } from '../../parts/use-now.ts';
import { useLanguage, useTexts } from '../../texts/language.tsx';
import { Carriers } from './carriers.tsx';
import { SILENT_MS } from './map.ts';
import { Readers } from './readers.tsx';
import { SystemTabs } from './tabs.tsx';
import { systemTexts } from './texts.ts';

const SystemMap = lazy(async () => ({ default: (await import('./system-map.tsx')).SystemMap }));
/** Up to that many are counted (apps/api/system/store.ts). */
const COUNTED = 10_000;

/** How it runs: what waits, the map, carriers, who reads what. */
export function Running() {
  const say = useTexts(systemTexts);
  const { data, error, refetch } = useQuery(one('/v1/system', {}));
  useLiveRefresh('system', ['/v1/system']);
  return (
    <Page title={say('title')} state={data && <Verdict of={data} />} tabs={<SystemTabs />}>
      {error && data === undefined ? (
        <FaultBox error={error} again={() => void refetch()} />
      ) : (
        <Stack gap="xl">
          {data === undefined ? <Skeleton height={92} aria-busy /> : <Waiting of={data} />}
          <Section title={say('map')}>
            <Suspense fallback={<Skeleton height={440} aria-busy />}>
              <SystemMap system={data} />
            </Suspense>
          </Section>
          <Section title={say('carriers')}>
            <Carriers system={data} />
          </Section>
          <Section title={say('readers')}>
            <Readers system={data} />
          </Section>
        </Stack>
      )}
    </Page>
  );
}

/** How many things need somebody: dead letters, carriers that are not heard, shards that nobody reads. */
function Verdict({ of: { carriers, consumers, quarantine } }: { of: System }) {
  const say = useTexts(systemTexts);
  const count =
    quarantine.reduce((sum, { quarantined }) => sum + quarantined, 0) +
    carriers.filter(({ outageSince }) => outageSince !== null).length +
    consumers.filter(
      ({ isFinished, owner, renewedMsAgo }) => !isFinished && (owner === null || renewedMsAgo > SILENT_MS),
    ).length;
  return count === 0 ? say('allWell') : say('notWell', { count });
}

function Waiting({ of: { messages, quarantine } }: { of: System }) {
  const say = useTexts(systemTexts);
  const language = useLanguage();
  const now = useNow();
  const dead = quarantine.reduce((sum, each) => sum + each.quarantined, 0);
  const parked = quarantine.reduce((sum, each) => sum + each.parked, 0);
  const { ambiguous, held, nextDueAt, oldestQueuedMsAgo, queued } = messages;
  return (
    <Stats>
      <Stat
        label={say('queued')}
        value={<Count of={queued} atMost={COUNTED} />}
        note={
          oldestQueuedMsAgo === null ? undefined : say('oldest', { span: span(oldestQueuedMsAgo, language) })
        }
      />
      <Stat
        label={say('held')}
        value={<Count of={held} atMost={COUNTED} />}
        note={nextDueAt === null ? undefined : say('next', { when: ago(nextDueAt, { language, now }) })}
      />
      <Stat
        label={say('doubt')}
        value={<Count of={ambiguous} atMost={COUNTED} />}
        note={say('doubtNote')}
        tone={ambiguous > 0 ? 'held' : undefined}
      />
      <Stat
        label={say('aside')}
        value={<Count of={dead} atMost={COUNTED} />}
        note={dead === 0 ? say('asideNone') : parked > 0 ? say('asideNote', { count: parked }) : undefined}
        tone={dead > 0 ? 'bad' : undefined}
        to="/system/dead-letters"
      />
    </Stats>
  );
}
