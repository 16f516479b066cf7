import { z } from 'zod';
import { jsonOf } from '../readable.ts';

/**
 * What Amazon SNS posts to a subscription: https://docs.aws.amazon.com/sns/latest/dg/sns-message-and-json-formats.html
 * Lambda spells some names otherwise; we are no Lambda.
 */
const shared = {
  MessageId: z.string().min(1),
  TopicArn: z.string().min(1),
  Message: z.string(),
  Timestamp: z.string().min(1),
  SignatureVersion: z.enum(['1', '2']),
  Signature: z.string().min(1),
  SigningCertURL: z.string().min(1),
};
const envelopeSchema = z.discriminatedUnion('Type', [
  z.object({ Type: z.literal('Notification'), Subject: z.string().optional(), ...shared }),
  z.object({
    Type: z.enum(['SubscriptionConfirmation', 'UnsubscribeConfirmation']),
    SubscribeURL: z.string().min(1),
    Token: z.string().min(1),
    ...shared,
  }),
]);
export type Envelope = z.infer<typeof envelopeSchema>;

/** The envelope in a body; null: there is none. */
export function envelopeOf(body: Buffer): Envelope | null {
  const parsed = envelopeSchema.safeParse(jsonOf(body));
  return parsed.success ? parsed.data : null;
}

/**
 * What is signed: names and values, each on a line, in the byte order of the names.
 * https://docs.aws.amazon.com/sns/latest/dg/sns-verify-signature-of-message.html
 */
export function textToSign(envelope: Envelope): string {
  const { Message, MessageId, Timestamp, TopicArn, Type } = envelope;
  const lines: [string, string | undefined][] =
    envelope.Type === 'Notification'
      ? [
          ['Message', Message],
          ['MessageId', MessageId],
          ['Subject', envelope.Subject],
          ['Timestamp', Timestamp],
          ['TopicArn', TopicArn],
          ['Type', Type],
        ]
      : [
          ['Message', Message],
          ['MessageId', MessageId],
          ['SubscribeURL', envelope.SubscribeURL],
          ['Timestamp', Timestamp],
          ['Token', envelope.Token],
          ['TopicArn', TopicArn],
          ['Type', Type],
        ];
  return lines.map(([name, value]) => (value === undefined ? '' : `${name}\n${value}\n`)).join('');
}

/** Of an ARN of a topic; null: it is none. */
export const regionOf = (topicArn: string): string | null =>
  /^arn:aws[a-z-]*:sns:([a-z0-9-]+):\d{12}:[\w-]+(?:\.fifo)?$/.exec(topicArn)?.[1] ?? null;
