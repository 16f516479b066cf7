import type * as aws from '@pulumi/aws';
import type { ComponentResourceOptions, Output, Resource } from '@pulumi/pulumi';
import { MIGRATION_COMMAND, OWNER_ENVIRONMENT } from '#shared/container.ts';
import { migrateSettings } from '../../apps/migrate/settings.ts';
import { Component } from '../component.ts';
import type { Context } from '../context.ts';
import { givenTo } from '../services/variables.ts';
import { OwnerTask, type OwnerTaskParts } from './owner-task.ts';
import type { DeploymentSteps } from './steps.ts';

/**
 * Brings the schema and the grants of the services up to date, as a task of the same image that must have ended well
 * before any service rolls. It runs again whenever the image changes; when there is nothing to do, it ends at once.
 */
export class Migration extends Component {
  /** Everything that needs the new schema depends on this. */
  readonly done: Resource;

  constructor(
    context: Context,
    parts: Pick<OwnerTaskParts, 'keys' | 'image' | 'database' | 'secretArns'> & {
      cluster: aws.ecs.Cluster;
      subnets: readonly Output<string>[];
      securityGroup: aws.ec2.SecurityGroup;
      /** What the task needs to reach the database and AWS. */
      waitsFor: readonly Resource[];
      steps: DeploymentSteps;
    },
    options: ComponentResourceOptions,
  ) {
    super('carillon:deployment:Migration', 'migrate', options);
    const { keys, image, database, secretArns } = parts;
    const task = new OwnerTask(
      context,
      'migrate',
      {
        keys,
        image,
        database,
        secretArns,
        command: MIGRATION_COMMAND,
        settings: migrateSettings,
        environment: OWNER_ENVIRONMENT,
        // Such as the folder of the content that a new environment begins with.
        given: givenTo(migrateSettings, context.settings.services.defaults.environment ?? {}, {}),
        policy: [],
      },
      this.inside,
    );
    this.done = parts.steps.ran(
      'schema',
      {
        cluster: parts.cluster.name,
        taskDefinition: task.definition.arn,
        subnets: [...parts.subnets],
        securityGroups: [parts.securityGroup.id],
        logGroup: task.logGroup.name,
      },
      { ...this.inside, dependsOn: [...database.instances, ...parts.waitsFor] },
    );
    this.registerOutputs();
  }
}
