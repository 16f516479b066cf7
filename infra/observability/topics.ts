import * as aws from '@pulumi/aws';
import * as pulumi from '@pulumi/pulumi';
import { Component } from '../component.ts';
import type { ObservedEnvironment } from './observed.ts';

/**
 * Where alarms are told. `notices` is for people: one notice per context, by mail to the configured addresses. `details`
 * has every single alarm, for whoever wants to subscribe a chat or a pager; nobody is subscribed by default.
 */
export class AlarmTopics extends Component {
  readonly notices: aws.sns.Topic;
  readonly details: aws.sns.Topic;

  constructor(environment: ObservedEnvironment, accountId: string, options: pulumi.ComponentResourceOptions) {
    super('carillon:observability:AlarmTopics', 'alarm-topics', options);
    const { keys, prefix, settings } = environment;
    const topic = (name: 'notices' | 'details'): aws.sns.Topic => {
      const made = new aws.sns.Topic(
        `alarm-${name}`,
        { name: `${prefix}alarm-${name}`, kmsMasterKeyId: keys.operations.arn },
        this.inside,
      );
      new aws.sns.TopicPolicy(
        `alarm-${name}-policy`,
        { arn: made.arn, policy: topicPolicy(made.arn, accountId) },
        this.inside,
      );
      return made;
    };
    this.notices = topic('notices');
    this.details = topic('details');
    settings.alarms.emails.forEach((email, index) => {
      new aws.sns.TopicSubscription(
        `alarm-notices-${index}`,
        { topic: this.notices.arn, protocol: 'email', endpoint: email },
        this.inside,
      );
    });
    this.registerOutputs();
  }
}

/** Alarms and the database of this account may publish; nobody may do anything without TLS. */
const topicPolicy = (arn: pulumi.Output<string>, accountId: string): pulumi.Output<string> =>
  pulumi.jsonStringify({
    Version: '2012-10-17',
    Statement: [
      {
        Sid: 'NoticesOfThisAccount',
        Effect: 'Allow',
        Principal: { Service: ['cloudwatch.amazonaws.com', 'events.rds.amazonaws.com'] },
        Action: 'sns:Publish',
        Resource: arn,
        Condition: { StringEquals: { 'aws:SourceAccount': accountId } },
      },
      {
        Sid: 'OnlyWithTls',
        Effect: 'Deny',
        Principal: '*',
        Action: 'sns:Publish',
        Resource: arn,
        Condition: { Bool: { 'aws:SecureTransport': 'false' } },
      },
    ],
  });
