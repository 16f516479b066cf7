import { createHash } from 'node:crypto';

/**
 * What AWS would answer, invented: ids and ARNs of the right form, in the account that AWS's documentation uses.
 * The same name gives the same answer, so that evaluations can be compared.
 */
export const ACCOUNT = '123456789012';
export const REGION = 'us-east-1';

const digest = (text: string): string => createHash('sha256').update(text).digest('hex');

/** `vpc-0a1b...`, as EC2 names its resources. */
const ec2Id = (prefix: string, urn: string): string => `${prefix}-0${digest(urn).slice(0, 16)}`;

const arn = (service: string, resource: string): string =>
  `arn:aws:${service}:${REGION}:${ACCOUNT}:${resource}`;

interface Asked {
  urn: string;
  /** Physical name: given, or the logical one with the suffix that the provider would add. */
  name: string;
  inputs: Readonly<Record<string, unknown>>;
}

interface Invented {
  id: string;
  outputs?: Record<string, unknown>;
}

const text = (value: unknown): string => (typeof value === 'string' ? value : '');

const simple =
  (service: string, resource: (name: string) => string) =>
  ({ name }: Asked): Invented => {
    const made = arn(service, resource(name));
    return { id: name, outputs: { name, arn: made } };
  };
const withArnAsId =
  (service: string, resource: (name: string) => string, extra: Record<string, unknown> = {}) =>
  ({ name }: Asked): Invented => {
    const made = arn(service, resource(name));
    return { id: made, outputs: { name, arn: made, ...extra } };
  };
const ec2 =
  (prefix: string, resource: string) =>
  ({ urn }: Asked): Invented => {
    const id = ec2Id(prefix, urn);
    return { id, outputs: { arn: arn('ec2', `${resource}/${id}`) } };
  };

