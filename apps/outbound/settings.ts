import { flag, type Settings, text } from '#shared/config.ts';
import { contentSettings } from '#shared/drills/settings.ts';
import { gateSettings } from '#shared/gate/settings.ts';
import { streamServiceSettings } from '#shared/kinesis/stream-service.ts';
import { sqsSettings } from '#shared/sqs/client.ts';

export const outboundSettings = {
  ...streamServiceSettings,
  ...sqsSettings,
  ...contentSettings,
  ...gateSettings,
  ORGANISATION: text({
    fallback: 'This service',
    help: 'Who answers STOP and HELP at a number that no programme owns.',
  }),
  ORGANISATION_CONTACT: text({
    fallback: 'the sender of these messages',
    help: 'How people reach the organisation: a telephone number or an e-mail address.',
  }),
  CARRIER_ANSWERS_KEYWORDS: flag({
    fallback: 'false',
    help: "Whether the carrier answers STOP, START and HELP by itself (Twilio's default opt-out handling): ours are left out then.",
  }),
} satisfies Settings;
