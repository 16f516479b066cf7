import type { Settings } from '#shared/config.ts';
import { contentSettings } from '#shared/drills/settings.ts';
import { gateSettings } from '#shared/gate/settings.ts';
import { streamServiceSettings } from '#shared/kinesis/stream-service.ts';

export const progressSettings = {
  ...streamServiceSettings,
  ...contentSettings,
  ...gateSettings,
} satisfies Settings;
