import type { awsSettings } from '#shared/aws-settings.ts';
import type { Config } from '#shared/config.ts';
import { cannotBeAsked, nothingToList } from '../cannot-be-asked.ts';
import type { Carrier } from '../carrier.ts';
import { errorTable } from '../errors.ts';
import type { awsSmsSettings } from '../settings.ts';
import { Certificates } from './certificates.ts';
import { confirmSubscription } from './confirm-subscription.ts';
import { awsErrorRules } from './error-table.ts';
import { parseInbound, parseStatus, subjectOf } from './notifications.ts';
import { createClient, send } from './send.ts';
import { addressesOf, addressesOfAws } from './sns-addresses.ts';
import { verifyNotification } from './verify-notification.ts';

/** Longest time one request to send may take, its connection included. The posting deadline counts on it. */
const SEND_TIMEOUT_MS = 5_000;

/** The subscription that an environment makes repeats after 150 s at most, with a few to spare for the way. */
const REPEATS_WITHIN_MS = 4 * 60_000;
/**
 * For longer: the last ten tries are 150 s apart, as infra/messaging/end-user-messaging.ts has it, and how those before grow is for
 * SNS to say.
 */
const REPEATS_FOR_MS = 25 * 60_000;

const classifyError = errorTable(awsErrorRules);

/**
 * AWS End User Messaging SMS: sends by SendTextMessage under the role of the task, hears notifications of SNS. Nothing of it
 * lists messages or says what became of one. `sockets`: most requests in flight at once. `now`: the machine's own time.
 */
export function createAwsCarrier(
  config: Config<typeof awsSettings> & Config<typeof awsSmsSettings>,
  options: { now: () => Date; sockets?: number; sendTimeoutMs?: number },
): Carrier {
  const timeoutMs = options.sendTimeoutMs ?? SEND_TIMEOUT_MS;
  const client = createClient({
    region: config.AWS_REGION,
    endpoint: config.AWS_ENDPOINT_URL_PINPOINT_SMS_VOICE_V2,
    sockets: options.sockets ?? 256,
    timeoutMs,
  });
  const sending = {
    client,
    credentials: () => client.config.credentials(),
    configurationSet: config.AWS_SMS_CONFIGURATION_SET,
    messageType: config.AWS_SMS_MESSAGE_TYPE,
    timeoutMs,
    classify: classifyError,
  };
  const addresses =
    config.AWS_SNS_LOCAL_ORIGIN === null ? addressesOfAws : addressesOf(config.AWS_SNS_LOCAL_ORIGIN);
  const verification = {
    topics: new Set(config.AWS_SMS_TOPIC_ARNS),
    addresses,
    certificates: new Certificates(options.now),
  };
  return {
    name: 'aws',
    capabilities: {
      lists: false,
      fetches: false,
      repeatsWithinMs: REPEATS_WITHIN_MS,
      repeatsForMs: REPEATS_FOR_MS,
    },
    send: (request) => send(sending, request),
    listOutbound: cannotBeAsked,
    listInbound: nothingToList,
    fetchStatus: cannotBeAsked,
    listStatuses: nothingToList,
    inboundMedia: cannotBeAsked,
    verifyWebhook: (webhook) => verifyNotification(webhook, verification),
    subjectOf,
    parseInbound: (webhook) => parseInbound(webhook, config.AWS_SMS_HANDLES_OPT_OUT),
    parseStatus,
    confirmSubscription: (webhook) => confirmSubscription(webhook, addresses),
    classifyError,
  };
}
