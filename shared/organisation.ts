import { type Settings, text } from '#shared/config.ts';

/** By what name people know the organisation, and how they reach it. */
export const organisationSettings = {
  ORGANISATION: text({
    fallback: 'This service',
    help: 'Who answers STOP and HELP at a number that no programme owns, who the agent answers for, and who says hello to whoever calls a number of ours.',
  }),
  ORGANISATION_CONTACT: text({
    fallback: 'the sender of these messages',
    help: 'How people reach the organisation: a telephone number or an e-mail address.',
  }),
} satisfies Settings;
