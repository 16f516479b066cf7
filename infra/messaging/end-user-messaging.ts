import * as aws from '@pulumi/aws';
import type { ComponentResourceOptions } from '@pulumi/pulumi';
import { Component } from '../component.ts';
import { type Context, keepsData } from '../context.ts';
import type { KeyHandles } from '../environment.ts';
import { assumedBy, policyDocument, tlsOnly } from '../iam/policy-document.ts';

/**
 * A toll-free number of AWS End User Messaging: requested, with its opt-out list, its configuration set, and the topic
 * on which replies arrive. The number can send only after its registration has been approved, which takes 2-4 weeks
 * and is done by hand (docs/deploy.md). Opt-outs are ours: the gateway answers STOP, not AWS.
 */
export class EndUserMessaging extends Component {
  readonly inbound: aws.sns.Topic;

  constructor(context: Context, keys: KeyHandles, options: ComponentResourceOptions) {
    super('carillon:messaging:EndUserMessaging', 'end-user-messaging', options);
    const { prefix } = context;
    this.inbound = new aws.sns.Topic(
      'inbound-sms',
      { name: `${prefix}inbound-sms`, kmsMasterKeyId: keys.data.arn },
      this.inside,
    );
    new aws.sns.TopicPolicy(
      'inbound-sms',
      {
        arn: this.inbound.arn,
        policy: policyDocument([tlsOnly('sns:Publish', [this.inbound.arn])]),
      },
      this.inside,
    );
    const role = new aws.iam.Role(
      'inbound-sms',
      {
        name: `${prefix}inbound-sms`,
        description: 'Puts replies to the toll-free number on their topic',
        assumeRolePolicy: assumedBy('sms-voice.amazonaws.com', context.accountId),
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
    new aws.pinpoint.Smsvoicev2ConfigurationSet(
      'messages',
      { name: `${prefix}messages`, defaultMessageType: 'TRANSACTIONAL' },
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
}
