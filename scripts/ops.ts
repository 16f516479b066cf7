import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { readConfig } from '#shared/config.ts';
import { readKept } from '../apps/local/kept-json.ts';
import { localAws } from '../apps/local/local-aws.ts';
import { localSettings } from '../apps/local/settings.ts';
import { kinesisEndpoint } from '../apps/local/stores/kinesis.ts';
import { DATABASE } from '../apps/local/stores.ts';

/**
 * `npm run ops`: the operator's command (apps/ops). Where the environment names no database, it is that of the system
 * that `npm start` runs on this machine, in the folder CARILLON_DATA.
 */
const environment = process.env.DB_HOST === undefined ? await localEnvironment() : {};
const child = spawn(
  process.execPath,
  [fileURLToPath(new URL('../apps/ops/main.ts', import.meta.url)), ...process.argv.slice(2)],
  { stdio: 'inherit', env: { ...process.env, ...environment } },
);
child.once('exit', (code) => {
  process.exitCode = code ?? 1;
});

/** Nothing, where there is no such system: then the command itself says what is missing. */
async function localEnvironment(): Promise<Record<string, string>> {
  const { CARILLON_DATA: data } = readConfig(localSettings, process.env);
  const ports = await readKept(join(data, 'ports.json'), z.object({ postgres: z.int(), kinesis: z.int() }));
  const secrets = await readKept(
    join(data, 'secrets.json'),
    z.object({ postgresPassword: z.string(), consentPepper: z.string(), apiKeyPepper: z.string() }),
  );
  if (ports === null || secrets === null) return {};
  return {
    DB_HOST: '127.0.0.1',
    DB_PORT: String(ports.postgres),
    DB_NAME: DATABASE,
    TIME_CAN_SKIP: 'true',
    DB_SECRET: JSON.stringify({ username: 'postgres', password: secrets.postgresPassword }),
    CONSENT_PEPPER: secrets.consentPepper,
    API_KEY_PEPPER: secrets.apiKeyPepper,
    AWS_REGION: localAws.region,
    AWS_ENDPOINT_URL_KINESIS: kinesisEndpoint(ports.kinesis),
    AWS_ACCESS_KEY_ID: localAws.credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: localAws.credentials.secretAccessKey,
  };
}
