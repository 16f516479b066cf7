import type { Channel } from '#shared/compliance/touch.ts';
import type { Member } from './audience-member.ts';
import { ladderOf } from './ladder-of.ts';
import type { Campaign } from './store.ts';

type Reaching = Pick<Campaign, 'definition' | 'type'>;

/**
 * How a contact of a campaign is reached next. This is the only place that decides it: what they are sent or told, the gate,
 * the number, the price, the queue and what becomes of it all follow from the answer, contact by contact. Of a campaign with
 * a ladder by the step that they are on. Pure.
 */
export function channelOf(campaign: Reaching, { step }: Pick<Member, 'step'>): Channel {
  return ladderOf(campaign)?.[step ?? 0]?.channel ?? (campaign.type === 'voice' ? 'voice' : 'sms');
}

/** All ways in which a campaign may reach people, that of its first step first. */
export function channelsOf(campaign: Reaching): readonly [Channel, ...Channel[]] {
  const first = channelOf(campaign, { step: 0 });
  const others = ladderOf(campaign)?.map(({ channel }) => channel) ?? [];
  return [first, ...new Set(others.filter((channel) => channel !== first))];
}
