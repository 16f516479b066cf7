import { resolve } from 'node:path';
import { z } from 'zod';
import {
  type Config,
  integer,
  oneOf,
  optionalText,
  parsed,
  readConfig,
  type Settings,
  text,
} from '#shared/config.ts';
import { seedSettings } from '#shared/drills/seed-settings.ts';
import { CarillonError } from '#shared/errors.ts';

const overridesSchema = z.record(z.string(), z.record(z.string(), z.string()));

/** Settings of `npm start`. */
export const localSettings = {
  ...seedSettings,
  CARILLON_PORT: integer(
    { min: 1, max: 65_535 },
    { fallback: '8400', help: 'Port of everything public: web pages, API, webhooks.' },
  ),
  CARILLON_CARRIER_PORT: integer(
    { min: 1, max: 65_535 },
    { fallback: '8401', help: 'Port of the carrier simulator.' },
  ),
  CARILLON_DATA: parsed(
    z.string().transform((path) => resolve(path)),
    { fallback: '.carillon', help: 'Folder of all data, logs and local secrets of this instance.' },
  ),
  CARILLON_REDIS_URL: optionalText({
    help: 'A running Redis or Valkey to use instead of one of our own, as redis://host:port.',
  }),
  CARILLON_OVERRIDES: parsed(
    z
      .string()
      .transform((value, context): unknown => {
        try {
          return JSON.parse(value);
        } catch {
          context.addIssue({ code: 'custom', message: 'must be JSON' });
          return z.NEVER;
        }
      })
      .pipe(overridesSchema),
    {
      fallback: '{}',
      help: 'Settings of single services, or of all as "*", as JSON: {"sender":{"LOG_LEVEL":"debug"}}.',
    },
  ),
  // Whether it is a number at all is seen by the set-up: the tables of numbering plans stay out of the supervisor.
  ORIGINATION_NUMBER: parsed(z.string().regex(/^\+[1-9]\d{6,14}$/), {
    fallback: '+14155550100',
    help: 'Our number at the simulated carrier.',
  }),
  LOG_LEVEL: oneOf(['debug', 'info', 'warn', 'error'], {
    fallback: 'info',
    help: 'Least level that services write to their log files.',
  }),
  PATH: text({ fallback: '/usr/local/bin:/usr/bin:/bin', help: 'Where a Redis server is looked for.' }),
} satisfies Settings;

export type LocalConfig = Config<typeof localSettings>;

/** As `readConfig`, and what one setting alone does not show. */
export function readLocalConfig(env: NodeJS.ProcessEnv): LocalConfig {
  const config = readConfig(localSettings, env);
  if (config.CARILLON_PORT === config.CARILLON_CARRIER_PORT) {
    throw new CarillonError(
      'invalid_configuration',
      `CARILLON_PORT and CARILLON_CARRIER_PORT are both ${config.CARILLON_PORT}: choose another for one of them.`,
    );
  }
  return config;
}
