import { type PolicyStatement, statementsOf } from './allows.ts';
import { ofType, textOf } from './records.ts';
import type { Evaluation, ResourceRecord } from './resource-record.ts';

/** Where policies stand in the inputs of resources. */
const POLICY_INPUTS: Readonly<Record<string, string>> = {
  'aws:iam/rolePolicy:RolePolicy': 'policy',
  'aws:iam/role:Role': 'assumeRolePolicy',
  'aws:kms/key:Key': 'policy',
  'aws:sqs/queuePolicy:QueuePolicy': 'policy',
  'aws:sns/topicPolicy:TopicPolicy': 'policy',
  'aws:s3/bucketPolicy:BucketPolicy': 'policy',
  'aws:cloudwatch/logResourcePolicy:LogResourcePolicy': 'policyDocument',
};

/** Every statement of every policy that the program writes. */
export const allStatements = (
  evaluation: Evaluation,
): { resource: ResourceRecord; statement: PolicyStatement }[] =>
  Object.entries(POLICY_INPUTS).flatMap(([type, input]) =>
    ofType(evaluation, type).flatMap((resource) =>
      statementsOf(textOf(resource, input)).map((statement) => ({ resource, statement })),
    ),
  );

/** The statements of everything that is attached to a role. */
export const statementsOfRole = (evaluation: Evaluation, role: string): PolicyStatement[] =>
  ofType(evaluation, 'aws:iam/rolePolicy:RolePolicy')
    .filter(({ inputs }) => inputs.role === role)
    .flatMap((policy) => statementsOf(textOf(policy, 'policy')));

/** What statements allow, one line per action and resource, with the conditions. Sorted. */
export const rightsOf = (statements: readonly PolicyStatement[]): string[] =>
  statements
    .flatMap(({ Effect, Action, Resource, Condition }) =>
      Action.flatMap((action) =>
        (Resource ?? []).map((resource) =>
          [
            Effect === 'Allow' ? '' : 'not ',
            action,
            ' ',
            resource,
            Condition === undefined ? '' : ` if ${JSON.stringify(Condition)}`,
          ].join(''),
        ),
      ),
    )
    .sort();
