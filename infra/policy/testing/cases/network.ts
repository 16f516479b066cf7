import { byInputs, byPointer, type Case, type Cases, sample } from '../sample.ts';

const VPC = 'aws:ec2/vpc:Vpc';
const GROUP = 'aws:ec2/securityGroup:SecurityGroup';
const INGRESS = 'aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule';
const EGRESS = 'aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule';

const from = (cidrIpv4: string, fromPort: number, toPort = fromPort, ipProtocol = 'tcp') => ({
  cidrIpv4,
  fromPort,
  toPort,
  ipProtocol,
});
const world = (port: number, toPort = port) => from('0.0.0.0/0', port, toPort);
const all = { cidrIpv4: '0.0.0.0/0', ipProtocol: '-1' };
const inside = from('10.40.0.0/16', 5433);
const endpoint = (service: string): Case => {
  const pointed = {
    type: 'aws:ec2/vpcEndpoint:VpcEndpoint',
    by: 'vpcId',
    inputs: { serviceName: `com.amazonaws.us-east-1.${service}` },
  };
  return byPointer(VPC, pointed, { serviceName: 'com.amazonaws.us-east-1.s3' });
};

export const networkCases: Cases = {
  'default-group-closed': byPointer(
    VPC,
    {
      type: 'aws:ec2/defaultSecurityGroup:DefaultSecurityGroup',
      by: 'vpcId',
      inputs: { ingress: [], egress: [] },
    },
    { ingress: [{ protocol: '-1' }], egress: [] },
    { ingress: [], egress: [{ protocol: '-1' }] },
  ),
  'flow-logs': byPointer(VPC, { type: 'aws:ec2/flowLog:FlowLog', by: 'vpcId' }),
  'subnet-without-public-ips': byInputs(
    'aws:ec2/subnet:Subnet',
    { mapPublicIpOnLaunch: false },
    { mapPublicIpOnLaunch: true },
  ),
  'world-only-to-web-ports': byInputs(INGRESS, world(443), world(8000), world(80, 443), all),
  'risky-ports-closed': {
    good: [sample(INGRESS, world(443)), sample(INGRESS, from('10.40.0.0/16', 22))],
    bad: [
      sample(INGRESS, world(22)),
      sample(INGRESS, world(3389)),
      sample(GROUP, { ingress: [{ protocol: 'tcp', fromPort: 20, toPort: 30, cidrBlocks: ['0.0.0.0/0'] }] }),
      sample(INGRESS, { cidrIpv6: '::/0', fromPort: 5432, toPort: 5432, ipProtocol: 'tcp' }),
    ],
  },
  'http-port-closed': byInputs(INGRESS, world(443), world(80), world(1, 100)),
  'not-all-ports-open': byInputs(INGRESS, world(443), all, world(0, 65_535)),
  'rules-described': {
    good: [sample(INGRESS, { ...inside, description: 'tasks' })],
    bad: [
      sample(EGRESS, inside),
      sample(GROUP, { description: 'Managed by Pulumi' }),
      sample(GROUP, { description: 'tasks', ingress: [{ protocol: 'tcp' }] }),
    ],
  },
  'egress-limited': byInputs(EGRESS, world(443), all),
  'groups-in-use': {
    good: [
      sample(GROUP, {}, { pointedAt: [{ type: 'aws:ecs/service:Service', by: 'networkConfiguration' }] }),
    ],
    bad: [sample(GROUP, {}), sample(GROUP, {}, { pointedAt: [{ type: INGRESS, by: 'securityGroupId' }] })],
  },
  'endpoint-ec2': endpoint('ec2'),
  'endpoint-ecr-api': endpoint('ecr.api'),
  'endpoint-ecr-images': endpoint('ecr.dkr'),
};
