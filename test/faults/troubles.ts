import { writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { kinesisEndpoint } from '../../apps/local/stores/kinesis.ts';
import { sqsEndpoint } from '../../apps/local/stores/sqs.ts';
import { portsIn } from '../aws-calls/recorder.ts';
import { type Overrides, System } from '../driver/system.ts';
import { AwsProxy } from './aws-proxy.ts';
import { SmallDisk } from './small-disk.ts';
import { TcpProxy } from './tcp-proxy.ts';

/** What stands between the services of a system and its stores, and makes trouble when it is told to. */
export interface Troubles {
  postgres: TcpProxy;
  kinesis: AwsProxy;
  sqs: AwsProxy;
  /** PostgreSQL's; null where none can be mounted. */
  disk: SmallDisk | null;
  /** Sets the time of day of all services off by so much, in ms; resolves when they must have noticed. */
  shiftClock(ms: number): Promise<void>;
}

const SHIFTED_DATE = new URL('./shifted-date.ts', import.meta.url).href;
const NOTICED_MS = 500;

/** Starts a system whose services know proxies as the addresses of PostgreSQL, Kinesis and SQS. */
export async function startTroubledSystem(
  settings: Overrides,
  { withDisk }: { withDisk: boolean },
): Promise<{ system: System; troubles: Troubles }> {
  const made: { troubles: Troubles | null } = { troubles: null };
  const system = await System.start(settings, {
    prepare: async (data) => {
      const clockFile = join(dirname(data), 'clock-shift');
      const troubles: Troubles = {
        postgres: await TcpProxy.start(async () => (await portsIn(data)).postgres),
        kinesis: await AwsProxy.start(async () => kinesisEndpoint((await portsIn(data)).kinesis)),
        sqs: await AwsProxy.start(async () => sqsEndpoint((await portsIn(data)).sqs)),
        disk: withDisk ? await SmallDisk.mount(join(data, 'postgres')) : null,
        shiftClock: async (ms) => {
          await writeFile(clockFile, String(ms));
          await delay(NOTICED_MS);
        },
      };
      made.troubles = troubles;
      const clock = { NODE_OPTIONS: `--import=${SHIFTED_DATE}`, CLOCK_SHIFT_FILE: clockFile };
      return { overrides: { '*': { ...settingsOf(troubles), ...clock } }, close: () => close(troubles) };
    },
  });
  if (made.troubles === null) throw new Error('nothing was prepared');
  return { system, troubles: made.troubles };
}

const settingsOf = ({ kinesis, postgres, sqs }: Troubles): Record<string, string> => ({
  DB_PORT: String(postgres.port),
  AWS_ENDPOINT_URL_KINESIS: kinesis.url,
  AWS_ENDPOINT_URL_SQS: sqs.url,
});

async function close({ disk, kinesis, postgres, sqs }: Troubles): Promise<void> {
  for (const one of [postgres, kinesis, sqs]) one.close();
  await disk?.unmount();
}
