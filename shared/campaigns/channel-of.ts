import type { Channel } from '#shared/compliance/touch.ts';
import type { Member } from './audience-member.ts';
import type { CampaignType } from './definition.ts';

/**
 * How a contact of a campaign is reached next. This is the only place that decides it: what they are sent or told, the gate,
 * the number, the price, the queue and what becomes of it all follow from the answer, contact by contact. Pure.
 */
export function channelOf({ type }: { type: CampaignType }, _member: Pick<Member, 'contactId'>): Channel {
  switch (type) {
    case 'voice':
      return 'voice';
    case 'sms':
    case 'drill':
    case 'hybrid':
      return 'sms';
  }
}

/** All ways in which a campaign of a type may reach people. */
export const channelsOf = (type: CampaignType): readonly [Channel, ...Channel[]] => byType[type];

const byType: Readonly<Record<CampaignType, readonly [Channel, ...Channel[]]>> = {
  sms: ['sms'],
  drill: ['sms'],
  voice: ['voice'],
  hybrid: ['sms', 'voice'],
};
