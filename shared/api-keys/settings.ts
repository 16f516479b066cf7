import { z } from 'zod';
import { parsed, type Settings } from '#shared/config.ts';

/** Settings of whatever makes API keys or checks them. */
export const apiKeySettings = {
  API_KEY_PEPPER: parsed(z.string().min(32, 'must have at least 32 characters'), {
    secret: true,
    help: 'Key of the hashes of API keys, at least 32 characters. Changing it makes every API key invalid.',
  }),
} satisfies Settings;
