import assert from 'node:assert/strict';
import { statusCallbackUrl, webhookAddresses } from './webhook-addresses.ts';

describe('webhook addresses', () => {
  it('ask the carrier to repeat on failed connections, time-outs and 5xx answers', () => {
    assert.deepEqual(webhookAddresses('https://texts.example.org', 'twilio'), {
      inbound: 'https://texts.example.org/webhooks/twilio/sms#rc=5&rp=ct,rt,5xx',
      status: 'https://texts.example.org/webhooks/twilio/status#rc=5&rp=ct,rt,5xx',
    });
  });

  it("carry an attempt's ids where the carrier signs them", () => {
    const address = new URL(
      statusCallbackUrl('https://texts.example.org', 'twilio', {
        attemptId: '0b0e7b52-53a8-4a29-9a62-5b6d0c3b3a11',
        messageId: '6a2f4e0e-0a4d-4d5d-8f0e-1d2c3b4a5f60',
      }),
    );
    assert.equal(address.pathname, '/webhooks/twilio/status');
    assert.equal(address.searchParams.get('attempt'), '0b0e7b52-53a8-4a29-9a62-5b6d0c3b3a11');
    assert.equal(address.searchParams.get('message'), '6a2f4e0e-0a4d-4d5d-8f0e-1d2c3b4a5f60');
    assert.equal(address.hash, '#rc=5&rp=ct,rt,5xx');
  });
});
