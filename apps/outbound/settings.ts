import { flag, type Settings } from '#shared/config.ts';
import { contentSettings } from '#shared/drills/settings.ts';
import { gateSettings } from '#shared/gate/settings.ts';
import { streamServiceSettings } from '#shared/kinesis/stream-service.ts';
import { organisationSettings } from '#shared/organisation.ts';
import { sqsSettings } from '#shared/sqs/client.ts';

export const outboundSettings = {
  ...streamServiceSettings,
  ...sqsSettings,
  ...contentSettings,
  ...gateSettings,
  ...organisationSettings,
  CARRIER_ANSWERS_KEYWORDS: flag({
    fallback: 'false',
    help: "Whether the carrier answers STOP, START and HELP by itself (Twilio's default opt-out handling): ours are left out then.",
  }),
} satisfies Settings;
