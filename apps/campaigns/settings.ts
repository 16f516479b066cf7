import { z } from 'zod';
import { campaignPaceSettings } from '#shared/campaigns/settings.ts';
import { originationSettings } from '#shared/carriers/settings.ts';
import { integer, parsed, type Settings } from '#shared/config.ts';
import { erasureSettings } from '#shared/erasure/settings.ts';
import { gateSettings } from '#shared/gate/settings.ts';
import { streamSettings } from '#shared/kinesis/connect.ts';
import { linkSettings } from '#shared/links/settings.ts';
import { postgresSettings } from '#shared/postgres/settings.ts';
import { sqsSettings } from '#shared/sqs/client.ts';

const audience = z
  .string()
  .regex(/^(none|[1-9]\d{0,8})$/, 'must be a number of contacts, or none')
  .transform((text) => (text === 'none' ? null : Number(text)));

export const campaignsSettings = {
  ...postgresSettings,
  ...streamSettings,
  ...sqsSettings,
  ...originationSettings,
  ...gateSettings,
  ...erasureSettings,
  ...linkSettings,
  ...campaignPaceSettings,
  BATCH_SIZE: integer(
    { min: 1, max: 5_000 },
    { fallback: '500', unit: 'contacts', help: 'Most contacts that are planned for in one transaction.' },
  ),
  APPROVAL_ABOVE: parsed(audience, {
    fallback: 'none',
    help: 'Contacts of an audience above which a second person has to approve a campaign before anything goes; or none.',
  }),
} satisfies Settings;
