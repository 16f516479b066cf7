import type { Resource } from './control.ts';
import { stackOf } from './control.ts';

/**
 * What may be as it is although a control says otherwise. Tests keep the list honest: each entry names a control that
 * exists, applies to a resource that violates it now, and ends on its day.
 */
export interface Exemption {
  control: string;
  /** Stack that it holds for. Left out: every stack, and then every stack needs it. */
  stack?: string;
  type: string;
  /** Logical name; left out: all resources of the type. */
  resource?: string;
  reason: string;
  /** Last day, YYYY-MM-DD; a year ahead at most. Then somebody looks again. */
  until: string;
}

const LOOK_AGAIN = '2027-06-30';

const development = (control: string, type: string, reason: string): Exemption => ({
  control,
  stack: 'dev',
  type,
  reason,
  until: LOOK_AGAIN,
});

export const exemptions: readonly Exemption[] = [
  development(
    'database-deletion-protection',
    'aws:rds/cluster:Cluster',
    'A development environment is made and removed at will; it holds no person who has not agreed to test.',
  ),
  development(
    'database-zones',
    'aws:rds/cluster:Cluster',
    'One instance halves the bill; an hour without a development database harms nobody.',
  ),
  development(
    'stream-retention',
    'aws:kinesis/stream:Stream',
    'A day is free, and long enough to see and mend what stops a consumer in development.',
  ),
  development(
    'balancer-deletion-protection',
    'aws:lb/loadBalancer:LoadBalancer',
    'A development environment is made and removed at will.',
  ),
  development(
    'log-retention-year',
    'aws:cloudwatch/logGroup:LogGroup',
    'Logs of development prove nothing to anybody; two weeks are enough to find a fault.',
  ),
  ...['endpoint-ec2', 'endpoint-ecr-api', 'endpoint-ecr-images'].map(
    (control): Exemption => ({
      control,
      stack: 'prod',
      type: 'aws:ec2/vpc:Vpc',
      reason:
        'Requests to AWS leave by the NAT gateways, over TLS, by a rule that lets tasks reach port 443 anywhere: no firewall keeps them to AWS. Endpoints cost about 7 dollars a month each and zone, 175 for all in three zones; carillon:network.interfaceEndpoints switches them on, and then these controls hold.',
      until: LOOK_AGAIN,
    }),
  ),
  {
    control: 'http-port-closed',
    type: 'aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule',
    resource: 'web-http',
    reason: 'Port 80 only sends browsers on to HTTPS (control http-redirected).',
    until: LOOK_AGAIN,
  },
  {
    control: 'cache-users',
    type: 'aws:elasticache/serverlessCache:ServerlessCache',
    reason:
      'The cache holds wake hints and counters of pace, no texts or numbers that a user could read, and decides nothing; only tasks reach it, by security group, over TLS.',
    until: LOOK_AGAIN,
  },
  {
    control: 'secret-rotated',
    type: 'aws:secretsmanager/secret:Secret',
    resource: 'twilio-auth-token',
    reason:
      "The carrier issues it: only a person with an account there can make another, as the carrier's page says. The database's own password rotates by itself.",
    until: LOOK_AGAIN,
  },
  {
    control: 'secret-rotated',
    type: 'aws:secretsmanager/secret:Secret',
    resource: 'consent-pepper-value',
    reason:
      'A key under which somebody was erased must stay, or they would be written to again: a person adds a version when there is cause to (docs/runbooks/secrets-rotation.md).',
    until: LOOK_AGAIN,
  },
  {
    control: 'secret-rotated',
    type: 'aws:secretsmanager/secret:Secret',
    resource: 'api-key-pepper-value',
    reason:
      'Changing it ends every API key at once: a person does that when there is cause to (docs/runbooks/secrets-rotation.md). Each key has an end and a revocation of its own.',
    until: LOOK_AGAIN,
  },
  {
    control: 'secret-rotated',
    type: 'aws:secretsmanager/secret:Secret',
    resource: 'webhook-secret-key',
    reason:
      'After a change every webhook needs a new secret, which its receiver has to be given: a person does that when there is cause to (docs/runbooks/secrets-rotation.md).',
    until: LOOK_AGAIN,
  },
  {
    control: 'bucket-logs',
    type: 'aws:s3/bucket:Bucket',
    resource: 'logs',
    reason:
      'It is where the logs of requests go; logging requests to it would log the writing of logs, without end.',
    until: LOOK_AGAIN,
  },
  {
    control: 'bucket-encrypted',
    type: 'aws:s3/bucket:Bucket',
    resource: 'logs',
    reason: 'The load balancer can write its log only to a bucket with a key of S3 (SSE-S3).',
    until: LOOK_AGAIN,
  },
];

/** The exemption of a resource from a control, whether or not its day has passed. */
export const exemptionOf = (control: string, resource: Resource): Exemption | undefined =>
  exemptions.find(
    (exemption) =>
      exemption.control === control &&
      exemption.type === resource.type &&
      (exemption.resource === undefined || exemption.resource === resource.name) &&
      (exemption.stack === undefined || exemption.stack === stackOf(resource)),
  );
