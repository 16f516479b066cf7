import { z } from 'zod';
import { priceSettings } from '#shared/campaigns/prices.ts';
import { campaignPaceSettings } from '#shared/campaigns/settings.ts';
import { originationSettings, publicUrlSettings, setUpCarrierSettings } from '#shared/carriers/settings.ts';
import { integer, parsed, type Settings } from '#shared/config.ts';
import { erasureSettings } from '#shared/erasure/settings.ts';
import { gateSettings } from '#shared/gate/settings.ts';
import { streamSettings } from '#shared/kinesis/connect.ts';
import { linkSettings } from '#shared/links/settings.ts';
import { organisationSettings } from '#shared/organisation.ts';
import { postgresSettings } from '#shared/postgres/settings.ts';
import { sqsSettings } from '#shared/sqs/client.ts';
import { callPaceSettings } from '#shared/voice/settings.ts';

const audience = z
  .string()
  .regex(/^(none|[1-9]\d{0,8})$/, 'must be a number of contacts, or none')
  .transform((text) => (text === 'none' ? null : Number(text)));

const percent = z
  .string()
  .regex(/^\d{1,3}(\.\d{1,2})?$/, 'must be a percentage, as 5 or 2.5')
  .transform((text) => Number(text) / 100)
  .pipe(z.number().max(1, 'must be at most 100'));

export const campaignsSettings = {
  ...postgresSettings,
  ...streamSettings,
  ...sqsSettings,
  ...originationSettings,
  ...publicUrlSettings,
  ...callPaceSettings,
  ORGANISATION: organisationSettings.ORGANISATION,
  ...setUpCarrierSettings,
  ...gateSettings,
  ...erasureSettings,
  ...linkSettings,
  ...campaignPaceSettings,
  ...priceSettings,
  BATCH_SIZE: integer(
    { min: 1, max: 5_000 },
    { fallback: '500', unit: 'contacts', help: 'Most contacts that are planned for in one transaction.' },
  ),
  BREAKER_LEAST: integer(
    { min: 1, max: 1_000_000 },
    {
      fallback: '100',
      unit: 'messages',
      help: 'Fewest messages by which circuit breakers of campaigns and numbers judge.',
    },
  ),
  BREAKER_MINUTES: integer(
    { min: 1, max: 240 },
    { fallback: '15', unit: 'min', help: 'They look at what went out in the last so many minutes.' },
  ),
  BREAKER_UNDELIVERED: parsed(percent, {
    fallback: '25',
    unit: '%',
    help: 'Above this share of messages that do not arrive a campaign pauses, and a number is halted.',
  }),
  BREAKER_FILTERED: parsed(percent, {
    fallback: '5',
    unit: '%',
    help: 'The same for messages that carriers filter as spam.',
  }),
  BREAKER_OPT_OUTS: parsed(percent, {
    fallback: '5',
    unit: '%',
    help: 'The same for messages after which people ask to be left alone.',
  }),
  APPROVAL_ABOVE: parsed(audience, {
    fallback: 'none',
    help: 'Contacts of an audience above which a second person has to approve a campaign before anything goes; or none.',
  }),
} satisfies Settings;
