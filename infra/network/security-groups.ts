import * as aws from '@pulumi/aws';
import type { ComponentResourceOptions, Input } from '@pulumi/pulumi';
import { HEALTH_PORT, PUBLIC_PORT } from '#shared/container.ts';
import { Component } from '../component.ts';
import type { Context } from '../context.ts';
import { CACHE_PORTS, DATABASE_PORT } from '../ports.ts';
import type { Network } from './network.ts';

type Peer =
  | { cidrIpv4: string }
  | { referencedSecurityGroupId: Input<string> }
  | { prefixListId: Input<string> };

const ANYWHERE: Peer = { cidrIpv4: '0.0.0.0/0' };
const to = (group: aws.ec2.SecurityGroup): Peer => ({ referencedSecurityGroupId: group.id });

/**
 * Who may open a connection to whom. Every task is in `tasks`; those with public paths also in `reachable`, those that
 * speak to carriers also in `carriers`, those that deliver webhooks in `webhooks`. What is not listed here is refused.
 */
export class SecurityGroups extends Component {
  readonly loadBalancer: aws.ec2.SecurityGroup;
  readonly tasks: aws.ec2.SecurityGroup;
  readonly reachable: aws.ec2.SecurityGroup;
  readonly carriers: aws.ec2.SecurityGroup;
  readonly webhooks: aws.ec2.SecurityGroup;
  readonly database: aws.ec2.SecurityGroup;
  readonly cache: aws.ec2.SecurityGroup;

  constructor(context: Context, network: Network, options: ComponentResourceOptions) {
    super('carillon:network:SecurityGroups', 'security-groups', options);
    const group = (name: string, description: string): aws.ec2.SecurityGroup =>
      new aws.ec2.SecurityGroup(
        name,
        { vpcId: network.vpc.id, name: `${context.prefix}${name}`, description },
        this.inside,
      );
    this.loadBalancer = group('load-balancer', 'Load balancer: carriers and people');
    this.tasks = group('tasks', 'Every task');
    this.reachable = group('reachable', 'Tasks with public paths');
    this.carriers = group('carriers', 'Tasks that speak to carriers');
    this.webhooks = group('webhooks', 'Tasks that deliver webhooks');
    this.database = group('database', 'PostgreSQL');
    this.cache = group('cache', 'Valkey');

    this.ingress('web-https', this.loadBalancer, 443, ANYWHERE, 'HTTPS from carriers and people');
    this.ingress('web-http', this.loadBalancer, 80, ANYWHERE, 'HTTP, to be redirected to HTTPS');
    this.connection('web', this.loadBalancer, this.reachable, PUBLIC_PORT, 'requests');
    this.connection('health', this.loadBalancer, this.reachable, HEALTH_PORT, 'health checks');
    this.connection('database', this.tasks, this.database, DATABASE_PORT, 'PostgreSQL');
    for (const port of CACHE_PORTS) this.connection(`cache-${port}`, this.tasks, this.cache, port, 'Valkey');
    this.egress('carriers-https', this.carriers, 443, ANYWHERE, "HTTPS to carriers' APIs");
    this.egress('webhooks-https', this.webhooks, 443, ANYWHERE, "HTTPS to the organisation's other systems");
    if (context.settings.web.signIn !== undefined) {
      this.egress('sign-in-https', this.loadBalancer, 443, ANYWHERE, 'HTTPS to the identity provider');
      this.waysToSigningKeys(network);
    }
    this.waysToAws(network);
    this.registerOutputs();
  }

  /**
   * What the load balancer says of who signed in is signed; the keys are at a public address that no endpoint reaches
   * (public-keys.auth.elb.REGION.amazonaws.com). Where tasks reach AWS through the NAT they have a way there already.
   */
  private waysToSigningKeys({ endpoints }: Network): void {
    if (endpoints.securityGroup === undefined) return;
    this.egress('sign-in-keys', this.reachable, 443, ANYWHERE, "HTTPS to the load balancer's signing keys");
  }

  /** Without endpoints, AWS's APIs have public addresses that change: HTTPS to anywhere is the least that works. */
  private waysToAws({ endpoints }: Network): void {
    const { securityGroup, s3PrefixList } = endpoints;
    if (securityGroup === undefined) {
      this.egress('tasks-aws', this.tasks, 443, ANYWHERE, 'HTTPS to AWS, through the NAT');
      return;
    }
    this.connection('aws', this.tasks, securityGroup, 443, 'AWS, through endpoints');
    this.egress(
      'tasks-s3',
      this.tasks,
      443,
      { prefixListId: s3PrefixList },
      'HTTPS to S3, through its gateway',
    );
  }

  private connection(
    name: string,
    from: aws.ec2.SecurityGroup,
    target: aws.ec2.SecurityGroup,
    port: number,
    what: string,
  ): void {
    this.egress(`${name}-out`, from, port, to(target), `Out: ${what}`);
    this.ingress(`${name}-in`, target, port, to(from), `In: ${what}`);
  }

  private ingress(
    name: string,
    group: aws.ec2.SecurityGroup,
    port: number,
    from: Peer,
    description: string,
  ): void {
    new aws.vpc.SecurityGroupIngressRule(name, { ...rule(group, port, description), ...from }, this.inside);
  }

  private egress(
    name: string,
    group: aws.ec2.SecurityGroup,
    port: number,
    target: Peer,
    description: string,
  ): void {
    new aws.vpc.SecurityGroupEgressRule(name, { ...rule(group, port, description), ...target }, this.inside);
  }
}

const rule = (group: aws.ec2.SecurityGroup, port: number, description: string) => ({
  securityGroupId: group.id,
  ipProtocol: 'tcp',
  fromPort: port,
  toPort: port,
  description,
});
