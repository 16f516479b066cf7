import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { probeAnswers } from '../http-probe.ts';
import { type ProcessPlan, SMALL_YOUNG_GENERATION } from '../process-plan.ts';

const MAIN = fileURLToPath(new URL('./sqs-main.ts', import.meta.url));

/** SQS as a process; `folder` null keeps the messages in memory. */
export async function planSqs(place: { folder: string | null; port: number }): Promise<ProcessPlan> {
  if (place.folder !== null) await mkdir(dirname(place.folder), { recursive: true });
  return {
    name: 'sqs',
    module: MAIN,
    environment: { SQS_PORT: String(place.port), SQS_FOLDER: place.folder ?? '' },
    nodeOptions: SMALL_YOUNG_GENERATION,
    probe: () => probeAnswers(sqsEndpoint(place.port)),
  };
}

export const sqsEndpoint = (port: number): string => `http://127.0.0.1:${port}`;
