import assert from 'node:assert/strict';
import type { PinpointSMSVoiceV2Client } from '@aws-sdk/client-pinpoint-sms-voice-v2';
import { phoneNumber } from '#shared/phone/phone-number.ts';
import type { SendOutcome } from '../carrier.ts';
import { errorTable } from '../errors.ts';
import { awsErrorRules } from './error-table.ts';
import { createClient, send } from './send.ts';

describe('a request to AWS End User Messaging', () => {
  let client: PinpointSMSVoiceV2Client;
  let requests: number;
  beforeEach(() => {
    requests = 0;
    client = createClient({ region: 'us-east-1', endpoint: null, sockets: 1, timeoutMs: 1_000 });
    client.middlewareStack.add(
      () => async () => {
        requests += 1;
        return { response: {}, output: { $metadata: {}, MessageId: 'message 1' } };
      },
      { step: 'initialize' },
    );
  });
  afterEach(() => client.destroy());

  const sent = (credentials: () => Promise<unknown>, timeoutMs = 1_000): Promise<SendOutcome> =>
    send(
      {
        client,
        credentials,
        configurationSet: 'texts',
        messageType: 'TRANSACTIONAL',
        timeoutMs,
        classify: errorTable(awsErrorRules),
      },
      {
        attemptId: 'attempt',
        messageId: 'message',
        to: phoneNumber('+14155550101'),
        from: phoneNumber('+14155550100'),
        body: 'Hello',
        template: null,
        mediaUrls: [],
        statusCallbackUrl: null,
        validForSeconds: null,
        signal: new AbortController().signal,
      },
    );

  it('is made when there is something to sign it with', async () => {
    const outcome = await sent(async () => ({ accessKeyId: 'key' }));
    assert.deepEqual([outcome.kind, requests], ['accepted', 1]);
  });

  it('was certainly not made while credentials have not come', async () => {
    const outcome = await sent(() => new Promise(() => undefined), 20);
    assert.deepEqual(outcome, { kind: 'not_sent', reason: 'credentials did not come in time' });
    assert.equal(requests, 0);
  });

  it('was certainly not made without credentials', async () => {
    const outcome = await sent(() => Promise.reject(new Error('no role')));
    assert.deepEqual(outcome, { kind: 'not_sent', reason: 'no credentials: no role' });
    assert.equal(requests, 0);
  });
});
