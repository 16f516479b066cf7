import * as aws from '@pulumi/aws';
import { type Input, jsonStringify, type Output, type Resource } from '@pulumi/pulumi';
import type { Context } from '../context.ts';

/** The longest that Fargate waits between SIGTERM and SIGKILL: queue entries in hand end or are given back. */
export const STOP_TIMEOUT_SECONDS = 120;
/** What a service may use of it for draining, with room for the end of the process. */
export const DRAIN_MS = 110_000;
/** The image's user: not root. */
const USER = '1000:1000';

export interface TaskParts {
  name: string;
  image: Output<string>;
  /** Module that Node runs. */
  entry: string;
  cpu: number;
  memoryMiB: number;
  environment: readonly { name: string; value: Input<string> }[];
  secrets: readonly { name: string; valueFrom: Input<string> }[];
  /** Ports that others connect to. */
  ports: readonly number[];
  /** Where the container asks itself whether it is alive; undefined for tasks that end by themselves. */
  healthPort: number | undefined;
  taskRole: aws.iam.Role;
  executionRole: aws.iam.Role;
  logGroup: aws.cloudwatch.LogGroup;
}

/** A task of the one image: no root, no way to write to its disk, no capabilities, and a small init in front. */
export function taskDefinition(
  context: Context,
  parts: TaskParts,
  options: { parent: Resource; dependsOn: Resource[] },
): aws.ecs.TaskDefinition {
  const container = {
    name: parts.name,
    image: parts.image,
    command: ['node', parts.entry],
    essential: true,
    cpu: parts.cpu,
    memory: parts.memoryMiB,
    user: USER,
    privileged: false,
    readonlyRootFilesystem: true,
    linuxParameters: { initProcessEnabled: true, capabilities: { drop: ['ALL'] } },
    stopTimeout: STOP_TIMEOUT_SECONDS,
    environment: [...parts.environment],
    secrets: [...parts.secrets],
    portMappings: parts.ports.map((port) => ({ containerPort: port, hostPort: port, protocol: 'tcp' })),
    ...(parts.healthPort === undefined ? {} : { healthCheck: healthCheck(parts.healthPort) }),
    logConfiguration: {
      logDriver: 'awslogs',
      options: {
        'awslogs-group': parts.logGroup.name,
        'awslogs-region': context.region,
        'awslogs-stream-prefix': parts.name,
        // A slow log service must not stop the work; 25 MB is minutes of lines.
        mode: 'non-blocking',
        'max-buffer-size': '25m',
      },
    },
  };
  return new aws.ecs.TaskDefinition(
    parts.name,
    {
      family: `${context.prefix}${parts.name}`,
      requiresCompatibilities: ['FARGATE'],
      networkMode: 'awsvpc',
      runtimePlatform: { cpuArchitecture: 'ARM64', operatingSystemFamily: 'LINUX' },
      cpu: String(parts.cpu),
      memory: String(parts.memoryMiB),
      taskRoleArn: parts.taskRole.arn,
      executionRoleArn: parts.executionRole.arn,
      containerDefinitions: jsonStringify([container]),
      // The one before stays: a rollback starts its tasks.
      skipDestroy: true,
    },
    options,
  );
}

const healthCheck = (port: number) => ({
  command: [
    'CMD',
    'node',
    '-e',
    `fetch('http://127.0.0.1:${port}/health').then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))`,
  ],
  interval: 15,
  timeout: 5,
  retries: 3,
  startPeriod: 60,
});
