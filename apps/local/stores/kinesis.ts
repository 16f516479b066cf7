import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { probeAnswers } from '../http-probe.ts';
import { localAws } from '../local-aws.ts';
import { type ProcessPlan, SMALL_YOUNG_GENERATION } from '../process-plan.ts';

const MAIN = fileURLToPath(new URL('./kinesis-main.ts', import.meta.url));

/** Kinesis as a process; `folder` null keeps the records in memory. */
export async function planKinesis(place: { folder: string | null; port: number }): Promise<ProcessPlan> {
  if (place.folder !== null) await mkdir(dirname(place.folder), { recursive: true });
  return {
    name: 'kinesis',
    module: MAIN,
    environment: {
      KINESIS_PORT: String(place.port),
      KINESIS_FOLDER: place.folder ?? '',
      AWS_REGION: localAws.region,
      AWS_ACCOUNT_ID: localAws.accountId,
    },
    nodeOptions: SMALL_YOUNG_GENERATION,
    probe: () => probeAnswers(kinesisEndpoint(place.port)),
  };
}

export const kinesisEndpoint = (port: number): string => `http://127.0.0.1:${port}`;
