import {
  IconActivityHeartbeat,
  IconAddressBook,
  IconDeviceMobile,
  IconHome,
  IconInbox,
  IconSchool,
  IconSpeakerphone,
} from '@tabler/icons-react';
import type { shellTexts } from './texts.ts';

/** The areas of the console, in the order of the rail. `letter`: after G, leads there. */
export const areas = [
  { name: 'home', path: '/', letter: 'h', icon: IconHome },
  { name: 'campaigns', path: '/campaigns', letter: 'c', icon: IconSpeakerphone },
  { name: 'inbox', path: '/inbox', letter: 'i', icon: IconInbox },
  { name: 'drills', path: '/drills', letter: 'd', icon: IconSchool },
  { name: 'contacts', path: '/contacts', letter: 'p', icon: IconAddressBook },
  { name: 'system', path: '/system', letter: 's', icon: IconActivityHeartbeat },
  { name: 'phones', path: '/phones', letter: 't', icon: IconDeviceMobile },
] as const satisfies readonly {
  name: keyof (typeof shellTexts)['en'];
  path: string;
  letter: string;
  icon: unknown;
}[];
