import { z } from 'zod';
import type { Config } from '#shared/config.ts';
import { cannotBeAsked, nothingToList } from '../cannot-be-asked.ts';
import type { Carrier, ReceivedWebhook, Verification } from '../carrier.ts';
import { errorTable } from '../errors.ts';
import { jsonOf } from '../readable.ts';
import type { vonageSettings } from '../settings.ts';
import { pathOf, webhookPaths } from '../webhook-addresses.ts';
import type { VonageAccount } from './account.ts';
import { ApplicationTokens } from './application-token.ts';
import { vonageErrorRules } from './error-table.ts';
import { parseMessage, parseMessageStatus } from './messages-webhooks.ts';
import { send } from './send.ts';
import { isSignedSms } from './sms-signature.ts';
import { parseReceipt, parseSms, smsParameters } from './sms-webhooks.ts';
import { verifyToken } from './webhook-token.ts';

/** Longest time one request to send may take, its connection included. The posting deadline counts on it. */
const SEND_TIMEOUT_MS = 5_000;

const classifyError = errorTable(vonageErrorRules);

/**
 * It repeats after 5 s, and doubles that up to 15 minutes; a minute for the way.
 * https://api.support.vonage.com/hc/en-us/articles/360028543292
 */
const REPEATS_WITHIN_MS = 16 * 60_000;
/** A day, as the same page says. */
const REPEATS_FOR_MS = 24 * 60 * 60_000;

/**
 * Vonage: sends by the Messages API, hears webhooks of it and of the SMS API.
 *
 * It cannot be asked what it has. Its Reports API has records by number, but minutes late and for a price each: an empty
 * report a minute after a request does not say that the message was not sent, which is all that it would be asked for
 * (decision 36). `now`: the machine's own time.
 */
export function createVonageCarrier(
  config: Config<typeof vonageSettings>,
  options: { now: () => Date; sendTimeoutMs?: number },
): Carrier {
  const tokens = new ApplicationTokens(config.VONAGE_APPLICATION_ID, config.VONAGE_PRIVATE_KEY, options.now);
  const account: VonageAccount = {
    apiKey: config.VONAGE_API_KEY,
    signatureSecret: config.VONAGE_SIGNATURE_SECRET,
    signatureMethod: config.VONAGE_SIGNATURE_METHOD,
  };
  const parts = {
    apiUrl: config.VONAGE_API_URL,
    token: () => tokens.current(),
    timeoutMs: options.sendTimeoutMs ?? SEND_TIMEOUT_MS,
    classify: classifyError,
  };
  return {
    name: 'vonage',
    capabilities: {
      lists: false,
      fetches: false,
      repeatsWithinMs: REPEATS_WITHIN_MS,
      repeatsForMs: REPEATS_FOR_MS,
    },
    send: (request) => send(parts, request),
    listOutbound: cannotBeAsked,
    listInbound: nothingToList,
    fetchStatus: cannotBeAsked,
    listStatuses: nothingToList,
    inboundMedia: cannotBeAsked,
    verifyWebhook: (webhook) => verifyWebhook(webhook, account, options.now()),
    subjectOf: (webhook) =>
      pathOf(webhook.target) === webhookPaths('vonage').status || isStatus(webhook) ? 'status' : 'text',
    parseInbound: (webhook) =>
      isOfSmsApi(webhook) ? parseSms(smsParameters(webhook)) : parseMessage(jsonOf(webhook.body)),
    parseStatus: (webhook) =>
      isOfSmsApi(webhook) ? parseReceipt(smsParameters(webhook)) : parseMessageStatus(jsonOf(webhook.body)),
    classifyError,
  };
}

/** Webhooks of the Messages API are JSON with a token beside it; those of the SMS API have their signature in themselves. */
const isOfSmsApi = (webhook: ReceivedWebhook): boolean =>
  webhook.method === 'GET' || webhook.parameters.size > 0 || 'sig' in smsParameters(webhook);

async function verifyWebhook(
  webhook: ReceivedWebhook,
  account: VonageAccount,
  now: Date,
): Promise<Verification> {
  if (!isOfSmsApi(webhook)) {
    const verification = await verifyToken(webhook, account, now);
    // What is not even like a webhook of theirs is not asked for again.
    return verification === 'undecided' && !isLikeMessage(webhook) ? 'forged' : verification;
  }
  return isSignedSms(smsParameters(webhook), account, now) ? 'genuine' : 'forged';
}

/**
 * What became of a message of ours is no text of anybody, also where it comes to the address of texts: an account may have
 * one address for both, and its signature does not cover the path.
 */
function isStatus(webhook: ReceivedWebhook): boolean {
  if (isOfSmsApi(webhook)) {
    const parameters = smsParameters(webhook);
    return 'status' in parameters && !('type' in parameters) && !('text' in parameters);
  }
  return statusSchema.safeParse(jsonOf(webhook.body)).success;
}
const statusSchema = z.object({ status: z.string(), message_type: z.undefined().optional() });

const isLikeMessage = (webhook: ReceivedWebhook): boolean =>
  messageSchema.safeParse(jsonOf(webhook.body)).success;
const messageSchema = z.object({ message_uuid: z.string() });