const byType: Readonly<Record<string, (asked: Asked) => Invented>> = {
  'aws:ec2/vpc:Vpc': (asked) => {
    const made = ec2('vpc', 'vpc')(asked);
    return {
      ...made,
      outputs: { ...made.outputs, defaultSecurityGroupId: ec2Id('sg', `${asked.urn}default`) },
    };
  },
  'aws:ec2/subnet:Subnet': ec2('subnet', 'subnet'),
  'aws:ec2/securityGroup:SecurityGroup': ec2('sg', 'security-group'),
  'aws:ec2/defaultSecurityGroup:DefaultSecurityGroup': ec2('sg', 'security-group'),
  'aws:ec2/routeTable:RouteTable': ec2('rtb', 'route-table'),
  'aws:ec2/internetGateway:InternetGateway': ec2('igw', 'internet-gateway'),
  'aws:ec2/natGateway:NatGateway': ec2('nat', 'natgateway'),
  'aws:ec2/vpcEndpoint:VpcEndpoint': ec2('vpce', 'vpc-endpoint'),
  'aws:ec2/flowLog:FlowLog': ec2('fl', 'vpc-flow-log'),
  'aws:ec2/eip:Eip': ec2('eipalloc', 'elastic-ip'),
  'aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule': ec2('sgr', 'security-group-rule'),
  'aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule': ec2('sgr', 'security-group-rule'),
  'aws:kms/key:Key': ({ urn }) => {
    const hex = digest(urn);
    const keyId = `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
    return { id: keyId, outputs: { keyId, arn: arn('kms', `key/${keyId}`) } };
  },
  'aws:sqs/queue:Queue': ({ name }) => {
    const url = `https://sqs.${REGION}.amazonaws.com/${ACCOUNT}/${name}`;
    return { id: url, outputs: { name, url, arn: arn('sqs', name) } };
  },
  'aws:kinesis/stream:Stream': withArnAsId('kinesis', (name) => `stream/${name}`),
  'aws:kinesis/streamConsumer:StreamConsumer': ({ name, inputs }) => {
    const made = `${text(inputs.streamArn)}/consumer/${name}:1767225600`;
    return { id: made, outputs: { name, arn: made, creationTimestamp: '2026-01-01T00:00:00Z' } };
  },
  'aws:sns/topic:Topic': withArnAsId('sns', (name) => name),
  'aws:iam/role:Role': ({ name }) => ({
    id: name,
    outputs: { name, arn: `arn:aws:iam::${ACCOUNT}:role/${name}` },
  }),
  'aws:s3/bucket:Bucket': ({ name }) => ({
    id: name,
    outputs: {
      bucket: name,
      arn: `arn:aws:s3:::${name}`,
      bucketRegionalDomainName: `${name}.s3.${REGION}.amazonaws.com`,
    },
  }),
  'aws:ecr/repository:Repository': ({ name }) => ({
    id: name,
    outputs: {
      name,
      arn: arn('ecr', `repository/${name}`),
      repositoryUrl: `${ACCOUNT}.dkr.ecr.${REGION}.amazonaws.com/${name}`,
      registryId: ACCOUNT,
    },
  }),
  'awsx:ecr:Image': ({ inputs, urn }) => ({
    id: '',
    outputs: { imageUri: `${text(inputs.repositoryUrl)}@sha256:${digest(urn)}` },
  }),
  'aws:rds/cluster:Cluster': ({ name, inputs }) => ({
    id: name,
    outputs: {
      // Asked for a major version, RDS takes its default minor one.
      engineVersionActual: text(inputs.engineVersion).includes('.') ? inputs.engineVersion : '17.7',
      clusterIdentifier: name,
      clusterResourceId: `cluster-${digest(name).slice(0, 26).toUpperCase()}`,
      arn: arn('rds', `cluster:${name}`),
      endpoint: `${name}.cluster-abcdefghijkl.${REGION}.rds.amazonaws.com`,
      readerEndpoint: `${name}.cluster-ro-abcdefghijkl.${REGION}.rds.amazonaws.com`,
      masterUserSecrets: [
        { secretArn: arn('secretsmanager', `secret:rds!cluster-${digest(name).slice(0, 8)}-a1b2c3`) },
      ],
    },
  }),
  'aws:rds/clusterInstance:ClusterInstance': ({ name }) => ({
    id: name,
    outputs: { identifier: name, arn: arn('rds', `db:${name}`) },
  }),
  'aws:rds/clusterParameterGroup:ClusterParameterGroup': simple('rds', (name) => `cluster-pg:${name}`),
  'aws:elasticache/serverlessCache:ServerlessCache': ({ name }) => ({
    id: name,
    outputs: {
      name,
      arn: arn('elasticache', `serverlesscache:${name}`),
      endpoints: [{ address: `${name}-abcdef.serverless.use1.cache.amazonaws.com`, port: 6379 }],
    },
  }),
  'aws:secretsmanager/secret:Secret': withArnAsId('secretsmanager', (name) => `secret:${name}-a1b2c3`),
  'aws:ssm/parameter:Parameter': simple('ssm', (name) => `parameter/${name.replace(/^\//, '')}`),
  'aws:cloudwatch/logGroup:LogGroup': simple('logs', (name) => `log-group:${name}`),
  'aws:cloudwatch/metricAlarm:MetricAlarm': simple('cloudwatch', (name) => `alarm:${name}`),
  'aws:cloudwatch/compositeAlarm:CompositeAlarm': simple('cloudwatch', (name) => `alarm:${name}`),
  'aws:ecs/cluster:Cluster': withArnAsId('ecs', (name) => `cluster/${name}`),
  'aws:ecs/service:Service': ({ name, inputs }) => {
    const cluster = text(inputs.cluster).split('/').at(-1) ?? '';
    const made = arn('ecs', `service/${cluster}/${name}`);
    return { id: made, outputs: { name, arn: made } };
  },
  'aws:ecs/taskDefinition:TaskDefinition': ({ inputs }) => {
    const family = text(inputs.family);
    return {
      id: family,
      outputs: {
        revision: 1,
        arn: arn('ecs', `task-definition/${family}:1`),
        arnWithoutRevision: arn('ecs', `task-definition/${family}`),
      },
    };
  },
  'aws:lb/loadBalancer:LoadBalancer': ({ name, urn }) => {
    const suffix = `app/${name}/${digest(urn).slice(0, 16)}`;
    const made = arn('elasticloadbalancing', `loadbalancer/${suffix}`);
    return {
      id: made,
      outputs: {
        name,
        arn: made,
        arnSuffix: suffix,
        dnsName: `${name}-1234567890.${REGION}.elb.amazonaws.com`,
        zoneId: 'Z35SXDOTRQ7X7K',
      },
    };
  },
  'aws:lb/targetGroup:TargetGroup': ({ name, urn }) => {
    const suffix = `targetgroup/${name}/${digest(urn).slice(0, 16)}`;
    const made = arn('elasticloadbalancing', suffix);
    return { id: made, outputs: { name, arn: made, arnSuffix: suffix } };
  },
  'aws:acm/certificate:Certificate': ({ urn, inputs }) => {
    const domain = text(inputs.domainName);
    const made = arn('acm', `certificate/${digest(urn).slice(0, 8)}-0000-4000-8000-000000000000`);
    const option = {
      domainName: domain,
      resourceRecordName: `_${digest(urn).slice(0, 32)}.${domain}.`,
      resourceRecordType: 'CNAME',
      resourceRecordValue: `_${digest(domain).slice(0, 32)}.acm-validations.aws.`,
    };
    return { id: made, outputs: { arn: made, domainValidationOptions: [option] } };
  },
  'aws:acm/certificateValidation:CertificateValidation': ({ inputs }) => ({
    id: digest(text(inputs.certificateArn)).slice(0, 12),
  }),
  'aws:wafv2/webAcl:WebAcl': ({ name, urn }) => {
    const made = arn('wafv2', `regional/webacl/${name}/${digest(urn).slice(0, 36)}`);
    return { id: digest(urn).slice(0, 36), outputs: { name, arn: made } };
  },
};

