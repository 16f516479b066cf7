import { agentSettings } from '#shared/agent/settings.ts';
import type { Settings } from '#shared/config.ts';

/** Which responder is scored, and within which bounds. No database: organisations of the evaluation set are made up. */
export const agentCommandSettings = { ...agentSettings } satisfies Settings;
