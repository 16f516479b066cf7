import { join } from 'node:path';
import { z } from 'zod';
import { OPERATOR } from '#shared/container.ts';
import { readKept } from './kept-json.ts';
import { accessKeyOf, localAws } from './local-aws.ts';
import { kinesisEndpoint } from './stores/kinesis.ts';
import { DATABASE } from './stores.ts';

/**
 * The environment of the operator's command in the system that keeps its data in this folder: the variables that its
 * task has on AWS, with this machine's values. Null where there is no such system.
 */
export async function operatorEnvironment(data: string): Promise<Record<string, string> | null> {
  const ports = await readKept(join(data, 'ports.json'), z.object({ postgres: z.int(), kinesis: z.int() }));
  const secrets = await readKept(
    join(data, 'secrets.json'),
    z.object({ postgresPassword: z.string(), consentPepper: z.string(), apiKeyPepper: z.string() }),
  );
  if (ports === null || secrets === null) return null;
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
    AWS_ACCESS_KEY_ID: accessKeyOf(OPERATOR),
    AWS_SECRET_ACCESS_KEY: localAws.credentials.secretAccessKey,
  };
}