/** Names by which resources call their physical name. */
const NAME_INPUTS = ['name', 'bucket', 'identifier', 'clusterIdentifier', 'dashboardName', 'alarmName'];

/** Types whose provider adds no random suffix when no name is given. */
export function physicalName(logicalName: string, inputs: Readonly<Record<string, unknown>>): string {
  const given = NAME_INPUTS.map((input) => inputs[input]).find((value) => typeof value === 'string');
  return typeof given === 'string' ? given : `${logicalName}-${digest(logicalName).slice(0, 7)}`;
}

/** Id and outputs of a new resource: its inputs, and what AWS adds as far as programs read it. */
export function inventedResource(
  type: string,
  urn: string,
  logicalName: string,
  inputs: Readonly<Record<string, unknown>>,
): { id: string; outputs: Record<string, unknown> } {
  const name = physicalName(logicalName, inputs);
  const known = byType[type];
  if (known !== undefined) {
    const { id, outputs } = known({ urn, name, inputs });
    return { id, outputs: { ...inputs, ...outputs } };
  }
  const [, service = 'other', kind = 'resource'] = /^[^:]+:([^/:]+)[^:]*:(.+)$/.exec(type) ?? [];
  return {
    id: name,
    outputs: { arn: arn(service.toLowerCase(), `${kind.toLowerCase()}/${name}`), ...inputs },
  };
}

/** Answers to the functions that programs ask the provider. Throws for any other: it has to be added here first. */
export function inventedAnswer(
  token: string,
  args: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  switch (token) {
    case 'aws:index/getCallerIdentity:getCallerIdentity':
      return {
        id: ACCOUNT,
        accountId: ACCOUNT,
        arn: `arn:aws:iam::${ACCOUNT}:role/deployer`,
        userId: 'AROAEXAMPLE:deployer',
      };
    case 'aws:index/getRegion:getRegion':
      return { id: REGION, name: REGION, region: REGION, description: 'US East (N. Virginia)' };
    case 'aws:index/getPartition:getPartition':
      return { id: 'aws', partition: 'aws', dnsSuffix: 'amazonaws.com', reverseDnsPrefix: 'com.amazonaws' };
    case 'aws:index/getAvailabilityZones:getAvailabilityZones': {
      const zones = ['a', 'b', 'c', 'd'];
      return {
        id: REGION,
        names: zones.map((zone) => `${REGION}${zone}`),
        zoneIds: zones.map((_, index) => `use1-az${index + 1}`),
        groupNames: [REGION],
      };
    }
    default:
      throw new Error(`the stand-in has no answer to ${token}(${JSON.stringify(args)})`);
  }
}
