import { RouteTabs } from '../../parts/route-tabs.tsx';
import { useTexts } from '../../texts/language.tsx';
import { throttleTexts } from './throttle/texts.ts';

export function CampaignTabs() {
  const say = useTexts(throttleTexts);
  return (
    <RouteTabs
      label={say('parts')}
      tabs={[
        { to: '/campaigns', text: say('tabCampaigns'), exact: true },
        { to: '/campaigns/throttle-groups', text: say('title') },
      ]}
    />
  );
}
