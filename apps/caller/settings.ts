import { publicUrlSettings, voiceCarrierSettings } from '#shared/carriers/settings.ts';
import { LEAST_RING_SECONDS, RING_SECONDS } from '#shared/carriers/voice.ts';
import { integer, type Settings } from '#shared/config.ts';
import { taskProtectionSettings } from '#shared/ecs/task-protection.ts';
import { erasureSettings } from '#shared/erasure/settings.ts';
import { gateSettings } from '#shared/gate/settings.ts';
import { streamSettings } from '#shared/kinesis/connect.ts';
import { postgresSettings } from '#shared/postgres/settings.ts';
import { sendingSettings } from '#shared/sending/settings.ts';
import { sqsSettings } from '#shared/sqs/client.ts';
import { MOST_RING_SECONDS } from '#shared/voice/call-script.ts';
import { callPaceSettings } from '#shared/voice/settings.ts';

export const callerSettings = {
  ...postgresSettings,
  ...streamSettings,
  ...sqsSettings,
  ...voiceCarrierSettings,
  ...publicUrlSettings,
  ...taskProtectionSettings,
  ...gateSettings,
  ...erasureSettings,
  ...sendingSettings,
  ...callPaceSettings,
  RING_SECONDS: integer(
    { min: LEAST_RING_SECONDS, max: MOST_RING_SECONDS },
    {
      fallback: String(RING_SECONDS),
      unit: 's',
      help: 'How long a call rings before it is given up: no less than 15 s (47 CFR 64.1200(a)(6)). A campaign may say its own.',
    },
  ),
  CALL_FIRST_LOOK_MS: integer(
    { min: 1_000, max: 3_600_000 },
    {
      fallback: '120000',
      unit: 'ms',
      help: 'Age at which a call whose end no status callback has told is first looked up at the carrier.',
    },
  ),
} satisfies Settings;
