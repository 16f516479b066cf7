import { agentSettings } from '#shared/agent/settings.ts';
import { apiKeySettings } from '#shared/api-keys/settings.ts';
import { endingSettings } from '#shared/campaigns/expected-steps.ts';
import { priceSettings } from '#shared/campaigns/prices.ts';
import { campaignPaceSettings } from '#shared/campaigns/settings.ts';
import { publicUrlSettings, setUpCarrierSettings } from '#shared/carriers/settings.ts';
import { type Config, integer, localFlag, type Settings, text } from '#shared/config.ts';
import { contentSettings } from '#shared/drills/settings.ts';
import { erasureSettings } from '#shared/erasure/settings.ts';
import { CarillonError } from '#shared/errors.ts';
import { gateSettings } from '#shared/gate/settings.ts';
import { publicServerSettings } from '#shared/http/public-server-settings.ts';
import { streamSettings } from '#shared/kinesis/connect.ts';
import { linkSettings } from '#shared/links/settings.ts';
import { organisationSettings } from '#shared/organisation.ts';
import { postgresSettings } from '#shared/postgres/settings.ts';
import type { serviceSettings } from '#shared/service.ts';
import { sqsSettings } from '#shared/sqs/client.ts';
import { callPaceSettings } from '#shared/voice/settings.ts';
import { oidcConfigOf, oidcSettings } from './identity/oidc-settings.ts';
import { webhookPartsFrom, webhookSettings } from './webhooks/settings.ts';

export const apiSettings = {
  ...postgresSettings,
  ...streamSettings,
  ...sqsSettings,
  ...contentSettings,
  ...gateSettings,
  ...priceSettings,
  ...setUpCarrierSettings,
  ...erasureSettings,
  ...apiKeySettings,
  ...oidcSettings,
  ...publicServerSettings,
  ...webhookSettings,
  ...linkSettings,
  ...campaignPaceSettings,
  ...endingSettings,
  ...callPaceSettings,
  ...publicUrlSettings,
  ORGANISATION: organisationSettings.ORGANISATION,
  AGENT_MAX_SEGMENTS: agentSettings.AGENT_MAX_SEGMENTS,
  PORT: integer({ min: 0, max: 65_535 }, { fallback: '8000', help: 'Port on which the API is served.' }),
  API_PROXIES: integer(
    { min: 0, max: 5 },
    {
      fallback: '1',
      unit: 'proxies',
      help: 'How many proxies of ours, such as the load balancer, stand before the API: what they say of the client is believed.',
    },
  ),
  API_RATE_PER_MINUTE: integer(
    { min: 10, max: 1_000_000 },
    { fallback: '1200', unit: 'requests', help: 'Most requests of one key or person in a minute.' },
  ),
  API_TASKS: integer(
    { min: 1, max: 100 },
    {
      fallback: '2',
      unit: 'tasks',
      help: 'Among how many tasks the rate is divided while Redis, where they count together, is away.',
    },
  ),
  CONSOLE_DIR: text({
    fallback: 'apps/console/dist',
    help: 'Folder of the web console, as it was built.',
  }),
  API_LOCAL_SIGN_IN: localFlag({
    help: 'Whether whoever sits at this machine is an admin without an API key. Takes a SERVICE_HOST of 127.0.0.1; for the local stack.',
  }),
} satisfies Settings;

/** Throws `invalid_configuration` for settings that do not go together. */
export function checkApiSettings(
  config: Config<typeof apiSettings> & Pick<Config<typeof serviceSettings>, 'SERVICE_HOST'>,
): void {
  oidcConfigOf(config);
  webhookPartsFrom(config);
  if (config.API_LOCAL_SIGN_IN && config.SERVICE_HOST !== '127.0.0.1') {
    throw new CarillonError(
      'invalid_configuration',
      'API_LOCAL_SIGN_IN makes everybody who reaches the API an admin: set SERVICE_HOST to 127.0.0.1, or leave it out.',
    );
  }
}
