import * as aws from '@pulumi/aws';
import type { ComponentResourceOptions, Input, Resource } from '@pulumi/pulumi';
import { webhookPaths } from '#shared/carriers/webhook-addresses.ts';
import { Component } from '../component.ts';
import { type Context, keepsData } from '../context.ts';
import type { KeyHandles } from '../environment.ts';
import { assumedBy, policyDocument, tlsOnly } from '../iam/policy-document.ts';

const PUBLISHER = 'sms-voice.amazonaws.com';

/** The longest that SNS allows: https://docs.aws.amazon.com/sns/latest/dg/sns-message-delivery-retries.html */
const RETRIES = {
  numRetries: 30,
  numNoDelayRetries: 1,
  minDelayTarget: 2,
  maxDelayTarget: 150,
  numMinDelayRetries: 2,
  numMaxDelayRetries: 10,
  backoffFunction: 'exponential',
};

/**
 * A toll-free number of AWS End User Messaging: requested, with its opt-out list, its configuration set, and the topic
 * on which replies and events arrive. The number can send only after its registration has been approved, which takes 2-4 weeks
 * and is done by hand (docs/deploy.md). Opt-outs are ours: the gateway answers STOP, not AWS.
 */
export class EndUserMessaging extends Component {
  /** Of replies and of events. */
  readonly inbound: aws.sns.Topic;
  readonly configurationSet: aws.pinpoint.Smsvoicev2ConfigurationSet;

  constructor(context: Context, keys: KeyHandles, options: ComponentResourceOptions) {
    super('carillon:messaging:EndUserMessaging', 'end-user-messaging', options);
    const { prefix } = context;
    this.inbound = new aws.sns.Topic(
      'inbound-sms',
      { name: `${prefix}inbound-sms`, kmsMasterKeyId: keys.data.arn, signatureVersion: 2 },
      this.inside,
    );
    new aws.sns.TopicPolicy(
      'inbound-sms',
      {
        arn: this.inbound.arn,
        policy: policyDocument([
          {
            sid: 'PublishEvents',
            principal: { Service: PUBLISHER },
            actions: ['sns:Publish'],
            resources: [this.inbound.arn],
            conditions: { StringEquals: { 'aws:SourceAccount': context.accountId } },
          },
          tlsOnly('sns:Publish', [this.inbound.arn]),
        ]),
      },
      this.inside,
    );
    const role = new aws.iam.Role(
      'inbound-sms',
      {
        name: `${prefix}inbound-sms`,
        description: 'Puts replies to the toll-free number on their topic',
        assumeRolePolicy: assumedBy(PUBLISHER, context.accountId),
      },
      this.inside,
    );
    const policy = new aws.iam.RolePolicy(
      'inbound-sms',
      {
        role: role.name,
        policy: policyDocument([
          { sid: 'PublishReplies', actions: ['sns:Publish'], resources: [this.inbound.arn] },
          {
            sid: 'KeyOfReplies',
            actions: ['kms:Decrypt', 'kms:GenerateDataKey*'],
            resources: [keys.data.arn],
            conditions: { StringEquals: { 'kms:ViaService': `sns.${context.region}.amazonaws.com` } },
          },
        ]),
      },
      this.inside,
    );
    const optOuts = new aws.pinpoint.Smsvoicev2OptOutList(
      'opt-outs',
      { name: `${prefix}opt-outs` },
      { ...this.inside, ...keepsData(context) },
    );
    this.configurationSet = new aws.pinpoint.Smsvoicev2ConfigurationSet(
      'messages',
      { name: `${prefix}messages`, defaultMessageType: 'TRANSACTIONAL' },
      this.inside,
    );
    new aws.pinpoint.Smsvoicev2EventDestination(
      'events',
      {
        configurationSetName: this.configurationSet.name,
        eventDestinationName: 'gateway',
        matchingEventTypes: ['TEXT_ALL'],
        snsDestination: { topicArn: this.inbound.arn },
      },
      this.inside,
    );
    new aws.pinpoint.Smsvoicev2PhoneNumber(
      'toll-free',
      {
        isoCountryCode: 'US',
        numberType: 'TOLL_FREE',
        messageType: 'TRANSACTIONAL',
        numberCapabilities: ['SMS', 'VOICE'],
        optOutListName: optOuts.name,
        selfManagedOptOutsEnabled: true,
        twoWayChannelEnabled: true,
        twoWayChannelArn: this.inbound.arn,
        twoWayChannelRole: role.arn,
        deletionProtectionEnabled: context.settings.protect,
        // It becomes active with its registration, long after this deployment.
        waitForActive: false,
      },
      { ...this.inside, ...keepsData(context), dependsOn: [policy] },
    );
    this.registerOutputs();
  }

  /** What a service that sends texts may use: numbers of this account, under this configuration set. */
  sends({ partition, region, accountId }: Context): Input<string>[] {
    return [`arn:${partition}:sms-voice:${region}:${accountId}:phone-number/*`, this.configurationSet.arn];
  }

  /**
   * Has what arrives on the topic posted to the gateway, which confirms the subscription itself: so the gateway must run
   * first. A notification that is not taken is tried again for half an hour.
   */
  delivers(context: Context, gateway: readonly Resource[]): void {
    new aws.sns.TopicSubscription(
      'inbound-sms',
      {
        topic: this.inbound.arn,
        protocol: 'https',
        endpoint: `${context.publicUrl}${webhookPaths('aws').inbound}`,
        endpointAutoConfirms: true,
        confirmationTimeoutInMinutes: 5,
        deliveryPolicy: JSON.stringify({ healthyRetryPolicy: RETRIES }),
      },
      { ...this.inside, dependsOn: [...gateway] },
    );
  }
}
