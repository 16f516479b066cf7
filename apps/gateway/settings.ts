import { carrierSettings, publicUrlSettings } from '#shared/carriers/settings.ts';
import type { ReviewPolicy } from '#shared/compliance/free-text.ts';
import { type Config, integer, oneOf, type Settings } from '#shared/config.ts';
import { defaultReviewPolicy } from '#shared/consent/read-text.ts';
import { erasureSettings } from '#shared/erasure/settings.ts';
import { publicServerSettings } from '#shared/http/public-server-settings.ts';
import { streamSettings } from '#shared/kinesis/connect.ts';
import { organisationSettings } from '#shared/organisation.ts';
import { postgresSettings } from '#shared/postgres/settings.ts';
import { replySettings } from '#shared/replies/settings.ts';

export const gatewaySettings = {
  ...postgresSettings,
  ...streamSettings,
  ...carrierSettings,
  ...publicUrlSettings,
  ...erasureSettings,
  ...publicServerSettings,
  ...replySettings,
  ORGANISATION: organisationSettings.ORGANISATION,
  DOUBTFUL_TEXTS: oneOf(['review', 'suppress'], {
    fallback: 'review',
    help: 'What becomes of a text that may be a revocation ("cancel my 3pm"): `review` puts it before a person, `suppress` also stops everything until that person has read it. `suppress` where nobody works through the queue.',
  }),
  PORT: integer({ min: 0, max: 65_535 }, { fallback: '8000', help: 'Port on which webhooks are received.' }),
  GATEWAY_PROXIES: integer(
    { min: 0, max: 5 },
    {
      fallback: '1',
      unit: 'proxies',
      help: 'How many proxies of ours, such as the load balancer, stand before the gateway: what they say of who follows a link is believed.',
    },
  ),
  LINK_CLICK_DAYS: integer(
    { min: 1, max: 3_650 },
    {
      fallback: '90',
      unit: 'days',
      help: 'How long single requests for short links are kept. Who followed a link, and how many did, stays.',
    },
  ),
  INBOUND_OUTAGE_MS: integer(
    // Carriers that list what they have give up after 15 s.
    { min: 5_000, max: 15_000 },
    {
      fallback: '10000',
      unit: 'ms',
      help: 'How long no gateway may have listened before sending waits until a sweep is done; of carriers without a list 30 s.',
    },
  ),
  INBOUND_ALIVE_MS: integer(
    { min: 100, max: 3_000 },
    { fallback: '2500', unit: 'ms', help: 'How often a gateway notes that it is listening.' },
  ),
  SWEEP_INTERVAL_MS: integer(
    { min: 1_000, max: 3_600_000 },
    {
      fallback: '180000',
      unit: 'ms',
      help: "How often the carrier's list of inbound messages is compared with the message log.",
    },
  ),
  STATUS_FIRST_LOOK_MS: integer(
    { min: 1_000, max: 86_400_000 },
    {
      fallback: '300000',
      unit: 'ms',
      help: 'Age at which a message whose end no status callback has told is first looked up at the carrier.',
    },
  ),
  STATUS_UNCONFIRMED_MS: integer(
    { min: 10_000, max: 2_592_000_000 },
    {
      fallback: '259200000',
      unit: 'ms',
      help: 'Age at which it is looked up for the last time; still `sent`, it ends as `sent_unconfirmed`.',
    },
  ),
} satisfies Settings;

/** What becomes of texts that may be revocations. */
export const reviewPolicyOf = (config: Config<typeof gatewaySettings>): ReviewPolicy => ({
  ...defaultReviewPolicy,
  doubtSuppresses: config.DOUBTFUL_TEXTS === 'suppress',
});
