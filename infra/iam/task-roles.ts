import * as aws from '@pulumi/aws';
import { type Input, interpolate, type Resource } from '@pulumi/pulumi';
import type { Context } from '../context.ts';
import { assumedBy, policyDocument, type Statement } from './policy-document.ts';

const TASKS = 'ecs-tasks.amazonaws.com';

/** The role that the code of a task acts under. Without statements it may do nothing in AWS. */
export function taskRole(
  context: Context,
  name: string,
  statements: readonly Statement[],
  options: { parent: Resource },
): { role: aws.iam.Role; policies: aws.iam.RolePolicy[] } {
  const role = new aws.iam.Role(
    `${name}-task`,
    {
      name: `${context.prefix}${name}-task`,
      description: `What ${name} may do`,
      assumeRolePolicy: assumedBy(TASKS, context.accountId),
    },
    options,
  );
  if (statements.length === 0) return { role, policies: [] };
  const policy = new aws.iam.RolePolicy(
    `${name}-task`,
    { role: role.name, policy: policyDocument(statements) },
    options,
  );
  return { role, policies: [policy] };
}

/** The role under which ECS starts a task: it pulls the image, writes logs and reads the secrets of that task. */
export function executionRole(
  context: Context,
  name: string,
  needs: {
    repositoryArn: Input<string>;
    logGroupArn: Input<string>;
    secretArns: readonly Input<string>[];
    dataKeyArn: Input<string>;
  },
  options: { parent: Resource },
): { role: aws.iam.Role; policy: aws.iam.RolePolicy } {
  const role = new aws.iam.Role(
    `${name}-start`,
    {
      name: `${context.prefix}${name}-start`,
      description: `Starts tasks of ${name}`,
      assumeRolePolicy: assumedBy(TASKS, context.accountId),
    },
    options,
  );
  const secrets: Statement[] = [
    { sid: 'ReadSecrets', actions: ['secretsmanager:GetSecretValue'], resources: needs.secretArns },
    {
      sid: 'KeyOfSecrets',
      actions: ['kms:Decrypt'],
      resources: [needs.dataKeyArn],
      conditions: {
        StringEquals: { 'kms:ViaService': `secretsmanager.${context.region}.amazonaws.com` },
      },
    },
  ];
  const policy = new aws.iam.RolePolicy(
    `${name}-start`,
    {
      role: role.name,
      policy: policyDocument([
        { sid: 'PullToken', actions: ['ecr:GetAuthorizationToken'], resources: ['*'] },
        {
          sid: 'PullImage',
          actions: ['ecr:BatchCheckLayerAvailability', 'ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer'],
          resources: [needs.repositoryArn],
        },
        {
          sid: 'WriteLogs',
          actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
          resources: [interpolate`${needs.logGroupArn}:log-stream:*`],
        },
        ...(needs.secretArns.length > 0 ? secrets : []),
      ]),
    },
    options,
  );
  return { role, policy };
}
