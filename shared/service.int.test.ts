import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { services } from '#shared/topology.ts';
import { compileCache } from '#test/compile-cache.ts';
import { TEST_KEY_PEPPER, TEST_PEPPER, TEST_WEBHOOK_KEY } from '#test/pseudonyms.ts';

const root = fileURLToPath(new URL('../', import.meta.url));

/** Runs a service's entry with only these variables; resolves when it has ended. */
function run(
  entry: string,
  environment: Record<string, string>,
): Promise<{ code: number | null; stderr: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [entry], {
      cwd: root,
      env: { ...compileCache(), ...environment },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let stderr = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, stderr }));
  });
}

describe('A service that is told that time can be skipped', () => {
  const somewhere = {
    DB_USER: 'carillon_log',
    DB_PASSWORD: 'secret',
    REDIS_HOST: '127.0.0.1',
    CONSENT_PEPPER: TEST_PEPPER,
  };
  for (const [where, database] of [
    ['on another machine', { DB_HOST: 'database.example.org' }],
    ['that takes IAM tokens', { DB_HOST: '127.0.0.1', DB_IAM_AUTH: 'true', DB_PASSWORD: '' }],
  ] as const) {
    it(`ends at once with a database ${where}`, async () => {
      const environment = { ...somewhere, ...database, HEALTH_PORT: '0', TIME_CAN_SKIP: 'true' };
      const { code, stderr } = await run(services.log.entry, environment);
      assert.equal(code, 2);
      assert.match(stderr, /TIME_CAN_SKIP is true, and the database is not the one of the local stack/);
    });
  }
});

describe('A service that is wrongly configured', () => {
  for (const [name, { entry }] of Object.entries(services)) {
    it(`${name} ends at once with one message that lists all faults`, async () => {
      const { code, stderr } = await run(entry, { HEALTH_PORT: 'eighty', DB_PORT: '99999999' });
      assert.equal(code, 2);
      for (const variable of ['HEALTH_PORT', 'DB_PORT', 'DB_HOST', 'DB_USER', 'DB_PASSWORD', 'REDIS_HOST']) {
        assert.match(stderr, new RegExp(`^  - ${variable} is `, 'm'));
      }
      assert.doesNotMatch(stderr, / {4}at /, 'no stack trace');
    });
  }
});

describe('The API that is told that everybody is an admin', () => {
  it('ends at once where others than this machine reach it', async () => {
    const { code, stderr } = await run(services.api.entry, {
      DB_HOST: '127.0.0.1',
      DB_USER: 'carillon_api',
      DB_PASSWORD: 'secret',
      REDIS_HOST: '127.0.0.1',
      CONSENT_PEPPER: TEST_PEPPER,
      API_KEY_PEPPER: TEST_KEY_PEPPER,
      WEBHOOK_SECRET_KEY: TEST_WEBHOOK_KEY,
      ORIGINATION_NUMBER: '+14155550100',
      PUBLIC_URL: 'http://127.0.0.1',
      HEALTH_PORT: '0',
      API_LOCAL_SIGN_IN: 'true',
    });
    assert.equal(code, 2);
    assert.match(stderr, /^API_LOCAL_SIGN_IN makes everybody who reaches the API an admin: set SERVICE_HOST/);
    assert.doesNotMatch(stderr, / {4}at /, 'no stack trace');
  });
});
