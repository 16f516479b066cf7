import { z } from 'zod';
import { canonicalPhoneNumber } from '#shared/phone/phone-number.ts';
import type {
  InboundMessage,
  InboundParse,
  ReceivedWebhook,
  StatusParse,
  WebhookSubject,
} from '../carrier.ts';
import { carrierId, carrierWord, faults, instantOf, storableText, uuidOrNull } from '../readable.ts';
import type { MessageStatus } from '../status.ts';
import { type Envelope, envelopeOf } from './sns-envelope.ts';

/**
 * What AWS End User Messaging SMS publishes, inside an envelope of SNS. Fields that are not named here are ignored.
 * https://docs.aws.amazon.com/sms-voice/latest/userguide/two-way-sms-payload.html
 * https://docs.aws.amazon.com/sms-voice/latest/userguide/configuration-sets-event-format.html
 */

const inboundSchema = z.object({
  originationNumber: z.string().min(1),
  destinationNumber: z.string().min(1),
  messageKeyword: z.string().optional(),
  messageBody: z.string().default(''),
  inboundMessageId: carrierId,
});

const eventSchema = z.object({
  eventType: z.string().min(1),
  isFinal: z.boolean().default(false),
  destinationPhoneNumber: z.string().optional(),
  messageId: carrierId,
  messageStatus: carrierWord,
  context: z.record(z.string(), z.string()).nullish(),
});

const subjectSchema = z.union([
  z.object({ inboundMessageId: z.string() }).transform((): WebhookSubject => 'text'),
  z.object({ eventType: z.string().startsWith('TEXT_') }).transform((): WebhookSubject => 'status'),
]);

/** See Carrier.subjectOf. Events of calls, pictures and registrations come by the same topic. */
export function subjectOf(webhook: ReceivedWebhook): WebhookSubject {
  const envelope = envelopeOf(webhook.body);
  if (envelope?.Type === 'SubscriptionConfirmation') return 'subscription';
  if (envelope?.Type !== 'Notification') return 'nothing';
  const subject = subjectSchema.safeParse(contentOf(envelope));
  return subject.success ? subject.data : 'nothing';
}

function contentOf(envelope: Envelope): unknown {
  try {
    return JSON.parse(envelope.Message);
  } catch {
    // Words of a person who published by hand, for example.
    return undefined;
  }
}

/**
 * Words by which AWS opts people out itself, and those of help, where it handles both for the number. On toll-free numbers
 * only STOP is heard, by the network.
 * https://docs.aws.amazon.com/sms-voice/latest/userguide/keywords-required.html
 */
const verdicts: Readonly<Record<string, InboundMessage['optOutType']>> = {
  ARRET: 'STOP',
  CANCEL: 'STOP',
  END: 'STOP',
  'OPT-OUT': 'STOP',
  OPTOUT: 'STOP',
  QUIT: 'STOP',
  REMOVE: 'STOP',
  STOP: 'STOP',
  TD: 'STOP',
  UNSUBSCRIBE: 'STOP',
  HELP: 'HELP',
};

/** See Carrier.parseInbound. `handlesOptOut`: whether AWS answers STOP and HELP itself. */
export function parseInbound(webhook: ReceivedWebhook, handlesOptOut: boolean): InboundParse {
  const envelope = envelopeOf(webhook.body);
  if (envelope === null) return { kind: 'malformed', reason: 'no notification' };
  const parsed = inboundSchema.safeParse(contentOf(envelope));
  if (!parsed.success) return { kind: 'malformed', reason: faults(parsed.error) };
  const {
    destinationNumber,
    inboundMessageId: carrierMessageId,
    messageBody,
    messageKeyword,
    originationNumber,
  } = parsed.data;
  const body = storableText(messageBody);
  const from = numberOf(originationNumber);
  const to = numberOf(destinationNumber);
  const optOutType = handlesOptOut ? (verdicts[messageKeyword?.trim().toUpperCase() ?? ''] ?? null) : null;
  if (from === null || to === null) {
    const unreachable = { carrierMessageId, from: originationNumber, to: destinationNumber, body };
    return { kind: 'no_phone_number', phoneNumber: from, optOutType, unreachable };
  }
  return {
    kind: 'message',
    message: {
      carrierMessageId,
      from,
      to,
      body,
      media: [],
      // The message itself has no time: the one of its envelope is the best there is.
      receivedAt: instantOf(envelope.Timestamp),
      optOutType,
    },
  };
}

/** AWS always writes the +. */
const numberOf = (text: string) => (text.startsWith('+') ? canonicalPhoneNumber(text) : null);

/** Words after which nothing was handed to a network, and those after which it did not arrive. */
const failed = new Set(['INVALID', 'INVALID_MESSAGE', 'PROTECT_BLOCKED', 'SPAM']);
const undelivered = new Set([
  'BLOCKED',
  'CARRIER_BLOCKED',
  'CARRIER_UNREACHABLE',
  'TTL_EXPIRED',
  'UNREACHABLE',
]);

/** What a word says, in ours; a word that no table knows is kept as it came. */
function statusOf(word: string, isFinal: boolean): { status: string; isError: boolean } {
  const known = (status: MessageStatus, isError = false) => ({ status, isError });
  // Until the last event it may still be tried again.
  if (failed.has(word)) return isFinal ? known('failed', true) : known('sending');
  if (undelivered.has(word)) return isFinal ? known('undelivered', true) : known('sent');
  switch (word) {
    case 'QUEUED':
      return known('queued');
    case 'PENDING':
      return known('sending');
    case 'SENT':
      return known('sent');
    // Which of the two a delivered message ends as depends on the country.
    case 'SUCCESSFUL':
      return known(isFinal ? 'delivered' : 'sent');
    case 'DELIVERED':
      return known('delivered');
    // After 72 hours without a word from the network.
    case 'UNKNOWN':
      return known(isFinal ? 'sent_unconfirmed' : 'sent');
    default:
      return { status: word, isError: false };
  }
}

/** See Carrier.parseStatus. */
export function parseStatus(webhook: ReceivedWebhook): StatusParse {
  const envelope = envelopeOf(webhook.body);
  const parsed = eventSchema.safeParse(envelope === null ? undefined : contentOf(envelope));
  if (!parsed.success) return { kind: 'malformed', reason: faults(parsed.error) };
  const { context, destinationPhoneNumber, isFinal, messageId, messageStatus } = parsed.data;
  const { isError, status } = statusOf(messageStatus, isFinal);
  return {
    kind: 'status',
    report: {
      carrierMessageId: messageId,
      status,
      errorCode: isError ? messageStatus : null,
      attemptId: uuidOrNull(context?.attempt),
      messageId: uuidOrNull(context?.message),
      phoneNumber: destinationPhoneNumber === undefined ? null : numberOf(destinationPhoneNumber),
    },
  };
}
