import type { Settings } from '#shared/config.ts';
import { contentSettings } from '#shared/drills/settings.ts';
import { streamServiceSettings } from '#shared/kinesis/stream-service.ts';

export const dialogSettings = {
  ...streamServiceSettings,
  ...contentSettings,
} satisfies Settings;
