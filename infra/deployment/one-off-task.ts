import { setTimeout as delay } from 'node:timers/promises';
import { DescribeTasksCommand, type ECSClient, RunTaskCommand, type Task } from '@aws-sdk/client-ecs';
import { z } from 'zod';

/** How a task is run once: what the marker of a step keeps, as JSON. */
export const oneOffTaskSchema = z.strictObject({
  cluster: z.string().min(1),
  taskDefinition: z.string().min(1),
  subnets: z.array(z.string().min(1)).min(1),
  securityGroups: z.array(z.string().min(1)).min(1),
  logGroup: z.string().min(1),
});
export type OneOffTask = z.infer<typeof oneOffTaskSchema>;

const POLL_MS = 5_000;
/** A migration only adds; one that takes longer than this is stuck behind a lock. */
const LONGEST_MS = 30 * 60_000;

/**
 * Runs a task once and waits for its end. Rejects when it cannot be placed, does not end within half an hour, or ends
 * with anything but 0; the message says where its logs are.
 */
export async function runOnce(ecs: Pick<ECSClient, 'send'>, what: OneOffTask, now = Date.now): Promise<void> {
  const started = await ecs.send(
    new RunTaskCommand({
      cluster: what.cluster,
      taskDefinition: what.taskDefinition,
      launchType: 'FARGATE',
      count: 1,
      startedBy: 'pulumi',
      networkConfiguration: {
        awsvpcConfiguration: {
          subnets: what.subnets,
          securityGroups: what.securityGroups,
          assignPublicIp: 'DISABLED',
        },
      },
    }),
  );
  const arn = started.tasks?.[0]?.taskArn;
  if (arn === undefined) {
    const reasons = (started.failures ?? []).map(({ reason }) => reason ?? 'no reason').join('; ');
    throw new Error(`the task ${what.taskDefinition} could not be started: ${reasons}`);
  }
  const deadline = now() + LONGEST_MS;
  for (;;) {
    const { tasks } = await ecs.send(new DescribeTasksCommand({ cluster: what.cluster, tasks: [arn] }));
    const fault = taskFault(tasks?.[0]);
    if (fault === null) return;
    if (fault !== 'running') throw new Error(`${arn} failed: ${fault}. Its logs are in ${what.logGroup}.`);
    if (now() > deadline)
      throw new Error(`${arn} has not ended in 30 minutes. Its logs are in ${what.logGroup}.`);
    await delay(POLL_MS);
  }
}

/** Null when the task ended well; `running` while it has not ended. */
export function taskFault(task: Task | undefined): string | 'running' | null {
  if (task?.lastStatus !== 'STOPPED') return 'running';
  const bad = (task.containers ?? []).filter(({ exitCode }) => exitCode !== 0);
  if (bad.length === 0 && (task.containers ?? []).length > 0) return null;
  const ends = bad.map(({ name, exitCode, reason }) =>
    `${name} ended with ${exitCode ?? 'no code'} ${reason ?? ''}`.trim(),
  );
  return [task.stoppedReason ?? 'it stopped', ...ends].join('; ');
}
