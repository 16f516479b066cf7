import { oneOf, type Settings } from '#shared/config.ts';
import { seedSettings } from '#shared/drills/seed-settings.ts';
import { erasureSettings } from '#shared/erasure/settings.ts';
import { ownerSettings } from '#shared/postgres/owner-settings.ts';

/** Settings of the one-off task that migrates. */
export const migrateSettings = {
  ...ownerSettings,
  ...erasureSettings,
  ...seedSettings,
  LOG_LEVEL: oneOf(['debug', 'info', 'warn', 'error'], {
    fallback: 'info',
    help: 'Least level that is logged.',
  }),
} satisfies Settings;
