import { integer, type Settings } from '#shared/config.ts';
import { streamServiceSettings } from '#shared/kinesis/stream-service.ts';

export const inboxSettings = {
  ...streamServiceSettings,
  REPLY_WITHIN_DAYS: integer(
    { min: 1, max: 365 },
    {
      fallback: '30',
      unit: 'days',
      help: 'How long after its text a campaign is answered: a later text belongs to no campaign.',
    },
  ),
} satisfies Settings;
