import * as aws from '@pulumi/aws';
import type { ComponentResourceOptions, Input, Output, Resource } from '@pulumi/pulumi';
import type { Settings } from '#shared/config.ts';
import { commandOf, HEALTH_PORT, PUBLIC_PORT, TASK_ENVIRONMENT } from '#shared/container.ts';
import type { ServiceName, ServiceRow } from '#shared/topology.ts';
import { Component } from '../component.ts';
import type { Context } from '../context.ts';
import type { DeploymentSteps } from '../deployment/steps.ts';
import type { KeyHandles, ServiceHandles } from '../environment.ts';
import type { Statement } from '../iam/policy-document.ts';
import { executionRole, taskRole } from '../iam/task-roles.ts';
import type { Image } from '../image/image.ts';
import type { ScalingPlan } from '../scaling/plan-shape.ts';
import { capacityShares } from './capacity.ts';
import type { Cluster } from './cluster.ts';
import { taskLogGroup } from './log-group.ts';
import { Scaling } from './scaling.ts';
import type { ServiceSize } from './service-size.ts';
import { taskDefinition } from './task-definition.ts';
import { taskVariables } from './variables.ts';

/**
 * A task that is protected may work for up to 15 minutes before it is stopped, then drains; new ones have to start first,
 * and a rollback does all of it again. The provider's own patience is 20 minutes.
 */
const LONGEST_ROLLOUT = '45m';

export interface FargateServiceParts {
  row: ServiceRow;
  size: ServiceSize;
  settings: Settings;
  known: Readonly<Record<string, Input<string>>>;
  /** Variables of the stack's configuration for this service. */
  given: Readonly<Record<string, string>>;
  policy: readonly Statement[];
  secretArns: ReadonlyMap<string, Output<string>>;
  keys: KeyHandles;
  image: Image;
  cluster: Cluster;
  subnets: readonly Output<string>[];
  securityGroups: readonly aws.ec2.SecurityGroup[];
  targetGroup: aws.lb.TargetGroup | undefined;
  plan: (service: Output<string>) => ScalingPlan<Output<string>>;
  /** What must be there, or have been done, before its tasks roll. */
  waitsFor: readonly Resource[];
  steps: DeploymentSteps;
}

/** One row of the topology as a Fargate service, with everything that is its own. */
export class FargateService extends Component implements ServiceHandles {
  readonly name: string;
  readonly service: aws.ecs.Service;
  readonly logGroup: aws.cloudwatch.LogGroup;
  readonly taskRole: aws.iam.Role;
  readonly minTasks: number;
  readonly maxTasks: number;
  /** Services of later waves depend on this: the tasks that run are those just deployed. */
  readonly rolledOut: Resource;

  constructor(
    context: Context,
    service: ServiceName,
    parts: FargateServiceParts,
    options: ComponentResourceOptions,
  ) {
    super('carillon:services:FargateService', service, options);
    this.name = `${context.prefix}${service}`;
    this.logGroup = taskLogGroup(context, parts.keys, service, this.inside);
    const task = taskRole(context, service, parts.policy, this.inside);
    this.taskRole = task.role;
    const { definition, startPolicy } = this.definition(context, service, parts);
    const isPublic = parts.targetGroup !== undefined;
    this.service = new aws.ecs.Service(
      service,
      {
        name: this.name,
        cluster: parts.cluster.cluster.arn,
        taskDefinition: definition.arn,
        desiredCount: parts.size.minTasks,
        platformVersion: 'LATEST',
        capacityProviderStrategies: capacityShares(parts.row, context.settings.services),
        networkConfiguration: {
          subnets: [...parts.subnets],
          securityGroups: parts.securityGroups.map(({ id }) => id),
          assignPublicIp: false,
        },
        ...(parts.targetGroup === undefined
          ? {}
          : {
              loadBalancers: [
                {
                  containerName: service,
                  containerPort: PUBLIC_PORT,
                  targetGroupArn: parts.targetGroup.arn,
                },
              ],
              healthCheckGracePeriodSeconds: 60,
            }),
        deploymentMinimumHealthyPercent: 100,
        deploymentMaximumPercent: 200,
        deploymentCircuitBreaker: { enable: true, rollback: true },
        availabilityZoneRebalancing: 'ENABLED',
        enableExecuteCommand: false,
        enableEcsManagedTags: true,
        propagateTags: 'SERVICE',
        waitForSteadyState: true,
        // The provider changes the capacity strategy of a service that exists only together with a new deployment.
        forceNewDeployment: true,
      },
      {
        ...this.inside,
        dependsOn: [...parts.waitsFor, parts.cluster.capacity, ...task.policies, startPolicy],
        customTimeouts: { create: LONGEST_ROLLOUT, update: LONGEST_ROLLOUT, delete: LONGEST_ROLLOUT },
        // How many tasks run is the business of scaling.
        ignoreChanges: ['desiredCount'],
      },
    );
    this.rolledOut = parts.steps.rolledOut(
      service,
      { cluster: parts.cluster.name, service: this.name, taskDefinition: definition.arn },
      { ...this.inside, dependsOn: [this.service] },
    );
    const plan = parts.plan(this.service.name);
    this.minTasks = plan.bounds.minimum;
    this.maxTasks = plan.bounds.maximum;
    new Scaling(
      context,
      service,
      { clusterName: parts.cluster.name, service: this.service, plan },
      this.inside,
    );
    this.registerOutputs({ public: isPublic });
  }

  private definition(context: Context, service: ServiceName, parts: FargateServiceParts) {
    const { row, size, keys, image } = parts;
    const variables = taskVariables(service, parts.settings, parts.known, parts.given, TASK_ENVIRONMENT);
    const secrets = variables.secrets.map((name) => {
      const valueFrom = parts.secretArns.get(name);
      if (valueFrom === undefined) throw new Error(`${service}: there is no secret for ${name}`);
      return { name, valueFrom };
    });
    const start = executionRole(
      context,
      service,
      {
        repositoryArn: image.repository.arn,
        logGroupArn: this.logGroup.arn,
        secretArns: secrets.map(({ valueFrom }) => valueFrom),
        dataKeyArn: keys.data.arn,
      },
      this.inside,
    );
    const definition = taskDefinition(
      context,
      {
        name: service,
        image: image.reference,
        command: commandOf(service),
        cpu: size.cpu,
        memoryMiB: size.memoryMiB,
        environment: variables.environment,
        secrets,
        ports: row.publicPaths.length > 0 ? [PUBLIC_PORT, HEALTH_PORT] : [],
        healthChecked: true,
        taskRole: this.taskRole,
        executionRole: start.role,
        logGroup: this.logGroup,
      },
      { ...this.inside, dependsOn: [] },
    );
    return { definition, startPolicy: start.policy };
  }
}
