import * as aws from '@pulumi/aws';
import * as pulumi from '@pulumi/pulumi';
import { type ServiceName, services } from '#shared/topology.ts';
import { Component } from '../component.ts';
import type { ObservedEnvironment } from './observed.ts';

/**
 * Tasks that end by themselves. ECS tells EventBridge of every task that stops and forgets it after an hour. A rule per
 * service matches those that nobody asked to stop; EventBridge counts what a rule matches as a metric of its own, which
 * the alarm reads, and the event goes to a log group, where its reason and exit codes can still be read later. Nothing
 * polls, and no code of ours runs that could be down at the same time.
 */
export class StoppedTasks extends Component {
  /** Names of the rules. */
  readonly rules: Readonly<Record<ServiceName, pulumi.Output<string>>>;

  constructor(environment: ObservedEnvironment, options: pulumi.ComponentResourceOptions) {
    super('carillon:observability:StoppedTasks', 'stopped-tasks', options);
    const { cluster, keys, prefix, settings } = environment;
    const logGroup = new aws.cloudwatch.LogGroup(
      'stopped-tasks',
      {
        // The prefix that EventBridge's console expects of log groups that it writes to.
        name: `/aws/events/${prefix}stopped-tasks`,
        retentionInDays: settings.logs.retentionDays,
        kmsKeyId: keys.operations.arn,
      },
      this.inside,
    );
    const permission = new aws.cloudwatch.LogResourcePolicy(
      'stopped-tasks',
      { policyName: `${prefix}stopped-tasks`, policyDocument: writing(logGroup.arn) },
      this.inside,
    );
    const rule = (service: ServiceName): pulumi.Output<string> => {
      const made = new aws.cloudwatch.EventRule(
        `${service}-stopped`,
        {
          name: `${prefix}${service}-stopped`,
          description: `Tasks of ${service} that end without being asked to`,
          eventPattern: stoppedByItself(cluster.arn, environment.services[service].name),
        },
        this.inside,
      );
      new aws.cloudwatch.EventTarget(
        `${service}-stopped`,
        { rule: made.name, arn: logGroup.arn },
        { ...this.inside, dependsOn: [permission] },
      );
      return made.name;
    };
    const names = Object.keys(services) as ServiceName[];
    this.rules = Object.fromEntries(names.map((name) => [name, rule(name)])) as Record<
      ServiceName,
      pulumi.Output<string>
    >;
    this.registerOutputs();
  }
}

/**
 * A container that ended, a task that did not start, and one that failed its health check. Not: deployments, scaling,
 * Spot interruptions and people, who all say so.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs_task_events.html
 */
export const stoppedByItself = (clusterArn: pulumi.Input<string>, service: string): pulumi.Output<string> =>
  pulumi.jsonStringify({
    source: ['aws.ecs'],
    'detail-type': ['ECS Task State Change'],
    detail: {
      clusterArn: [clusterArn],
      group: [`service:${service}`],
      lastStatus: ['STOPPED'],
      $or: [
        { stopCode: ['EssentialContainerExited', 'TaskFailedToStart'] },
        { stoppedReason: [{ prefix: 'Task failed' }] },
      ],
    },
  });

const writing = (logGroupArn: pulumi.Output<string>): pulumi.Output<string> =>
  pulumi.jsonStringify({
    Version: '2012-10-17',
    Statement: [
      {
        Sid: 'EventsOfStoppedTasks',
        Effect: 'Allow',
        Principal: { Service: ['events.amazonaws.com', 'delivery.logs.amazonaws.com'] },
        Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
        Resource: pulumi.interpolate`${logGroupArn}:*`,
      },
    ],
  });
