import { createHash, createSign } from 'node:crypto';
import type { Message, Notice } from '../message.ts';
import { uuidOf } from '../vonage/api.ts';
import type { JsonContent } from '../vonage/webhooks.ts';

/** A topic of Amazon SNS with a key pair of its own: https://docs.aws.amazon.com/sns/latest/dg/sns-message-and-json-formats.html */
export interface SnsTopic {
  /** Under which its certificate is served. */
  certificatePath: string;
  certificate: string;
  /** `origin`: of the simulator. */
  notification(content: object, token: string, at: Date, origin: string): JsonContent;
  confirmation(token: string, at: Date, origin: string): JsonContent;
}

/** `now`: the machine's own time; the certificate is valid a year around it. */
export async function createSnsTopic(topicArn: string, now: Date): Promise<SnsTopic> {
  const day = 86_400_000;
  // Two hundred modules, which few simulators need.
  const { generate } = await import('selfsigned');
  const { cert, private: privateKey } = await generate([{ name: 'commonName', value: 'sns.amazonaws.com' }], {
    keySize: 2048,
    notBeforeDate: new Date(now.getTime() - day),
    notAfterDate: new Date(now.getTime() + 365 * day),
  });
  const certificatePath = `/SimpleNotificationService-${createHash('sha256').update(cert).digest('hex').slice(0, 32)}.pem`;

  const signed = (type: string, fields: Record<string, string>, origin: string): JsonContent => {
    const all: Record<string, string> = { ...fields, Type: type, TopicArn: topicArn };
    const text = Object.keys(all)
      .sort()
      .map((name) => `${name}\n${all[name]}\n`)
      .join('');
    const body = JSON.stringify({
      ...all,
      SignatureVersion: '2',
      Signature: createSign('RSA-SHA256').update(text).sign(privateKey, 'base64'),
      SigningCertURL: `${origin}${certificatePath}`,
    });
    return {
      body,
      headers: { 'content-type': 'text/plain; charset=UTF-8', 'x-amz-sns-message-type': type },
    };
  };
  return {
    certificatePath,
    certificate: cert,
    notification: (content, token, at, origin) =>
      signed(
        'Notification',
        { Message: JSON.stringify(content), MessageId: token, Timestamp: at.toISOString() },
        origin,
      ),
    confirmation: (token, at, origin) =>
      signed(
        'SubscriptionConfirmation',
        {
          Message: `You have chosen to subscribe to the topic ${topicArn}.`,
          MessageId: token,
          Timestamp: at.toISOString(),
          Token: token.replaceAll('-', ''),
          SubscribeURL: `${origin}/?Action=ConfirmSubscription&TopicArn=${topicArn}&Token=${token}`,
        },
        origin,
      ),
  };
}

/** A text from a phone. */
export const awsInbound = (message: Message): object => ({
  originationNumber: message.phone,
  destinationNumber: message.ours,
  messageKeyword: message.optOutType ?? 'KEYWORD_123456789012',
  messageBody: message.body,
  inboundMessageId: uuidOf(message.sid),
});

/** Twilio's words and codes as events of AWS: word, and whether it is the last. */
const WORDS: Readonly<Partial<Record<Message['status'], readonly [word: string, isFinal: boolean]>>> = {
  sent: ['SENT', false],
  delivered: ['DELIVERED', true],
  undelivered: ['UNREACHABLE', true],
  failed: ['INVALID', true],
};
const CODES: Readonly<Record<number, string>> = {
  30003: 'UNREACHABLE',
  30004: 'CARRIER_BLOCKED',
  30005: 'INVALID',
  30006: 'INVALID',
  30007: 'SPAM',
  30036: 'TTL_EXPIRED',
};

export function awsEvent(message: Message, notice: Notice): object | null {
  const [usual, isFinal] = WORDS[notice.status] ?? [];
  if (usual === undefined) return null;
  const word = notice.errorCode === null ? usual : (CODES[notice.errorCode] ?? 'UNREACHABLE');
  return {
    eventType: `TEXT_${word}`,
    eventVersion: '1.0',
    eventTimestamp: notice.at,
    isFinal,
    originationPhoneNumber: message.ours,
    destinationPhoneNumber: message.phone,
    isoCountryCode: 'US',
    messageId: uuidOf(message.sid),
    messageRequestTimestamp: message.createdAt,
    messageEncoding: 'GSM',
    messageType: 'TRANSACTIONAL',
    messageStatus: word,
    messageStatusDescription: word,
    context: message.reference,
    totalMessageParts: message.segments,
    totalMessagePrice: 0.00581,
    totalCarrierFee: 0.00302,
  };
}
