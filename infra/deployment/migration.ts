import type * as aws from '@pulumi/aws';
import type { ComponentResourceOptions, Output, Resource } from '@pulumi/pulumi';
import { MIGRATION_COMMAND, MIGRATION_ENVIRONMENT } from '#shared/container.ts';
import { migrateSettings } from '../../apps/migrate/settings.ts';
import { Component } from '../component.ts';
import type { Context } from '../context.ts';
import { DATABASE_NAME, type Database } from '../data/database.ts';
import type { KeyHandles } from '../environment.ts';
import { executionRole, taskRole } from '../iam/task-roles.ts';
import type { Image } from '../image/image.ts';
import { DATABASE_PORT } from '../ports.ts';
import { taskLogGroup } from '../services/log-group.ts';
import { taskDefinition } from '../services/task-definition.ts';
import { taskVariables } from '../services/variables.ts';
import type { DeploymentSteps } from './steps.ts';

/** The variable of the login that RDS keeps by itself. */
const OWNER_SECRET = 'DB_SECRET';

/**
 * Brings the schema and the grants of the services up to date, as a task of the same image that must have ended well
 * before any service rolls. It alone logs in as the owner of the tables. It runs again whenever the image changes;
 * when there is nothing to do, it ends at once.
 */
export class Migration extends Component {
  /** Everything that needs the new schema depends on this. */
  readonly done: Resource;
  readonly logGroup: aws.cloudwatch.LogGroup;

  constructor(
    context: Context,
    parts: {
      keys: KeyHandles;
      image: Image;
      database: Database;
      /** ARNs of secrets by variable, as of services. */
      secretArns: ReadonlyMap<string, Output<string>>;
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
    const { keys, image, database, cluster } = parts;
    this.logGroup = taskLogGroup(context, keys, 'migrate', this.inside);
    const { role } = taskRole(context, 'migrate', [], this.inside);
    const variables = taskVariables(
      'migrate',
      migrateSettings,
      {
        ...MIGRATION_ENVIRONMENT,
        DB_HOST: database.cluster.endpoint,
        DB_NAME: DATABASE_NAME,
        DB_PORT: String(DATABASE_PORT),
      },
      {},
      MIGRATION_ENVIRONMENT,
    );
    const secrets = variables.secrets.map((name) => {
      const valueFrom = name === OWNER_SECRET ? database.ownerSecret : parts.secretArns.get(name);
      if (valueFrom === undefined) throw new Error(`migrate: there is no secret for ${name}`);
      return { name, valueFrom };
    });
    const start = executionRole(
      context,
      'migrate',
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
        name: 'migrate',
        image: image.reference,
        command: MIGRATION_COMMAND,
        cpu: 256,
        memoryMiB: 512,
        environment: variables.environment,
        secrets,
        ports: [],
        healthChecked: false,
        taskRole: role,
        executionRole: start.role,
        logGroup: this.logGroup,
      },
      { ...this.inside, dependsOn: [start.policy] },
    );
    this.done = parts.steps.ran(
      'schema',
      {
        cluster: cluster.name,
        taskDefinition: definition.arn,
        subnets: [...parts.subnets],
        securityGroups: [parts.securityGroup.id],
        logGroup: this.logGroup.name,
      },
      { ...this.inside, dependsOn: [...database.instances, ...parts.waitsFor] },
    );
    this.registerOutputs();
  }
}
