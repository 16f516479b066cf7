import { useQuery } from '@tanstack/react-query';
import { useLiveRefresh } from '../../api/live/live.tsx';
import { one } from '../../api/queries.ts';
import { useWaitingReplies } from '../../app/waiting-replies.ts';
import { Count } from '../../parts/number.tsx';
import { Page } from '../../parts/page.tsx';
import { Stat, Stats } from '../../parts/stat.tsx';
import { useTexts } from '../../texts/language.tsx';
import { homeTexts } from './texts.ts';

const COUNTED = 10_000;

export function Home() {
  const say = useTexts(homeTexts);
  const waiting = useWaitingReplies();
  const system = useQuery(one('/v1/system', {})).data;
  const running = useQuery(one('/v1/campaigns', { query: { status: 'active', limit: 200 } })).data;
  useLiveRefresh('system', ['/v1/system']);
  useLiveRefresh('campaigns', ['/v1/campaigns']);
  return (
    <Page title={say('title')} state={say('state')}>
      <Stats>
        <Stat label={say('running')} value={running && <Count of={running.items.length} />} />
        <Stat label={say('waiting')} value={waiting && <Count of={waiting.count} />} />
        <Stat label={say('held')} value={system && <Count of={system.messages.held} atMost={COUNTED} />} />
      </Stats>
    </Page>
  );
}
