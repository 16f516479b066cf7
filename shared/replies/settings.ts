import { integer, type Settings } from '#shared/config.ts';

/** Which campaign a text belongs to: the same for all that ask it. */
export const replySettings = {
  REPLY_WITHIN_DAYS: integer(
    { min: 1, max: 365 },
    {
      fallback: '30',
      unit: 'days',
      help: 'How long after its text a campaign is answered: a later text belongs to no campaign.',
    },
  ),
} satisfies Settings;
