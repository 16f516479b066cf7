import { startTestStack, type TestStack } from './test-stack.ts';

/**
 * Mocha's global fixtures: PostgreSQL, Redis, Kinesis and SQS, once per run. The processes end with mocha however it
 * ends: each of them watches its IPC channel.
 */
let stack: TestStack | undefined;

export async function mochaGlobalSetup(): Promise<void> {
  stack = await startTestStack();
  process.env.CARILLON_TEST_STACK = JSON.stringify(stack.facts);
  // For clients that find their credentials as in production, through the SDK's own chain.
  process.env.AWS_ACCESS_KEY_ID = 'local';
  process.env.AWS_SECRET_ACCESS_KEY = 'local';
}

export async function mochaGlobalTeardown(): Promise<void> {
  await stack?.stop();
}
