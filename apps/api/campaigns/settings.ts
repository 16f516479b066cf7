import { callingPartsFrom } from '#shared/campaigns/calling.ts';
import { type endingSettings, sharesFrom } from '#shared/campaigns/expected-steps.ts';
import type { campaignPaceSettings } from '#shared/campaigns/settings.ts';
import type { Config } from '#shared/config.ts';
import type { erasureSettings } from '#shared/erasure/settings.ts';
import type { linkSettings } from '#shared/links/settings.ts';
import { linkMaker, sampleLinkMaker } from '#shared/links/token.ts';
import type { OutlookParts } from './outlook/operations.ts';
import type { TryOutParts } from './try-out/operations.ts';

/** What operations of campaigns take from the configuration: the same as the service that leads them does. */
export const campaignPartsFrom = (
  config: Config<
    typeof campaignPaceSettings & typeof endingSettings & typeof linkSettings & typeof erasureSettings
  > &
    Parameters<typeof callingPartsFrom>[0],
): Pick<OutlookParts, 'calls' | 'outlook'> & Pick<TryOutParts, 'links'> => {
  const base = config.SHORT_LINK_BASE;
  return {
    links: base === null ? null : linkMaker(base, config.CONSENT_PEPPER),
    calls: callingPartsFrom(config),
    outlook: {
      usualPace: config.CAMPAIGN_MESSAGES_PER_SECOND,
      endingShares: sharesFrom(config),
      slots: { sms: config.MAX_CONCURRENT_SMS_CAMPAIGNS, voice: config.MAX_CONCURRENT_VOICE_CAMPAIGNS },
      sampleLinks: base === null ? null : sampleLinkMaker(base),
    },
  };
};
