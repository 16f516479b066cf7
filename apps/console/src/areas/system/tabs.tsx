import { RouteTabs } from '../../parts/route-tabs.tsx';
import { useTexts } from '../../texts/language.tsx';
import { systemTexts } from './texts.ts';

export function SystemTabs() {
  const say = useTexts(systemTexts);
  return (
    <RouteTabs
      label={say('parts')}
      tabs={[
        { to: '/system', text: say('tabMap'), exact: true },
        { to: '/system/figures', text: say('tabFigures') },
        { to: '/system/dead-letters', text: say('tabLetters') },
        { to: '/system/senders', text: say('tabSenders') },
      ]}
    />
  );
}
