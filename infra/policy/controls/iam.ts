import { type Control, type Resource, when } from '../control.ts';
import { covers, isPublic, type Statement, statementsAt } from '../policy-statements.ts';

const POLICIES = ['aws:iam/rolePolicy:RolePolicy', 'aws:iam/policy:Policy'];
const ROLES = ['aws:iam/role:Role'];

const allowed = ({ inputs }: Resource): readonly Statement[] =>
  statementsAt(inputs, 'policy').filter(({ allows }) => allows);
const everywhere = ({ resources, inverted }: Statement): boolean => resources.includes('*') || inverted;
const unbound = (statement: Statement): boolean =>
  everywhere(statement) && Object.keys(statement.conditions).length === 0;

/** Of the actions, those that some statement grants on every resource and without a condition. */
const unboundActions = (resource: Resource, actions: readonly string[]): readonly string[] =>
  actions.filter((action) =>
    allowed(resource).some(
      (statement) => unbound(statement) && statement.actions.some((pattern) => covers(pattern, action)),
    ),
  );

const grants = (what: string, actions: readonly string[]): ((resource: Resource) => string | undefined) => {
  return (resource) => {
    const found = unboundActions(resource, actions);
    return when(found.length > 0, `${what}: ${found.join(', ')} on everything`);
  };
};

/** Ways to more rights than one has. */
const ESCALATION = [
  'iam:CreateAccessKey',
  'iam:CreateLoginProfile',
  'iam:UpdateLoginProfile',
  'iam:AttachRolePolicy',
  'iam:AttachUserPolicy',
  'iam:PutRolePolicy',
  'iam:PutUserPolicy',
  'iam:CreatePolicyVersion',
  'iam:SetDefaultPolicyVersion',
  'iam:UpdateAssumeRolePolicy',
  'iam:PassRole',
  'sts:AssumeRole',
];
/** Actions whose answer is a credential. */
const CREDENTIALS = [
  'iam:CreateAccessKey',
  'sts:GetSessionToken',
  'sts:GetFederationToken',
  'sts:AssumeRole',
  'redshift:GetClusterCredentials',
  'rds-db:connect',
  'codepipeline:PollForJobs',
];
/** Actions that read data in bulk. */
const DATA = [
  's3:GetObject',
  'ssm:GetParameter',
  'ssm:GetParameters',
  'ssm:GetParametersByPath',
  'secretsmanager:GetSecretValue',
  'dynamodb:Scan',
];
const PERMISSIONS = [
  'iam:AttachRolePolicy',
  'iam:PutRolePolicy',
  'iam:CreateRole',
  'kms:PutKeyPolicy',
  'kms:CreateGrant',
  's3:PutBucketPolicy',
  'sqs:AddPermission',
  'sns:AddPermission',
  'lambda:AddPermission',
  'secretsmanager:PutResourcePolicy',
];
const WRITES = [
  's3:PutObject',
  's3:DeleteObject',
  'sqs:SendMessage',
  'sqs:DeleteMessage',
  'kinesis:PutRecord',
  'kinesis:PutRecords',
  'sns:Publish',
  'secretsmanager:PutSecretValue',
  'ecs:UpdateService',
  'ecs:RunTask',
  'rds:DeleteDBCluster',
  'logs:DeleteLogGroup',
  'kms:ScheduleKeyDeletion',
];
/** Actions that IAM knows no resource for, so that `*` is all that can be written. */
const WITHOUT_RESOURCE = [
  'ecr:GetAuthorizationToken',
  'cloudwatch:PutMetricData',
  'logs:DescribeLogGroups',
  'ec2:DescribeNetworkInterfaces',
  'xray:PutTraceSegments',
  'sms-voice:DescribePhoneNumbers',
  'sns:ListTopics',
];

export const iamControls: readonly Control[] = [
  {
    name: 'no-administrator',
    ids: ['IAM.1', 'CKV_AWS_62'],
    title: 'No policy grants everything on everything.',
    types: POLICIES,
    check: (policy) =>
      when(
        allowed(policy).some((statement) => statement.actions.includes('*') && everywhere(statement)),
        'everything on everything',
      ),
  },
  {
    name: 'no-wildcard-actions',
    ids: ['IAM.21', 'CKV_AWS_63'],
    title: 'Policies name actions, never a whole service.',
    types: POLICIES,
    check: (policy) => {
      const broad = allowed(policy)
        .flatMap(({ actions }) => actions)
        .filter((action) => action === '*' || action.endsWith(':*'));
      return when(broad.length > 0, `grants ${broad.join(', ')}`);
    },
  },
  {
    name: 'no-escalation',
    ids: ['CKV_AWS_286'],
    title: 'No policy opens a way to more rights.',
    types: POLICIES,
    check: grants('a way to more rights', ESCALATION),
  },
  {
    name: 'no-credentials',
    ids: ['CKV_AWS_287'],
    title: 'No policy hands out credentials of everybody.',
    types: POLICIES,
    check: grants('hands out credentials', CREDENTIALS),
  },
  {
    name: 'no-exfiltration',
    ids: ['CKV_AWS_288'],
    title: 'No policy reads all data there is.',
    types: POLICIES,
    check: grants('reads data', DATA),
  },
  {
    name: 'no-permissions-management',
    ids: ['CKV_AWS_289'],
    title: 'No policy changes who may do what, without a limit.',
    types: POLICIES,
    check: grants('changes permissions', PERMISSIONS),
  },
  {
    name: 'no-unlimited-writes',
    ids: ['CKV_AWS_290'],
    title: 'No policy writes everywhere.',
    types: POLICIES,
    check: grants('writes', WRITES),
  },
  {
    name: 'resources-named',
    ids: ['CKV_AWS_355'],
    title: 'Policies name resources wherever IAM knows them for the action, or narrow `*` by a condition.',
    types: POLICIES,
    check: (policy) => {
      const broad = allowed(policy)
        .filter(unbound)
        .flatMap(({ actions }) => actions)
        .filter((action) => !WITHOUT_RESOURCE.includes(action));
      return when(broad.length > 0, `${broad.join(', ')} on everything`);
    },
  },
  {
    name: 'role-not-for-everybody',
    ids: ['CKV_AWS_60', 'CKV_AWS_61'],
    title: 'Roles are taken by named services or principals, never by everybody or a whole account.',
    types: ROLES,
    check: ({ inputs }) =>
      when(
        statementsAt(inputs, 'assumeRolePolicy').some(
          (statement) =>
            statement.allows &&
            (isPublic(statement) ||
              statement.principals.some((principal) => /^arn:aws[a-z-]*:iam::\d+:root$/.test(principal))),
        ),
        'everybody or a whole account may take it',
      ),
  },
];
