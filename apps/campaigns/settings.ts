import { z } from 'zod';
import { originationSettings } from '#shared/carriers/settings.ts';
import { integer, parsed, type Settings } from '#shared/config.ts';
import { erasureSettings } from '#shared/erasure/settings.ts';
import { gateSettings } from '#shared/gate/settings.ts';
import { streamSettings } from '#shared/kinesis/connect.ts';
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
  BATCH_SIZE: integer(
    { min: 1, max: 5_000 },
    { fallback: '500', unit: 'contacts', help: 'Most contacts that are planned for in one transaction.' },
  ),
  CAMPAIGN_MESSAGES_PER_SECOND: integer(
    { min: 1, max: 10_000 },
    {
      fallback: '50',
      unit: 'messages/s',
      help: 'Pace of a campaign that names none of its own. A minute of it is queued ahead.',
    },
  ),
  APPROVAL_ABOVE: parsed(audience, {
    fallback: 'none',
    help: 'Contacts of an audience above which a second person has to approve a campaign before anything goes; or none.',
  }),
} satisfies Settings;
