import { type Config, type Settings, text } from '#shared/config.ts';

/** What stands for a name while nobody gave one. */
const NO_NAME = 'This service';

/** By what name people know the organisation, and how they reach it. */
export const organisationSettings = {
  ORGANISATION: text({
    fallback: NO_NAME,
    help: 'Who answers STOP and HELP at a number that no programme owns, who the agent answers for, who is said to call in campaigns of calls, and who says hello to whoever calls a number of ours.',
  }),
  ORGANISATION_CONTACT: text({
    fallback: 'the sender of these messages',
    help: 'How people reach the organisation: a telephone number or an e-mail address.',
  }),
} satisfies Settings;

/** The name that somebody gave; null: nobody did. */
export const organisationOf = ({
  ORGANISATION,
}: Pick<Config<typeof organisationSettings>, 'ORGANISATION'>): string | null =>
  ORGANISATION === NO_NAME ? null : ORGANISATION;
