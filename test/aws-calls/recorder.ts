import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { roleOf } from '#shared/postgres/grants.ts';
import { services } from '#shared/topology.ts';
import { accessKeyOf, localAws } from '../../apps/local/local-aws.ts';
import { kinesisEndpoint } from '../../apps/local/stores/kinesis.ts';
import { sqsEndpoint } from '../../apps/local/stores/sqs.ts';
import { EcsAgent } from '../stand-ins/ecs-agent.ts';
import { IamPostgres } from '../stand-ins/iam-postgres.ts';
import { authorityFile } from '../tls/certificates.ts';
import { startFanOutRecorder } from './fan-out-recorder.ts';
import { CallSet, type Reading, type RecordedCall } from './recorded-call.ts';
import { startRecordingProxy } from './recording-proxy.ts';

/** What stands between the services of a running system and everything of AWS that they call. */
export interface Recorder {
  readonly calls: RecordedCall[];
  /** Settings of services, so that they call what records. */
  readonly overrides: Readonly<Record<string, Readonly<Record<string, string>>>>;
  close(): void;
}

const names = Object.keys(services);
const keys = new Map(names.map((name) => [accessKeyOf(name), localAws.credentials.secretAccessKey]));

/**
 * In front of Kinesis and SQS a proxy; in front of PostgreSQL one that takes IAM tokens alone, so that all services run
 * as they do on AWS; and an ECS agent for each service that sends. Where streams are not polled, also what sends their records.
 * `data`: the data folder of the system that is about to start.
 */
export async function startRecorder(data: string, reading: Reading): Promise<Recorder> {
  const seen = new CallSet();
  const emulator = async (): Promise<string> => kinesisEndpoint((await portsIn(data)).kinesis);
  const kinesis = await startRecordingProxy(emulator, seen);
  const fanOut = reading === 'fan-out' ? await startFanOutRecorder(kinesis.url, emulator) : null;
  const sqs = await startRecordingProxy(async () => sqsEndpoint((await portsIn(data)).sqs), seen);
  const agents = { sender: new EcsAgent(), caller: new EcsAgent() };
  const postgres = new IamPostgres(
    {
      port: async () => (await portsIn(data)).postgres,
      passwordOf: async (role) => {
        const service = names.find((name) => roleOf(name) === role) ?? '';
        return (await secretsIn(data)).rolePasswords[service] ?? '';
      },
    },
    keys,
    () => performance.now(),
  );
  const everyService = {
    AWS_ENDPOINT_URL_KINESIS: fanOut?.url ?? kinesis.url,
    AWS_ENDPOINT_URL_SQS: sqs.url,
    DB_HOST: 'localhost',
    DB_PORT: String(await postgres.listen()),
    DB_PASSWORD: '',
    DB_IAM_AUTH: 'true',
    DB_CA_FILE: authorityFile,
    TIME_CAN_SKIP: 'false',
  };
  return {
    overrides: {
      ...fanOut?.overrides,
      '*': everyService,
      sender: { ECS_AGENT_URI: await agents.sender.listen() },
      caller: { ECS_AGENT_URI: await agents.caller.listen() },
    },
    get calls() {
      const all = new CallSet();
      for (const call of [...seen.calls, ...(fanOut?.calls ?? [])]) all.add(call);
      for (const { role } of postgres.logins) {
        const service = names.find((name) => roleOf(name) === role) ?? '';
        all.add({ service, action: 'rds-db:connect', resource: role });
      }
      // The agent calls ECS in the name of the task.
      for (const [service, { requests }] of Object.entries(agents)) {
        if (requests.length > 0) all.add({ service, action: 'ecs:UpdateTaskProtection', resource: 'task' });
      }
      return all.calls;
    },
    close: () => {
      for (const one of [fanOut, kinesis, sqs, ...Object.values(agents), postgres]) one?.close();
    },
  };
}

/** Ports of the stores of a system, once it has chosen them. */
export const portsIn = async (data: string): Promise<{ kinesis: number; sqs: number; postgres: number }> =>
  z
    .object({ kinesis: z.int(), sqs: z.int(), postgres: z.int() })
    .parse(JSON.parse(await readFile(join(data, 'ports.json'), 'utf8')));

/** The secrets that a system made up for itself. */
export const secretsIn = async (
  data: string,
): Promise<{
  twilioAuthToken: string;
  twilioAccountSid: string;
  adminKey: string;
  rolePasswords: Readonly<Record<string, string>>;
}> =>
  z
    .object({
      twilioAuthToken: z.string(),
      twilioAccountSid: z.string(),
      adminKey: z.string(),
      rolePasswords: z.record(z.string(), z.string()),
    })
    .parse(JSON.parse(await readFile(join(data, 'secrets.json'), 'utf8')));
