import * as aws from '@pulumi/aws';
import type { ComponentResourceOptions, Output } from '@pulumi/pulumi';
import { Component } from '../component.ts';
import type { Context } from '../context.ts';
import type { KeyHandles } from '../environment.ts';
import { addressPlan } from './address-plan.ts';
import { Endpoints } from './endpoints.ts';
import { FlowLogs } from './flow-logs.ts';

/** The zones of the region, in a fixed order. */
export async function availabilityZones(
  count: number,
  options: { provider: aws.Provider },
): Promise<string[]> {
  const { names } = await aws.getAvailabilityZones(
    { state: 'available', filters: [{ name: 'opt-in-status', values: ['opt-in-not-required'] }] },
    options,
  );
  if (names.length < count) throw new Error(`the region has ${names.length} zones; ${count} are wanted`);
  return names.slice(0, count);
}

/**
 * One VPC. Public subnets hold the load balancer and NAT only, private ones the tasks, isolated ones what keeps data
 * and has no way out. With one NAT gateway all zones leave through the first.
 */
export class Network extends Component {
  readonly vpc: aws.ec2.Vpc;
  readonly publicSubnets: Output<string>[] = [];
  readonly privateSubnets: Output<string>[] = [];
  readonly isolatedSubnets: Output<string>[] = [];
  readonly endpoints: Endpoints;

  constructor(
    context: Context,
    zones: readonly string[],
    keys: KeyHandles,
    options: ComponentResourceOptions,
  ) {
    super('carillon:network:Network', 'network', options);
    const { network } = context.settings;
    this.vpc = new aws.ec2.Vpc(
      'vpc',
      {
        cidrBlock: network.cidr,
        enableDnsSupport: true,
        enableDnsHostnames: true,
        tags: { Name: `${context.prefix}vpc` },
      },
      this.inside,
    );
    // Nothing may use the group that everything without a group would get: it is left without rules.
    new aws.ec2.DefaultSecurityGroup('default', { vpcId: this.vpc.id, ingress: [], egress: [] }, this.inside);
    const internet = new aws.ec2.InternetGateway('internet', { vpcId: this.vpc.id }, this.inside);
    const publicRoutes = this.routes('public');
    new aws.ec2.Route(
      'public-internet',
      { routeTableId: publicRoutes.id, destinationCidrBlock: '0.0.0.0/0', gatewayId: internet.id },
      this.inside,
    );
    const isolatedRoutes = this.routes('isolated');
    const nats: aws.ec2.NatGateway[] = [];
    const privateRoutes: aws.ec2.RouteTable[] = [];
    for (const [index, ranges] of addressPlan(network.cidr, zones.length).entries()) {
      const zone = { number: index + 1, name: zones[index] ?? '' };
      const open = this.subnet(context, 'public', zone, ranges.public, publicRoutes);
      this.publicSubnets.push(open.id);
      if (index < network.natGateways) nats.push(this.nat(zone.number, open, internet));
      const routes = this.routes(`private-${zone.number}`);
      privateRoutes.push(routes);
      this.privateSubnets.push(this.subnet(context, 'private', zone, ranges.private, routes).id);
      this.isolatedSubnets.push(this.subnet(context, 'isolated', zone, ranges.isolated, isolatedRoutes).id);
      const nat = nats[index] ?? nats[0];
      if (nat === undefined) throw new Error('a network has at least one NAT gateway');
      new aws.ec2.Route(
        `private-${zone.number}-out`,
        { routeTableId: routes.id, destinationCidrBlock: '0.0.0.0/0', natGatewayId: nat.id },
        this.inside,
      );
    }
    this.endpoints = new Endpoints(
      context,
      { vpc: this.vpc, subnets: this.privateSubnets, routeTables: privateRoutes.map(({ id }) => id) },
      this.inside,
    );
    new FlowLogs(context, this.vpc, keys, this.inside);
    this.registerOutputs();
  }

  private routes(name: string): aws.ec2.RouteTable {
    return new aws.ec2.RouteTable(name, { vpcId: this.vpc.id, tags: { Name: name } }, this.inside);
  }

  private subnet(
    context: Context,
    kind: 'public' | 'private' | 'isolated',
    zone: { number: number; name: string },
    cidrBlock: string,
    routes: aws.ec2.RouteTable,
  ): aws.ec2.Subnet {
    const name = `${kind}-${zone.number}`;
    const subnet = new aws.ec2.Subnet(
      name,
      {
        vpcId: this.vpc.id,
        cidrBlock,
        availabilityZone: zone.name,
        mapPublicIpOnLaunch: false,
        tags: { Name: `${context.prefix}${name}` },
      },
      this.inside,
    );
    new aws.ec2.RouteTableAssociation(name, { subnetId: subnet.id, routeTableId: routes.id }, this.inside);
    return subnet;
  }

  private nat(zone: number, subnet: aws.ec2.Subnet, internet: aws.ec2.InternetGateway): aws.ec2.NatGateway {
    const address = new aws.ec2.Eip(`nat-${zone}`, { domain: 'vpc' }, this.inside);
    return new aws.ec2.NatGateway(
      `nat-${zone}`,
      { subnetId: subnet.id, allocationId: address.allocationId },
      { ...this.inside, dependsOn: [internet] },
    );
  }
}
