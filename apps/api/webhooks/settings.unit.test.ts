import assert from 'node:assert/strict';
import { readConfig } from '#shared/config.ts';
import { ALSO_THIS_MACHINE, PUBLIC_INTERNET } from './public-address.ts';
import { webhookPartsFrom, webhookSettings } from './settings.ts';

describe('Settings of outgoing webhooks', () => {
  const KEY = '07'.repeat(32);
  const partsOf = (more: Record<string, string>, SERVICE_HOST = '127.0.0.1') =>
    webhookPartsFrom({
      ...readConfig(webhookSettings, { WEBHOOK_SECRET_KEY: KEY, ...more }),
      SERVICE_HOST,
    });

  it('let them go to the public internet alone', () => {
    assert.deepEqual(partsOf({}, '0.0.0.0'), {
      secretKey: Buffer.alloc(32, 7),
      addresses: PUBLIC_INTERNET,
    });
  });

  it('let them go to this machine only where the service itself is reached from nowhere else', () => {
    assert.equal(partsOf({ WEBHOOKS_TO_THIS_MACHINE: 'true' }).addresses, ALSO_THIS_MACHINE);
    for (const host of ['0.0.0.0', '::', '10.0.0.7']) {
      assert.throws(
        () => partsOf({ WEBHOOKS_TO_THIS_MACHINE: 'true' }, host),
        { code: 'invalid_configuration' },
        host,
      );
    }
  });

  it('want a key of 32 bytes', () => {
    for (const key of ['', KEY.slice(2), `${KEY}00`, 'x'.repeat(64)]) {
      assert.throws(() => partsOf({ WEBHOOK_SECRET_KEY: key }), { code: 'invalid_configuration' }, key);
    }
  });
});
