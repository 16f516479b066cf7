import { DescribeServicesCommand, ECSClient } from '@aws-sdk/client-ecs';
import * as aws from '@pulumi/aws';
import {
  type Input,
  jsonStringify,
  type Resource,
  ResourceHook,
  type ResourceHookArgs,
} from '@pulumi/pulumi';
import { z } from 'zod';
import type { Context } from '../context.ts';
import { type OneOffTask, oneOffTaskSchema, runOnce } from './one-off-task.ts';
import { rolloutFault } from './rollout.ts';

/**
 * Steps of a deployment that are no resource: running the migrations, and looking whether a rollout held. Each has a
 * marker, a parameter whose value is what the step was last done for. Before Pulumi makes or changes the marker it
 * calls the step's hook; if that fails, the marker stays as it was and whatever depends on it is not touched. The next
 * `pulumi up` tries again. Previews call no hook. Why so: docs/decisions/0020-deployment-steps-are-hooks.md.
 */
export interface DeploymentSteps {
  /** A marker that is set once this task has run and ended well. */
  ran(
    name: string,
    task: Record<keyof OneOffTask, Input<string> | Input<string>[]>,
    options: StepOptions,
  ): Resource;
  /** A marker that is set once the service runs this task definition. */
  rolledOut(name: string, rollout: Record<keyof Rollout, Input<string>>, options: StepOptions): Resource;
}

interface StepOptions {
  parent: Resource;
  dependsOn: Resource[];
}

const rolloutSchema = z.strictObject({
  cluster: z.string().min(1),
  service: z.string().min(1),
  taskDefinition: z.string().min(1),
});
type Rollout = z.infer<typeof rolloutSchema>;

export function deploymentSteps({ stack, region, profile }: Context): DeploymentSteps {
  const ecs = (): ECSClient => new ECSClient({ region, ...(profile === undefined ? {} : { profile }) });

  const run = new ResourceHook('run-task', async (args) => {
    await runOnce(ecs(), oneOffTaskSchema.parse(markedValue(args)));
  });
  const check = new ResourceHook('check-rollout', async (args) => {
    const { cluster, service, taskDefinition } = rolloutSchema.parse(markedValue(args));
    const answer = await ecs().send(new DescribeServicesCommand({ cluster, services: [service] }));
    const fault = rolloutFault(service, taskDefinition, answer.services?.[0]?.deployments ?? []);
    if (fault !== null) throw new Error(`${fault}. Run "pulumi refresh" before the next "pulumi up".`);
  });

  const marker = (name: string, value: unknown, hook: ResourceHook, options: StepOptions): Resource =>
    new aws.ssm.Parameter(
      name,
      {
        name: `/carillon/${stack}/steps/${name}`,
        description: 'What this step of a deployment was last done for',
        type: 'String',
        insecureValue: jsonStringify(value),
      },
      { ...options, hooks: { beforeCreate: [hook], beforeUpdate: [hook] } },
    );

  return {
    ran: (name, task, options) => marker(name, task, run, options),
    rolledOut: (name, rollout, options) => marker(name, rollout, check, options),
  };
}

function markedValue({ newInputs }: ResourceHookArgs): unknown {
  const inputs = z.object({ insecureValue: z.string() }).parse(newInputs);
  return JSON.parse(inputs.insecureValue);
}
