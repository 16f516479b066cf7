import { Skeleton } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useLiveRefresh } from '../../api/live/live.tsx';
import { one } from '../../api/queries.ts';
import { FaultBox } from '../../parts/fault-box.tsx';
import { Count } from '../../parts/number.tsx';
import { Page } from '../../parts/page.tsx';
import { Stat, Stats } from '../../parts/stat.tsx';
import { span } from '../../parts/time.ts';
import { useLanguage, useTexts } from '../../texts/language.tsx';
import { systemTexts } from './texts.ts';

const COUNTED = 10_000;

export function SystemScreen() {
  const say = useTexts(systemTexts);
  const language = useLanguage();
  const { data, error, refetch } = useQuery(one('/v1/system', {}));
  useLiveRefresh('system', ['/v1/system']);
  if (error) return <FaultBox error={error} again={() => void refetch()} />;
  return (
    <Page title={say('title')}>
      {data === undefined ? (
        <Skeleton height={96} />
      ) : (
        <Stats>
          <Stat
            label={say('queued')}
            value={<Count of={data.messages.queued} atMost={COUNTED} />}
            note={
              data.messages.oldestQueuedMsAgo === null
                ? undefined
                : say('oldest', { span: span(data.messages.oldestQueuedMsAgo, language) })
            }
          />
          <Stat label={say('held')} value={<Count of={data.messages.held} atMost={COUNTED} />} />
          <Stat
            label={say('doubt')}
            value={<Count of={data.messages.ambiguous} atMost={COUNTED} />}
            note={say('doubtNote')}
          />
          <Stat
            label={say('aside')}
            value={
              <Count
                of={data.quarantine.reduce((sum, { parked, quarantined }) => sum + parked + quarantined, 0)}
              />
            }
          />
        </Stats>
      )}
    </Page>
  );
}
