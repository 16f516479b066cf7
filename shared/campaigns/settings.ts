import { integer, type Settings } from '#shared/config.ts';

/** How many campaigns go at once and how fast: for whoever leads them and for whoever forecasts when they are done. */
export const campaignPaceSettings = {
  MAX_CONCURRENT_SMS_CAMPAIGNS: integer(
    { min: 1, max: 1_000 },
    {
      fallback: '10',
      unit: 'campaigns',
      help: 'Most SMS and drill campaigns that are under way at the same time; the others wait.',
    },
  ),
  MAX_CONCURRENT_VOICE_CAMPAIGNS: integer(
    { min: 1, max: 1_000 },
    { fallback: '5', unit: 'campaigns', help: 'The same of voice and hybrid campaigns, apart from those.' },
  ),
  CAMPAIGN_MESSAGES_PER_SECOND: integer(
    { min: 1, max: 10_000 },
    {
      fallback: '50',
      unit: 'messages/s',
      help: 'Pace of a campaign that names none of its own. A minute of it is queued ahead.',
    },
  ),
} satisfies Settings;
