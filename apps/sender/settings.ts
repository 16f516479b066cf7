import { carrierSettings, publicUrlSettings } from '#shared/carriers/settings.ts';
import { integer, type Settings } from '#shared/config.ts';
import { taskProtectionSettings } from '#shared/ecs/task-protection.ts';
import { erasureSettings } from '#shared/erasure/settings.ts';
import { gateSettings } from '#shared/gate/settings.ts';
import { streamSettings } from '#shared/kinesis/connect.ts';
import { postgresSettings } from '#shared/postgres/settings.ts';
import { sendingSettings } from '#shared/sending/settings.ts';
import { sqsSettings } from '#shared/sqs/client.ts';

export const senderSettings = {
  ...postgresSettings,
  ...streamSettings,
  ...sqsSettings,
  ...carrierSettings,
  ...publicUrlSettings,
  ...taskProtectionSettings,
  ...gateSettings,
  ...erasureSettings,
  ...sendingSettings,
  MESSAGE_PAUSE_MS: integer(
    { min: 0, max: 60_000 },
    { fallback: '3000', unit: 'ms', help: 'Pause between two messages of one batch to a phone.' },
  ),
  MEDIA_PAUSE_MS: integer(
    { min: 0, max: 60_000 },
    {
      fallback: '10000',
      unit: 'ms',
      help: 'The same pause after a message with media, which takes longer to arrive.',
    },
  ),
  MAX_REQUESTS: integer(
    { min: 1, max: 2_000 },
    { fallback: '200', unit: 'requests', help: 'Most requests to the carrier in flight, of one task.' },
  ),
  ACCOUNT_SEGMENTS_PER_SECOND: integer(
    { min: 1, max: 100_000 },
    {
      fallback: '2000',
      unit: 'segments/s',
      help: 'Most that the whole account at Twilio may send, all numbers and tasks together. Twilio takes 2,000.',
    },
  ),
  VONAGE_SEGMENTS_PER_SECOND: integer(
    { min: 1, max: 100_000 },
    {
      fallback: '30',
      unit: 'segments/s',
      help: 'The same at Vonage, which takes 30 requests until it grants more.',
    },
  ),
  AWS_SMS_SEGMENTS_PER_SECOND: integer(
    { min: 1, max: 100_000 },
    {
      fallback: '20',
      unit: 'segments/s',
      help: 'The same at AWS End User Messaging SMS, which takes 20 requests until its quota is raised.',
    },
  ),
  CLAIM_PHONES: integer(
    { min: 1, max: 500 },
    { fallback: '100', unit: 'phones', help: 'Most phones in one claim.' },
  ),
  TURNS_IN_HAND: integer(
    { min: 10, max: 20_000 },
    {
      fallback: '1000',
      unit: 'entries',
      help: 'Most entries of one queue that a task holds, those of phones that pause included. All tasks together at most 60,000 (docs/scaling.md).',
    },
  ),
} satisfies Settings;
