import { originationSettings } from '#shared/carriers/settings.ts';
import { parsed, type Settings, text } from '#shared/config.ts';
import { languageSchema } from '#shared/contracts/drill.ts';
import { sampleContentDirectory } from './drills.ts';

/** Settings of services that read drills and programmes. */
export const contentSettings = {
  ...originationSettings,
  DEFAULT_LANGUAGE: parsed(languageSchema, {
    fallback: 'en',
    help: 'Language of a person whom no programme says otherwise about, in two letters.',
  }),
} satisfies Settings;

/** Of whoever makes the first content of an environment. */
export const seedSettings = {
  CONTENT_DIR: text({
    fallback: sampleContentDirectory,
    help: 'Folder of the YAML files that are published where there is no drill and no programme yet; left out: the sample programme.',
  }),
} satisfies Settings;
