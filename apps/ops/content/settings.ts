import { originationSettings } from '#shared/carriers/settings.ts';
import type { Settings } from '#shared/config.ts';
import { opsSettings } from '../settings.ts';

/** Of `npm run ops -- content`: what "default" stands for among the numbers of programmes is asked for besides. */
export const contentCommandSettings = { ...opsSettings, ...originationSettings } satisfies Settings;
