import assert from 'node:assert/strict';
import crypto from 'node:crypto';
import { syncBuiltinESMExports } from 'node:module';
import twilio from 'twilio';
import { hashOf, isSecret, newApiKey } from '#shared/api-keys/api-key.ts';
import type { ReceivedWebhook } from '#shared/carriers/carrier.ts';
import { createTwilioCarrier } from '#shared/carriers/twilio/carrier.ts';
import { createTwilioVoice } from '#shared/carriers/twilio/voice.ts';
import { smsSignature } from '#shared/carriers/vonage/sms-signature.ts';
import {
  API_KEY,
  NOW,
  SECRET,
  signedJson,
  vonageCarrier,
  webhookOf,
} from '#shared/carriers/vonage/test-account.ts';

/**
 * That a wrong signature is told from the right one by a comparison that takes as long wherever they differ: seen by which
 * function of the runtime decides, because a measurement of time would be one of whatever else the machine does.
 */

/** What was compared, by `timingSafeEqual` or by the HMAC of WebCrypto, while `work` was done. */
async function compared(work: () => Promise<unknown>): Promise<number> {
  const { timingSafeEqual } = crypto;
  const { subtle } = crypto.webcrypto;
  const { verify } = subtle;
  let count = 0;
  crypto.timingSafeEqual = (a, b) => {
    count += 1;
    return timingSafeEqual(a, b);
  };
  subtle.verify = (...given) => {
    count += 1;
    return verify.apply(subtle, given);
  };
  // Modules that have imported the function by name see it from here on.
  syncBuiltinESMExports();
  try {
    await work();
  } finally {
    crypto.timingSafeEqual = timingSafeEqual;
    subtle.verify = verify;
    syncBuiltinESMExports();
  }
  return count;
}

/** The same with the character at a place changed, of an alphabet that both have. */
const changedAt = (text: string, place: number): string =>
  `${text.slice(0, place)}${text[place] === 'a' ? 'b' : 'a'}${text.slice(place + 1)}`;

const config = {
  TWILIO_ACCOUNT_SID: 'AC00000000000000000000000000000000',
  TWILIO_AUTH_TOKEN: 'the auth token of a test',
  TWILIO_API_URL: 'http://127.0.0.1:1',
  PUBLIC_URL: 'https://texts.example.org',
};
const parameters = { MessageSid: 'SM1', From: '+14155550101', To: '+14155550199', Body: 'Hello' };
const ofTwilio = (target: string, signature: string): ReceivedWebhook => ({
  method: 'POST',
  target,
  header: (name) => (name === 'x-twilio-signature' ? signature : undefined),
  body: Buffer.alloc(0),
  parameters: new Map(Object.entries(parameters).map(([name, value]) => [name, [value]])),
});

const byTwilio = (target: string): string =>
  twilio.getExpectedTwilioSignature(config.TWILIO_AUTH_TOKEN, config.PUBLIC_URL + target, parameters);
const bySmsApi = {
  'api-key': API_KEY,
  msisdn: '14155550101',
  to: '14155550199',
  messageId: '0A1',
  text: 'Hello',
  timestamp: String(NOW.getTime() / 1_000),
};

/** Everything that decides whether a secret was known, given a secret or a signature that may be wrong. */
const ways: Record<string, { right: string; decide(given: string): Promise<boolean> }> = {
  'a text by Twilio': {
    right: byTwilio('/webhooks/twilio/sms'),
    decide: async (given) =>
      (await createTwilioCarrier(config).verifyWebhook(ofTwilio('/webhooks/twilio/sms', given))) ===
      'genuine',
  },
  'a call by Twilio': {
    right: byTwilio('/webhooks/twilio/voice/keys'),
    decide: async (given) =>
      createTwilioVoice(config).verifyWebhook(ofTwilio('/webhooks/twilio/voice/keys', given)),
  },
  "a text by Vonage's SMS API": {
    right: smsSignature(bySmsApi, SECRET, 'sha256'),
    decide: async (sig) =>
      (await vonageCarrier().verifyWebhook(
        webhookOf({ target: '/webhooks/vonage/inbound', form: { ...bySmsApi, sig } }),
      )) === 'genuine',
  },
  'an API key': (() => {
    const { secret } = newApiKey();
    const hash = hashOf(secret, 'a pepper');
    return { right: secret, decide: async (given) => isSecret(given, 'a pepper', hash) };
  })(),
};

describe('A wrong signature is compared to its end', () => {
  for (const [what, { decide, right }] of Object.entries(ways)) {
    it(`of ${what}, wherever it differs`, async () => {
      assert.equal(await decide(right), true);
      const counts = new Set<number>();
      for (const place of [0, 1, Math.floor(right.length / 2), right.length - 2]) {
        const wrong = changedAt(right, place);
        assert.notEqual(wrong, right);
        counts.add(
          await compared(async () => {
            assert.equal(await decide(wrong), false, `${place}`);
          }),
        );
      }
      const [count, ...others] = [...counts];
      assert.ok((count ?? 0) > 0, 'nothing compared in constant time decided');
      assert.deepEqual(others, [], 'how much was compared depends on where it differs');
    });
  }

  it("of a text by Vonage's Messages API: its token, and the hash of its body", async () => {
    const webhook = await signedJson('/webhooks/vonage/inbound', { message_uuid: 'x', text: 'Hello' });
    const [head = '', claims = '', signature = ''] = (webhook.header('authorization') ?? '').split('.');
    const carrier = vonageCarrier();
    for (const place of [0, 20, 40]) {
      const authorization = `${head}.${claims}.${changedAt(signature, place)}`;
      const count = await compared(async () => {
        const verification = await carrier.verifyWebhook({ ...webhook, header: () => authorization });
        assert.equal(verification, 'forged');
      });
      assert.equal(count, 1, 'the signature of the token');
    }
    const changedBody = { ...webhook, body: Buffer.from('{"message_uuid":"x","text":"STOP!"}') };
    const count = await compared(async () => {
      assert.equal(await carrier.verifyWebhook(changedBody), 'forged');
    });
    assert.equal(count, 2, 'the token, then the hash');
  });

  it('is what these tests see: a comparison that stops early is none', async () => {
    const count = await compared(async () => Buffer.from('abc').equals(Buffer.from('abd')));
    assert.equal(count, 0);
  });
});
