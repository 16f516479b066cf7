import { originationSettings } from '#shared/carriers/settings.ts';
import { parsed, type Settings } from '#shared/config.ts';
import { languageSchema } from '#shared/contracts/drill.ts';

/** Settings of services that read drills and programmes. */
export const contentSettings = {
  ...originationSettings,
  DEFAULT_LANGUAGE: parsed(languageSchema, {
    fallback: 'en',
    help: 'Language of a person whom no programme says otherwise about, in two letters.',
  }),
} satisfies Settings;
