import { optionalText, type Settings } from '#shared/config.ts';

/** Of whoever makes the first content of an environment. Null: nobody said which, so that it is the sample programme's. */
export const seedSettings = {
  CONTENT_DIR: optionalText({
    help: 'Folder of the YAML files that are published where there is no drill and no programme yet; left out: the sample programme.',
  }),
} satisfies Settings;
