import { priceSettings } from '#shared/campaigns/prices.ts';
import { campaignPaceSettings } from '#shared/campaigns/settings.ts';
import { originationSettings, publicUrlSettings, setUpCarrierSettings } from '#shared/carriers/settings.ts';
import type { Settings } from '#shared/config.ts';
import { gateSettings } from '#shared/gate/settings.ts';
import { linkSettings } from '#shared/links/settings.ts';
import { organisationSettings } from '#shared/organisation.ts';
import { callPaceSettings } from '#shared/voice/settings.ts';
import { opsSettings } from '../settings.ts';

/** Of `npm run ops -- dispatch`: what the service `campaigns` goes by, which must be the same here. */
export const dispatchSettings = {
  ...opsSettings,
  ...originationSettings,
  ...publicUrlSettings,
  ...callPaceSettings,
  ORGANISATION: organisationSettings.ORGANISATION,
  ...setUpCarrierSettings,
  ...gateSettings,
  ...linkSettings,
  ...priceSettings,
  CAMPAIGN_MESSAGES_PER_SECOND: campaignPaceSettings.CAMPAIGN_MESSAGES_PER_SECOND,
} satisfies Settings;
