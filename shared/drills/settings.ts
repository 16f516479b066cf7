import { originationSettings } from '#shared/carriers/settings.ts';
import { type Config, parsed, type Settings, text } from '#shared/config.ts';
import { languageSchema } from '#shared/contracts/drill.ts';
import { type Drills, fileDrills, sampleContentDirectory } from './drills.ts';

/** Settings of services that read drills and programmes. */
export const contentSettings = {
  ...originationSettings,
  CONTENT_DIR: text({
    fallback: sampleContentDirectory,
    help: 'Folder of the YAML files of drills and programmes; left out: the sample programme.',
  }),
  DEFAULT_LANGUAGE: parsed(languageSchema, {
    fallback: 'en',
    help: 'Language of a person whom no programme says otherwise about, in two letters.',
  }),
} satisfies Settings;

/** The configured content. Throws `invalid_configuration` with all faults of the files. */
export const configuredDrills = (config: Config<typeof contentSettings>): Promise<Drills> =>
  fileDrills(config.CONTENT_DIR, config.ORIGINATION_NUMBER);
