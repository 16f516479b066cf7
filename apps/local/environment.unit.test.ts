import assert from 'node:assert/strict';
import { publicUrlSettings, twilioSettings } from '#shared/carriers/settings.ts';
import { readConfig } from '#shared/config.ts';
import { streamSettings } from '#shared/kinesis/connect.ts';
import { postgresSettings } from '#shared/postgres/settings.ts';
import { serviceSettings } from '#shared/service.ts';
import { environmentOf } from './environment.ts';

const parts = {
  places: {
    publicUrl: 'http://localhost:8400',
    carrierUrl: 'http://127.0.0.1:8401',
    postgres: { port: 20_001, database: 'carillon' },
    redis: { host: '127.0.0.1', port: 20_002, cluster: true },
    kinesisEndpoint: 'http://127.0.0.1:20003',
    sqsEndpoint: 'http://127.0.0.1:20004',
    consoleFolder: null,
  },
  ports: { health: 20_005, public: 20_006 },
  secrets: {
    postgresPassword: 'superuser',
    rolePasswords: { gateway: 'of the gateway', log: 'of the log' },
    twilioAccountSid: `AC${'0'.repeat(32)}`,
    twilioAuthToken: 'token',
    consentPepper: `1:${'0'.repeat(48)}`,
    apiKeyPepper: '0'.repeat(48),
    webhookSecretKey: '0'.repeat(64),
    vonagePrivateKey: 'a key',
    vonageSignatureSecret: 'a secret',
    adminKey: `crl_${'a'.repeat(12)}_${'A'.repeat(43)}`,
  },
  role: 'carillon_gateway',
  originationNumber: '+14155550100',
  logLevel: 'info',
  overrides: {},
};

describe('The environment of a service on this machine', () => {
  it('satisfies the settings that services share', () => {
    const config = readConfig(
      { ...postgresSettings, ...streamSettings, ...twilioSettings, ...publicUrlSettings },
      environmentOf('gateway', parts),
      serviceSettings,
    );
    assert.equal(config.DB_PORT, 20_001);
    assert.equal(config.REDIS_PORT, 20_002);
    assert.equal(config.REDIS_CLUSTER, true);
    assert.equal(config.AWS_ENDPOINT_URL_KINESIS, 'http://127.0.0.1:20003');
    assert.equal(config.TWILIO_API_URL, 'http://127.0.0.1:8401');
    assert.equal(config.HEALTH_PORT, 20_005);
    assert.equal(config.SERVICE_HOST, '127.0.0.1');
    assert.equal(config.TIME_CAN_SKIP, true);
  });

  it("has the service's own role and password, never the superuser's or another's", () => {
    const environment = environmentOf('gateway', parts);
    assert.equal(environment.DB_USER, 'carillon_gateway');
    assert.equal(environment.DB_PASSWORD, 'of the gateway');
    const values = Object.values(environment);
    assert.ok(!values.includes('superuser') && !values.includes('of the log'));
  });

  it('takes overrides of all services, and before them its own', () => {
    const overrides = {
      '*': { LOG_LEVEL: 'debug', BATCH_SIZE: '10' },
      gateway: { BATCH_SIZE: '20' },
      log: { BATCH_SIZE: '30' },
    };
    const { LOG_LEVEL, BATCH_SIZE } = environmentOf('gateway', { ...parts, overrides });
    assert.deepEqual({ LOG_LEVEL, BATCH_SIZE }, { LOG_LEVEL: 'debug', BATCH_SIZE: '20' });
  });
});
