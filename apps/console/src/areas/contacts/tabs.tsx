import { RouteTabs } from '../../parts/route-tabs.tsx';
import { useTexts } from '../../texts/language.tsx';
import { contactTexts } from './texts.ts';

export function ContactTabs() {
  const say = useTexts(contactTexts);
  return (
    <RouteTabs
      label={say('parts')}
      tabs={[
        { to: '/contacts', text: say('tabPeople'), exact: true },
        { to: '/contacts/lists', text: say('tabLists') },
        { to: '/contacts/fields', text: say('tabFields') },
        { to: '/contacts/imports', text: say('tabImports') },
        { to: '/contacts/consent', text: say('tabConsent') },
      ]}
    />
  );
}
