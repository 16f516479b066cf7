import { generateKeyPairSync } from 'node:crypto';
import { createServer } from 'node:http';
import { createAwsCarrier } from '#shared/carriers/aws/carrier.ts';
import type { Carrier, ReceivedWebhook } from '#shared/carriers/carrier.ts';
import { createTwilioCarrier } from '#shared/carriers/twilio/carrier.ts';
import { createVonageCarrier } from '#shared/carriers/vonage/carrier.ts';
import { webhookPaths } from '#shared/carriers/webhook-addresses.ts';
import type { CarrierName } from '#shared/contracts/dialog-commands.ts';
import { phoneNumber } from '#shared/phone/phone-number.ts';
import { type CarrierSimulator, startCarrierSimulator } from '../../apps/local/carrier/simulator.ts';

/** One simulator that speaks for all carriers, and what is needed to hold each implementation against it. */

export const OURS: Readonly<Record<CarrierName, ReturnType<typeof phoneNumber>>> = {
  twilio: phoneNumber('+14155550190'),
  vonage: phoneNumber('+14155550191'),
  aws: phoneNumber('+14155550192'),
};
const ACCOUNT = `AC${'0123456789abcdef'.repeat(2)}`;
export const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
export const APPLICATION = '78d335fa-323d-4114-9c3d-d6f0d48968cf';
const TOPIC = 'arn:aws:sns:us-east-1:123456789012:texts';

export interface Bench {
  simulator: CarrierSimulator;
  /** Where webhooks are received. */
  publicUrl: string;
  /** What was posted, oldest first. */
  webhooks: ReceivedWebhook[];
  carrier(name: CarrierName, options?: { url?: string; sendTimeoutMs?: number }): Carrier;
  stop(): Promise<void>;
}

export async function startBench(): Promise<Bench> {
  const webhooks: ReceivedWebhook[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks);
      const isForm = request.headers['content-type']?.startsWith('application/x-www-form-urlencoded');
      const parameters = new Map<string, string[]>();
      for (const [name, value] of new URLSearchParams(isForm ? body.toString() : ''))
        parameters.set(name, [value]);
      webhooks.push({
        method: 'POST',
        target: request.url ?? '',
        header: (name) => {
          const value = request.headers[name];
          return typeof value === 'string' ? value : undefined;
        },
        body,
        parameters,
      });
      response.writeHead(200);
      response.end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const publicUrl = `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`;
  const simulator = await startCarrierSimulator({
    port: 0,
    dataDir: null,
    accountSid: ACCOUNT,
    authToken: 'a token of a test',
    mainNumber: OURS.twilio,
    inboundUrl: `${publicUrl}${webhookPaths('twilio').inbound}`,
    sentAfterMs: { min: 1, max: 5 },
    deliveredAfterMs: { min: 1, max: 5 },
    retryPauseMs: 1,
    carrierByNumber: { [OURS.vonage]: 'vonage', [OURS.aws]: 'aws' },
    vonage: {
      apiKey: 'abcd1234',
      applicationId: APPLICATION,
      publicKey,
      signatureSecret: 'a secret of a test',
      inboundUrl: `${publicUrl}${webhookPaths('vonage').inbound}`,
      statusUrl: `${publicUrl}${webhookPaths('vonage').status}`,
    },
    aws: { topicArn: TOPIC, endpoint: `${publicUrl}${webhookPaths('aws').inbound}` },
  });
  // The client of AWS looks for them where every client of AWS does.
  process.env.AWS_ACCESS_KEY_ID ??= 'of-a-test';
  process.env.AWS_SECRET_ACCESS_KEY ??= 'of-a-test';
  const now = () => new Date();
  const makers: Record<CarrierName, (url: string, sendTimeoutMs: number) => Carrier> = {
    twilio: (url, sendTimeoutMs) =>
      createTwilioCarrier(
        {
          TWILIO_ACCOUNT_SID: ACCOUNT,
          TWILIO_AUTH_TOKEN: 'a token of a test',
          TWILIO_API_URL: url,
          PUBLIC_URL: publicUrl,
        },
        { sendTimeoutMs },
      ),
    vonage: (url, sendTimeoutMs) =>
      createVonageCarrier(
        {
          VONAGE_API_KEY: 'abcd1234',
          VONAGE_APPLICATION_ID: APPLICATION,
          VONAGE_PRIVATE_KEY: privateKey,
          VONAGE_SIGNATURE_SECRET: 'a secret of a test',
          VONAGE_SIGNATURE_METHOD: 'sha256',
          VONAGE_API_URL: url,
        },
        { now, sendTimeoutMs },
      ),
    aws: (url, sendTimeoutMs) =>
      createAwsCarrier(
        {
          AWS_REGION: 'us-east-1',
          AWS_SMS_CONFIGURATION_SET: 'messages',
          AWS_SMS_MESSAGE_TYPE: 'TRANSACTIONAL',
          AWS_SMS_TOPIC_ARNS: [TOPIC],
          AWS_SMS_HANDLES_OPT_OUT: false,
          AWS_ENDPOINT_URL_PINPOINT_SMS_VOICE_V2: url,
          AWS_SNS_LOCAL_ORIGIN: simulator.url,
        },
        { now, sendTimeoutMs },
      ),
  };
  return {
    simulator,
    publicUrl,
    webhooks,
    carrier: (name, { sendTimeoutMs = 5_000, url = simulator.url } = {}) => makers[name](url, sendTimeoutMs),
    stop: async () => {
      await simulator.stop();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
