import {
  type Bill,
  gigabytes,
  listOf,
  MONTH_HOURS,
  messagesPerMonth,
  millions,
  type Rules,
  requestsPerMonth,
  sharing,
} from '../line.ts';

const natGigabytes = (bill: Bill): number =>
  gigabytes(messagesPerMonth(bill) * bill.assumptions.natBytesPerMessage) + bill.assumptions.idleNatGigabytes;

/** A unit of capacity carries 25 new connections a second, or a GB an hour; webhooks keep connections and are small. */
const REQUESTS_PER_LCU_SECOND = 25;

export const networkRules: Rules = {
  'aws:ec2/natGateway:NatGateway': (gateway, bill) => [
    { price: 'natHour', quantity: MONTH_HOURS },
    { price: 'natData', quantity: natGigabytes(bill) / sharing(gateway, bill) },
  ],
  'aws:ec2/eip:Eip': () => [{ price: 'publicAddress', quantity: MONTH_HOURS }],
  'aws:ec2/vpc:Vpc': (_vpc, bill) => [
    {
      price: 'internetOut',
      quantity: gigabytes(messagesPerMonth(bill) * bill.assumptions.internetBytesPerMessage),
    },
    {
      price: 'zoneTransfer',
      quantity: gigabytes(messagesPerMonth(bill) * bill.assumptions.zoneBytesPerMessage),
    },
  ],
  'aws:ec2/vpcEndpoint:VpcEndpoint': ({ inputs }, bill) => {
    if (inputs.vpcEndpointType !== 'Interface') return [];
    const endpoints = bill.resources.filter(
      (other) =>
        other.type === 'aws:ec2/vpcEndpoint:VpcEndpoint' && other.inputs.vpcEndpointType === 'Interface',
    ).length;
    return [
      { price: 'endpointHour', quantity: listOf(inputs.subnetIds).length * MONTH_HOURS },
      { price: 'endpointData', quantity: natGigabytes(bill) / endpoints },
    ];
  },
  'aws:lb/loadBalancer:LoadBalancer': ({ inputs }, bill) => [
    { price: 'balancerHour', quantity: MONTH_HOURS },
    {
      price: 'balancerCapacity',
      quantity: requestsPerMonth(bill) / 3_600 / REQUESTS_PER_LCU_SECOND,
    },
    // One public address in each subnet.
    { price: 'publicAddress', quantity: listOf(inputs.subnets).length * MONTH_HOURS },
  ],
  'aws:wafv2/webAcl:WebAcl': ({ inputs }, bill) => [
    { price: 'firewall', quantity: 1 },
    { price: 'firewallRule', quantity: listOf(inputs.rules).length },
    { price: 'firewallRequests', quantity: millions(requestsPerMonth(bill)) },
  ],
  'aws:wafv2/webAclAssociation:WebAclAssociation': { free: 'charged with the firewall' },
  'aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration': { free: 'charged with the log group' },
  'aws:lb/listener:Listener': { free: 'charged with the load balancer' },
  'aws:lb/listenerRule:ListenerRule': { free: 'charged with the load balancer' },
  'aws:lb/targetGroup:TargetGroup': { free: 'charged with the load balancer' },
  'aws:acm/certificate:Certificate': { free: 'public certificates are free' },
  'aws:acm/certificateValidation:CertificateValidation': { free: 'a wait, not a thing' },
  'aws:route53/record:Record': { free: 'aliases are free; the zone is not of this program' },
  'aws:ec2/defaultSecurityGroup:DefaultSecurityGroup': { free: 'AWS does not charge for it' },
  'aws:ec2/flowLog:FlowLog': { free: 'charged with its log group' },
  'aws:ec2/internetGateway:InternetGateway': {
    free: 'AWS does not charge for it; traffic is charged with the network',
  },
  'aws:ec2/route:Route': { free: 'AWS does not charge for it' },
  'aws:ec2/routeTable:RouteTable': { free: 'AWS does not charge for it' },
  'aws:ec2/routeTableAssociation:RouteTableAssociation': { free: 'AWS does not charge for it' },
  'aws:ec2/securityGroup:SecurityGroup': { free: 'AWS does not charge for it' },
  'aws:ec2/subnet:Subnet': { free: 'AWS does not charge for it' },
  'aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule': { free: 'AWS does not charge for it' },
  'aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule': { free: 'AWS does not charge for it' },
};
