import { createSign, X509Certificate } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import { generate } from 'selfsigned';
import type { ReceivedWebhook } from '../carrier.ts';
import { createAwsCarrier } from './carrier.ts';
import { envelopeOf, textToSign } from './sns-envelope.ts';

/** For tests: a topic of SNS with a real key pair, whose certificate is served on this machine. */

export const TOPIC = 'arn:aws:sns:us-east-1:123456789012:texts';
export const CERTIFICATE_PATH = `/SimpleNotificationService-${'0123456789abcdef'.repeat(2)}.pem`;

export interface TestTopic {
  origin: string;
  /** Paths that were asked for, with their queries. */
  asked: string[];
  /** What is answered in place of the certificate; null: the certificate. */
  answer: { status: number; body: string } | null;
  carrier(more?: { handlesOptOut?: boolean; now?: Date }): ReturnType<typeof createAwsCarrier>;
  /** A notification, signed; `changes` are made before, `tampered` after. */
  notification(content: unknown, given?: Changes): ReceivedWebhook;
  subscription(given?: Changes): ReceivedWebhook;
  close(): Promise<void>;
}

interface Changes {
  changes?: Record<string, unknown>;
  tampered?: Record<string, unknown>;
  version?: '1' | '2';
}

export async function startTestTopic(): Promise<TestTopic> {
  const { cert, private: privateKey } = await generate([{ name: 'commonName', value: 'sns.amazonaws.com' }], {
    keySize: 2048,
    notBeforeDate: new Date('2026-01-01T00:00:00Z'),
    notAfterDate: new Date('2027-01-01T00:00:00Z'),
  });
  new X509Certificate(cert); // a certificate that Node reads
  const asked: string[] = [];
  const topic = { answer: null as TestTopic['answer'] };
  const server: Server = createServer((request, response) => {
    asked.push(request.url ?? '');
    const { body, status } = topic.answer ?? { status: 200, body: cert };
    response.writeHead(status, { location: 'http://127.0.0.1:1/' });
    response.end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const origin = `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`;

  const signed = (
    bare: Record<string, unknown>,
    { changes, tampered, version = '2' }: Changes,
  ): ReceivedWebhook => {
    const envelope = {
      MessageId: '22b80b92-fdea-4c2c-8f9d-bdfb0c7bf324',
      TopicArn: TOPIC,
      Timestamp: '2026-03-04T20:00:00.000Z',
      SignatureVersion: version,
      SigningCertURL: `${origin}${CERTIFICATE_PATH}`,
      ...bare,
      ...changes,
    };
    const read = envelopeOf(Buffer.from(JSON.stringify({ ...envelope, Signature: 'to come' })));
    if (read === null) throw new Error('a test would sign what is no envelope');
    const sign = createSign(version === '1' ? 'RSA-SHA1' : 'RSA-SHA256').update(textToSign(read));
    const Signature = sign.sign(privateKey, 'base64');
    const body = Buffer.from(JSON.stringify({ ...envelope, Signature, ...tampered }));
    return {
      method: 'POST',
      target: '/webhooks/aws/sns',
      header: () => undefined,
      body,
      parameters: new Map(),
    };
  };
  return {
    origin,
    asked,
    get answer() {
      return topic.answer;
    },
    set answer(given) {
      topic.answer = given;
    },
    carrier: ({ handlesOptOut = false, now = new Date('2026-03-04T20:00:00Z') } = {}) =>
      createAwsCarrier(
        {
          AWS_REGION: 'us-east-1',
          AWS_SMS_CONFIGURATION_SET: 'messages',
          AWS_SMS_MESSAGE_TYPE: 'TRANSACTIONAL',
          AWS_SMS_TOPIC_ARNS: [TOPIC],
          AWS_SMS_HANDLES_OPT_OUT: handlesOptOut,
          AWS_ENDPOINT_URL_PINPOINT_SMS_VOICE_V2: 'http://127.0.0.1:1',
          AWS_SNS_LOCAL_ORIGIN: origin,
        },
        { now: () => now },
      ),
    notification: (content, given = {}) =>
      signed(
        { Type: 'Notification', Message: typeof content === 'string' ? content : JSON.stringify(content) },
        given,
      ),
    subscription: (given = {}) =>
      signed(
        {
          Type: 'SubscriptionConfirmation',
          Message: 'You have chosen to subscribe to the topic.',
          Token: '2336412f37',
          SubscribeURL: `${origin}/?Action=ConfirmSubscription&TopicArn=${TOPIC}&Token=2336412f37`,
        },
        given,
      ),
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
