import * as aws from '@pulumi/aws';
import { type Input, jsonStringify, type Output, type Resource } from '@pulumi/pulumi';
import { CONTAINER_USER, HEALTH_CHECK, STOP_TIMEOUT_SECONDS } from '#shared/container.ts';
import type { Context } from '../context.ts';

export interface TaskParts {
  name: string;
  image: Output<string>;
  command: readonly string[];
  cpu: number;
  memoryMiB: number;
  environment: readonly { name: string; value: Input<string> }[];
  secrets: readonly { name: string; valueFrom: Input<string> }[];
  /** Ports that others connect to. */
  ports: readonly number[];
  /** Whether the container is asked if it is alive; not for tasks that end by themselves. */
  healthChecked: boolean;
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
    command: [...parts.command],
    essential: true,
    cpu: parts.cpu,
    memory: parts.memoryMiB,
    user: CONTAINER_USER,
    privileged: false,
    readonlyRootFilesystem: true,
    linuxParameters: { initProcessEnabled: true, capabilities: { drop: ['ALL'] } },
    stopTimeout: STOP_TIMEOUT_SECONDS,
    environment: [...parts.environment],
    secrets: [...parts.secrets],
    portMappings: parts.ports.map((port) => ({ containerPort: port, hostPort: port, protocol: 'tcp' })),
    ...(parts.healthChecked ? { healthCheck } : {}),
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

const healthCheck = {
  command: [...HEALTH_CHECK.command],
  interval: HEALTH_CHECK.intervalSeconds,
  timeout: HEALTH_CHECK.timeoutSeconds,
  retries: HEALTH_CHECK.retries,
  startPeriod: HEALTH_CHECK.startPeriodSeconds,
};
