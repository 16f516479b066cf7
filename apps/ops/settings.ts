import { apiKeySettings } from '#shared/api-keys/settings.ts';
import { businessClockSettings } from '#shared/business-clock/settings.ts';
import type { Settings } from '#shared/config.ts';
import { erasureSettings } from '#shared/erasure/settings.ts';
import { kinesisSettings } from '#shared/kinesis/client.ts';
import { ownerSettings } from '#shared/postgres/owner-settings.ts';

/** Settings of the operator's command. */
export const opsSettings = {
  ...ownerSettings,
  ...kinesisSettings,
  ...businessClockSettings,
  ...erasureSettings,
  ...apiKeySettings,
} satisfies Settings;
