import { type Control, type Resource, stackOf, when } from '../control.ts';
import { isTrue, listAt, numberAt, objectsAt, pointingAt, textAt } from '../inputs.ts';

const VPCS = ['aws:ec2/vpc:Vpc'];
const GROUP = 'aws:ec2/securityGroup:SecurityGroup';
const INGRESS = 'aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule';
const EGRESS = 'aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule';
const OLD_RULE = 'aws:ec2/securityGroupRule:SecurityGroupRule';

/** One opening of a security group, whichever resource says it. */
interface Opening {
  protocol: string;
  from: number;
  to: number;
  toWorld: boolean;
}

const WORLD = ['0.0.0.0/0', '::/0'];
const ANY = { from: 0, to: 65_535 };

function opening(rule: Readonly<Record<string, unknown>>): Opening {
  const protocol = textAt(rule, 'ipProtocol') || textAt(rule, 'protocol');
  const all = protocol === '-1' || protocol === 'all';
  const networks = [
    textAt(rule, 'cidrIpv4'),
    textAt(rule, 'cidrIpv6'),
    ...listAt(rule, 'cidrBlocks'),
    ...listAt(rule, 'ipv6CidrBlocks'),
  ];
  return {
    protocol,
    from: all ? ANY.from : (numberAt(rule, 'fromPort') ?? ANY.from),
    to: all ? ANY.to : (numberAt(rule, 'toPort') ?? ANY.to),
    toWorld: networks.some((network) => WORLD.some((world) => world === network)),
  };
}

/** What a resource lets in (`ingress`) or out (`egress`). */
function openings({ type, inputs }: Resource, way: 'ingress' | 'egress'): readonly Opening[] {
  if (type === GROUP) return objectsAt(inputs, way).map(opening);
  if (type === OLD_RULE) return textAt(inputs, 'type') === way ? [opening(inputs)] : [];
  return type === (way === 'ingress' ? INGRESS : EGRESS) ? [opening(inputs)] : [];
}

const lets = (resource: Resource, port: number): boolean =>
  openings(resource, 'ingress').some(({ toWorld, from, to }) => toWorld && from <= port && port <= to);

/** Ports that nobody opens to the world on purpose: shells, databases, directories (the list of EC2.19). */
const RISKY_PORTS = [
  20, 21, 22, 23, 25, 110, 135, 143, 445, 1433, 1434, 3000, 3306, 3389, 4333, 5000, 5432, 5500, 5601, 8080,
  8088, 8888, 9200, 9300,
];
/** Ports that may be open to the world. */
const PUBLIC_PORTS = [80, 443];

const IN_RULES = [GROUP, INGRESS, OLD_RULE];
const OUT_RULES = [GROUP, EGRESS, OLD_RULE];

const endpointFor = (service: string) => (vpc: Resource, stack: readonly Resource[]) =>
  when(
    !pointingAt(vpc, stack, 'aws:ec2/vpcEndpoint:VpcEndpoint', 'vpcId').some(({ inputs }) =>
      textAt(inputs, 'serviceName').endsWith(`.${service}`),
    ),
    `no endpoint for ${service}: its traffic goes through the NAT gateway`,
  );
const notProduction = (resource: Resource): boolean => !stackOf(resource).startsWith('prod');

