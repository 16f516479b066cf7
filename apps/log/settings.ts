import type { Settings } from '#shared/config.ts';
import { streamServiceSettings } from '#shared/kinesis/stream-service.ts';

export const logSettings = { ...streamServiceSettings } satisfies Settings;
