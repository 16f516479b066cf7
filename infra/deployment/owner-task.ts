import type * as aws from '@pulumi/aws';
import type { ComponentResourceOptions, Output } from '@pulumi/pulumi';
import type { Settings } from '#shared/config.ts';
import { Component } from '../component.ts';
import type { Context } from '../context.ts';
import { DATABASE_NAME, type Database } from '../data/database.ts';
import type { KeyHandles } from '../environment.ts';
import type { Statement } from '../iam/policy-document.ts';
import { executionRole, taskRole } from '../iam/task-roles.ts';
import type { Image } from '../image/image.ts';
import { DATABASE_PORT } from '../ports.ts';
import { taskLogGroup } from '../services/log-group.ts';
import { taskDefinition } from '../services/task-definition.ts';
import { taskVariables } from '../services/variables.ts';

export interface OwnerTaskParts {
  command: readonly string[];
  settings: Settings;
  /** Variables that the task has, whatever its settings. */
  environment: Readonly<Record<string, string>>;
  /** What the stack's configuration says to it; each is a setting of the task. */
  given: Readonly<Record<string, string>>;
  /** What it may do in AWS; the database it may use as its owner. */
  policy: readonly Statement[];
  keys: KeyHandles;
  image: Image;
  database: Database;
  /** ARNs of secrets by variable, as of services. */
  secretArns: ReadonlyMap<string, Output<string>>;
}

/** The variable of the login that RDS keeps by itself. */
const OWNER_SECRET = 'DB_SECRET';

/** A task of the image that somebody runs now and then, and that logs in to the database as the owner of the tables. */
export class OwnerTask extends Component {
  readonly definition: aws.ecs.TaskDefinition;
  readonly logGroup: aws.cloudwatch.LogGroup;

  constructor(context: Context, name: string, parts: OwnerTaskParts, options: ComponentResourceOptions) {
    super('carillon:deployment:OwnerTask', `${name}-task`, options);
    const { keys, image, database } = parts;
    this.logGroup = taskLogGroup(context, keys, name, this.inside);
    const { role, policies } = taskRole(context, name, parts.policy, this.inside);
    const variables = taskVariables(
      name,
      parts.settings,
      {
        ...parts.environment,
        AWS_REGION: context.region,
        DB_HOST: database.cluster.endpoint,
        DB_NAME: DATABASE_NAME,
        DB_PORT: String(DATABASE_PORT),
        STREAM_PREFIX: context.prefix,
      },
      parts.given,
      parts.environment,
    );
    const secrets = variables.secrets.map((variable) => {
      const valueFrom = variable === OWNER_SECRET ? database.ownerSecret : parts.secretArns.get(variable);
      if (valueFrom === undefined) throw new Error(`${name}: there is no secret for ${variable}`);
      return { name: variable, valueFrom };
    });
    const start = executionRole(
      context,
      name,
      {
        repositoryArn: image.repository.arn,
        logGroupArn: this.logGroup.arn,
        secretArns: secrets.map(({ valueFrom }) => valueFrom),
        dataKeyArn: keys.data.arn,
      },
      this.inside,
    );
    this.definition = taskDefinition(
      context,
      {
        name,
        image: image.reference,
        command: parts.command,
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
      { ...this.inside, dependsOn: [start.policy, ...policies] },
    );
    this.registerOutputs();
  }
}