export const networkControls: readonly Control[] = [
  {
    name: 'default-group-closed',
    ids: ['EC2.2', 'CKV2_AWS_12'],
    title: 'The default security group of a network lets nothing in or out.',
    types: VPCS,
    across: true,
    check: (vpc, stack) => {
      const groups = pointingAt(vpc, stack, 'aws:ec2/defaultSecurityGroup:DefaultSecurityGroup', 'vpcId');
      return when(
        groups.length === 0 ||
          groups.some(
            ({ inputs }) => listAt(inputs, 'ingress').length > 0 || listAt(inputs, 'egress').length > 0,
          ),
        'its default security group is open',
      );
    },
  },
  {
    name: 'flow-logs',
    ids: ['EC2.6', 'CKV2_AWS_11'],
    title: 'A network logs its connections.',
    types: VPCS,
    across: true,
    check: (vpc, stack) =>
      when(pointingAt(vpc, stack, 'aws:ec2/flowLog:FlowLog', 'vpcId').length === 0, 'no flow log'),
  },
  {
    name: 'subnet-without-public-ips',
    ids: ['EC2.15', 'CKV_AWS_130'],
    title: 'Subnets give out no public addresses by themselves.',
    types: ['aws:ec2/subnet:Subnet'],
    check: ({ inputs }) => when(isTrue(inputs, 'mapPublicIpOnLaunch'), 'it gives out public addresses'),
  },
  {
    name: 'world-only-to-web-ports',
    ids: ['EC2.18'],
    title: 'The world reaches the ports of the web only.',
    types: IN_RULES,
    check: (resource) =>
      when(
        openings(resource, 'ingress').some(
          ({ toWorld, from, to }) => toWorld && !(from === to && PUBLIC_PORTS.includes(from)),
        ),
        'another port than 80 and 443 is open to the world',
      ),
  },
  {
    name: 'risky-ports-closed',
    ids: ['EC2.19', 'CKV_AWS_24', 'CKV_AWS_25'],
    title: 'The world reaches no shell, remote desktop, database or directory.',
    types: IN_RULES,
    check: (resource) => {
      const open = RISKY_PORTS.filter((port) => lets(resource, port));
      return when(open.length > 0, `open to the world: ${open.join(', ')}`);
    },
  },
  {
    name: 'http-port-closed',
    ids: ['CKV_AWS_260'],
    title: 'The world does not reach port 80.',
    types: IN_RULES,
    check: (resource) => when(lets(resource, 80), 'port 80 is open to the world'),
  },
  {
    name: 'not-all-ports-open',
    ids: ['CKV_AWS_277'],
    title: 'No group lets the world in on all ports.',
    types: IN_RULES,
    check: (resource) =>
      when(
        openings(resource, 'ingress').some(({ toWorld, from, to }) => toWorld && from <= 0 && to >= ANY.to),
        'all ports are open to the world',
      ),
  },
  {
    name: 'rules-described',
    ids: ['CKV_AWS_23'],
    title: 'Security groups and their rules say what they are for.',
    types: [...IN_RULES, EGRESS],
    check: ({ type, inputs }) =>
      when(
        ['', 'Managed by Pulumi', 'Managed by Terraform'].includes(textAt(inputs, 'description')) ||
          (type === GROUP &&
            [...objectsAt(inputs, 'ingress'), ...objectsAt(inputs, 'egress')].some(
              (rule) => textAt(rule, 'description') === '',
            )),
        'no description',
      ),
  },
  {
    name: 'egress-limited',
    ids: ['CKV_AWS_382'],
    title: 'No group lets everything out to everywhere.',
    types: OUT_RULES,
    check: (resource) =>
      when(
        openings(resource, 'egress').some(({ toWorld, from, to }) => toWorld && from <= 0 && to >= ANY.to),
        'everything may go everywhere',
      ),
  },
  {
    name: 'groups-in-use',
    ids: ['CKV2_AWS_5'],
    title: 'Security groups belong to something.',
    types: [GROUP],
    across: true,
    check: ({ urn }, stack) =>
      when(
        !stack.some(
          ({ type, propertyDependencies }) =>
            ![INGRESS, EGRESS, OLD_RULE].includes(type) &&
            Object.values(propertyDependencies).some((urns) => urns.includes(urn)),
        ),
        'nothing has it',
      ),
  },
  {
    name: 'endpoint-ec2',
    ids: ['EC2.10'],
    title: 'In production, requests to EC2 do not leave the network.',
    types: VPCS,
    unless: notProduction,
    across: true,
    check: endpointFor('ec2'),
  },
  {
    name: 'endpoint-ecr-api',
    ids: ['EC2.55'],
    title: 'In production, requests to the image registry do not leave the network.',
    types: VPCS,
    unless: notProduction,
    across: true,
    check: endpointFor('ecr.api'),
  },
  {
    name: 'endpoint-ecr-images',
    ids: ['EC2.56'],
    title: 'In production, pulls of images do not leave the network.',
    types: VPCS,
    unless: notProduction,
    across: true,
    check: endpointFor('ecr.dkr'),
  },
];
