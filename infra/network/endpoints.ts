import * as aws from '@pulumi/aws';
import type { ComponentResourceOptions, Output } from '@pulumi/pulumi';
import { Component } from '../component.ts';
import type { Context } from '../context.ts';

/**
 * AWS services that tasks speak to, or ECS on their behalf. S3 holds the layers of the image and costs nothing through
 * its gateway. No task speaks to STS: credentials come from the agent of ECS, and tokens for the database are signed
 * without asking anybody. EC2 neither; its endpoint is there because control EC2.10 wants it.
 */
const INTERFACES = [
  'ec2',
  'ecr.api',
  'ecr.dkr',
  'kinesis-streams',
  'kms',
  'logs',
  'secretsmanager',
  'sqs',
] as const;

/** Private ways to AWS's own services: S3 always, the others when the environment wants them. */
export class Endpoints extends Component {
  /** Addresses of S3, for the rules of security groups. */
  readonly s3PrefixList: Output<string>;
  /** Group of the interface endpoints; undefined when tasks reach AWS through the NAT. */
  readonly securityGroup: aws.ec2.SecurityGroup | undefined;

  constructor(
    { settings, region, prefix }: Context,
    network: {
      vpc: aws.ec2.Vpc;
      subnets: readonly Output<string>[];
      routeTables: readonly Output<string>[];
    },
    options: ComponentResourceOptions,
  ) {
    super('carillon:network:Endpoints', 'endpoints', options);
    const vpcId = network.vpc.id;
    const s3 = new aws.ec2.VpcEndpoint(
      's3',
      {
        vpcId,
        vpcEndpointType: 'Gateway',
        serviceName: `com.amazonaws.${region}.s3`,
        routeTableIds: [...network.routeTables],
      },
      this.inside,
    );
    this.s3PrefixList = s3.prefixListId;
    if (settings.network.interfaceEndpoints) {
      const group = new aws.ec2.SecurityGroup(
        'endpoints',
        { vpcId, name: `${prefix}endpoints`, description: "AWS's own services, for tasks" },
        this.inside,
      );
      this.securityGroup = group;
      const wanted = [...INTERFACES, ...(settings.agent === undefined ? [] : ['bedrock-agent-runtime'])];
      for (const service of wanted) {
        new aws.ec2.VpcEndpoint(
          service,
          {
            vpcId,
            vpcEndpointType: 'Interface',
            serviceName: `com.amazonaws.${region}.${service}`,
            privateDnsEnabled: true,
            subnetIds: [...network.subnets],
            securityGroupIds: [group.id],
          },
          this.inside,
        );
      }
    }
    this.registerOutputs();
  }
}
