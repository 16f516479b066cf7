import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { ACCOUNT, REGION } from './invented.ts';

export interface EcsCall {
  operation: string;
  input: Record<string, unknown>;
}

export interface ScriptedEcs {
  /** Variables with which an AWS SDK speaks to it instead of AWS. */
  environment: Readonly<Record<string, string>>;
  calls: EcsCall[];
  close(): void;
}

/** An ECS that answers what a test wants, over its own protocol (AWS JSON 1.1). */
export async function scriptedEcs(answer: (call: EcsCall) => Record<string, unknown>): Promise<ScriptedEcs> {
  const calls: EcsCall[] = [];
  const server = createServer(async (request, response) => {
    const call = {
      operation: String(request.headers['x-amz-target']).split('.').at(-1) ?? '',
      input: JSON.parse(await text(request)),
    };
    calls.push(call);
    response.setHeader('content-type', 'application/x-amz-json-1.1');
    response.end(JSON.stringify(answer(call)));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    environment: {
      AWS_ENDPOINT_URL_ECS: `http://127.0.0.1:${port}`,
      AWS_ACCESS_KEY_ID: 'scripted',
      AWS_SECRET_ACCESS_KEY: 'scripted',
    },
    calls,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

/** A task that has been started, and one that has ended so. */
export const TASK_ARN = `arn:aws:ecs:${REGION}:${ACCOUNT}:task/carillon-dev-services/0123456789abcdef0`;
export const startedTask = { tasks: [{ taskArn: TASK_ARN, lastStatus: 'PROVISIONING' }], failures: [] };
export const endedTask = (exitCode: number) => ({
  tasks: [
    {
      taskArn: TASK_ARN,
      lastStatus: 'STOPPED',
      stoppedReason: 'Essential container in task exited',
      containers: [{ name: 'migrate', exitCode }],
    },
  ],
  failures: [],
});
