import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { json } from 'node:stream/consumers';

const TASK = 'arn:aws:ecs:us-west-2:111122223333:task/cluster/1234567890abcdef0';

/** Answers as the documentation of the endpoint shows them. */
export const agentFaults = {
  failure: {
    status: 200,
    body: { failure: { Arn: TASK, Detail: null, Reason: 'TASK_NOT_VALID' } },
  },
  denied: {
    status: 400,
    body: {
      requestID: '12345-abc-6789-0123-abc',
      error: {
        Arn: TASK,
        Code: 'AccessDeniedException',
        Message: 'User: arn is not authorized to perform: ecs:UpdateTaskProtection',
      },
    },
  },
  timedOut: {
    status: 504,
    body: {
      error: {
        Arn: TASK,
        Code: 'RequestCanceled',
        Message: 'Timed out calling Amazon ECS Task Protection API',
      },
    },
  },
  throttled: {
    status: 400,
    body: {
      requestID: '12345-abc-6789-0123-abc',
      error: { Arn: TASK, Code: 'ThrottlingException', Message: 'Rate exceeded' },
    },
  },
  nonsense: { status: 502, body: '<html>Bad gateway</html>' },
} as const;

/** The endpoint of the ECS agent for task protection, in the shapes that its documentation gives. */
export class EcsAgent {
  /** Bodies of requests, in order. */
  readonly requests: unknown[] = [];
  /** How it answers instead of doing it. */
  fault: keyof typeof agentFaults | null = null;
  readonly #server: Server;

  constructor() {
    this.#server = createServer(async (request, response) => {
      if (request.method !== 'PUT' || request.url !== '/api/1234/task-protection/v1/state') {
        response.writeHead(404).end();
        return;
      }
      const body: unknown = await json(request);
      this.requests.push(body);
      const { status, body: answer } = this.fault === null ? done(body) : agentFaults[this.fault];
      response.writeHead(status, { 'content-type': 'application/json' });
      response.end(typeof answer === 'string' ? answer : JSON.stringify(answer));
    });
  }

  /** Gives what ECS_AGENT_URI is in a task. */
  async listen(): Promise<string> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    const address = this.#server.address();
    return `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}/api/1234`;
  }

  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }
}

const done = (body: unknown) => {
  const enabled =
    typeof body === 'object' && body !== null && 'ProtectionEnabled' in body && body.ProtectionEnabled;
  return {
    status: 200,
    body: {
      protection: {
        ExpirationDate: enabled ? '2026-03-02T15:05:00Z' : null,
        ProtectionEnabled: enabled,
        TaskArn: TASK,
      },
    },
  };
};
