import { agentSettings } from '#shared/agent/settings.ts';
import type { Settings } from '#shared/config.ts';
import { gateSettings } from '#shared/gate/settings.ts';
import { streamServiceSettings } from '#shared/kinesis/stream-service.ts';
import { organisationSettings } from '#shared/organisation.ts';
import { replySettings } from '#shared/replies/settings.ts';
import { sqsSettings } from '#shared/sqs/client.ts';

export const inboxSettings = {
  ...streamServiceSettings,
  ...sqsSettings,
  ...gateSettings,
  ...replySettings,
  ...organisationSettings,
  ...agentSettings,
} satisfies Settings;
