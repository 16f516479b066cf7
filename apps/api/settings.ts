import { flag, integer, type Settings, text } from '#shared/config.ts';
import { erasureSettings } from '#shared/erasure/settings.ts';
import { publicServerSettings } from '#shared/http/public-server-settings.ts';
import { postgresSettings } from '#shared/postgres/settings.ts';
import { redisSettings } from '#shared/redis/client.ts';
import { oidcSettings } from './identity/oidc-settings.ts';

export const apiSettings = {
  ...postgresSettings,
  ...redisSettings,
  ...erasureSettings,
  ...oidcSettings,
  ...publicServerSettings,
  PORT: integer({ min: 0, max: 65_535 }, { fallback: '8000', help: 'Port on which the API is served.' }),
  API_KEY_PEPPER: text({
    secret: true,
    help: 'Key of the hashes of API keys, at least 32 characters. Changing it makes every API key invalid.',
  }),
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
  API_LOCAL_SIGN_IN: flag({
    fallback: 'false',
    help: 'Whether whoever sits at this machine is an admin without an API key. Takes a SERVICE_HOST of 127.0.0.1; for the local stack.',
  }),
} satisfies Settings;
