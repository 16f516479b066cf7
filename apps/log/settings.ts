import type { Settings } from '#shared/config.ts';
import { streamServiceSettings } from '#shared/kinesis/stream-service.ts';
import { replySettings } from '#shared/replies/settings.ts';

export const logSettings = { ...streamServiceSettings, ...replySettings } satisfies Settings;
