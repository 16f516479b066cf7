import * as aws from '@pulumi/aws';
import { type ComponentResourceOptions, interpolate } from '@pulumi/pulumi';
import { Component } from '../component.ts';
import type { Context } from '../context.ts';
import type { KeyHandles } from '../environment.ts';
import { assumedBy, policyDocument } from '../iam/policy-document.ts';

/**
 * Who spoke to whom in the network, kept as long as other logs. The role may what AWS says it must at least:
 * https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-iam-role.html
 */
export class FlowLogs extends Component {
  constructor(context: Context, vpc: aws.ec2.Vpc, keys: KeyHandles, options: ComponentResourceOptions) {
    super('carillon:network:FlowLogs', 'flow-logs', options);
    const logs = new aws.cloudwatch.LogGroup(
      'flow-logs',
      {
        name: `/carillon/${context.stack}/network`,
        retentionInDays: context.settings.logs.retentionDays,
        kmsKeyId: keys.operations.arn,
      },
      this.inside,
    );
    const role = new aws.iam.Role(
      'flow-logs',
      {
        name: `${context.prefix}flow-logs`,
        description: 'Writes the flow logs of the network',
        assumeRolePolicy: assumedBy('vpc-flow-logs.amazonaws.com', context.accountId),
      },
      this.inside,
    );
    const policy = new aws.iam.RolePolicy(
      'flow-logs',
      {
        role: role.name,
        policy: policyDocument([
          {
            sid: 'WriteFlowLogs',
            actions: [
              'logs:CreateLogGroup',
              'logs:CreateLogStream',
              'logs:PutLogEvents',
              'logs:DescribeLogStreams',
            ],
            resources: [logs.arn, interpolate`${logs.arn}:log-stream:*`],
          },
          {
            // It finds its group by listing them; that action knows no single group.
            sid: 'FindLogGroup',
            actions: ['logs:DescribeLogGroups'],
            resources: [`arn:${context.partition}:logs:${context.region}:${context.accountId}:log-group:*`],
          },
        ]),
      },
      this.inside,
    );
    new aws.ec2.FlowLog(
      'flow-logs',
      {
        vpcId: vpc.id,
        trafficType: context.settings.network.flowLogs,
        logDestinationType: 'cloud-watch-logs',
        logDestination: logs.arn,
        iamRoleArn: role.arn,
      },
      { ...this.inside, dependsOn: [policy] },
    );
    this.registerOutputs();
  }
}
