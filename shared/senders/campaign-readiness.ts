import { channelsOf } from '#shared/campaigns/channel-of.ts';
import type { Campaign } from '#shared/campaigns/store.ts';
import { ofItsChannel } from '#shared/campaigns/whatsapp.ts';
import { type CampaignSender, type Readiness, readinessOfAny } from './campaign-senders.ts';

const OTHERS_ONLY =
  'Waits: none of its numbers is of the channel that it is written for: texts go from numbers for texts, templates from numbers on WhatsApp.';

/**
 * Whether anything of a campaign can go from its numbers now, and how fast. Of a pool whose numbers were exchanged for some of the
 * other channel nothing goes: nobody is judged and held for it one by one. Pure.
 */
export function readinessOfCampaign(
  campaign: Pick<Campaign, 'definition' | 'type'>,
  senders: readonly CampaignSender[],
): Readiness {
  const own = ofItsChannel(campaign.definition, senders);
  if (own.length === 0 && senders.length > 0) return { kind: 'waits', reason: OTHERS_ONLY, until: null };
  return readinessOfAny(own, channelsOf(campaign));
}
