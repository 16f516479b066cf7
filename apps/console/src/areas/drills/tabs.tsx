import { RouteTabs } from '../../parts/route-tabs.tsx';
import { useTexts } from '../../texts/language.tsx';
import { drillTexts } from './texts.ts';

export function DrillTabs() {
  const say = useTexts(drillTexts);
  return (
    <RouteTabs
      label={say('parts')}
      tabs={[
        { to: '/drills', text: say('tabDrills'), exact: true },
        { to: '/drills/programmes', text: say('tabProgrammes') },
      ]}
    />
  );
}
