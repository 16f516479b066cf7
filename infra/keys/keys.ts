import * as aws from '@pulumi/aws';
import type { ComponentResourceOptions } from '@pulumi/pulumi';
import { Component } from '../component.ts';
import { type Context, keepsData } from '../context.ts';
import type { KeyHandles } from '../environment.ts';
import { policyDocument, type Statement } from '../iam/policy-document.ts';

/** The two keys of an environment. Both rotate every year; deleting one takes 30 days, in which it can be called back. */
export class Keys extends Component implements KeyHandles {
  readonly data: aws.kms.Key;
  readonly operations: aws.kms.Key;

  constructor(context: Context, options: ComponentResourceOptions) {
    super('carillon:keys:Keys', 'keys', options);
    this.data = this.key(context, 'data', 'streams, queues, database, cache, files and secrets', [
      ...(context.settings.endUserMessaging.enabled ? [eventsMayUse(context)] : []),
    ]);
    this.operations = this.key(context, 'operations', 'logs, images and alarm notices', [
      logsMayUse(context),
      noticesMayUse(context),
    ]);
    this.registerOutputs();
  }

  private key(context: Context, name: string, encrypts: string, uses: readonly Statement[]): aws.kms.Key {
    const key = new aws.kms.Key(
      name,
      {
        description: `Carillon ${context.stack}: ${encrypts}`,
        enableKeyRotation: true,
        deletionWindowInDays: 30,
        policy: policyDocument([accountAdministers(context), ...uses]),
      },
      { ...this.inside, ...keepsData(context) },
    );
    new aws.kms.Alias(name, { name: `alias/${context.prefix}${name}`, targetKeyId: key.keyId }, this.inside);
    return key;
  }
}

const accountAdministers = ({ partition, accountId }: Context): Statement => ({
  sid: 'AccountAdministersKey',
  principal: { AWS: `arn:${partition}:iam::${accountId}:root` },
  actions: ['kms:*'],
  resources: ['*'],
});

/** As AWS has it: https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html */
const logsMayUse = ({ partition, region, accountId }: Context): Statement => ({
  sid: 'CloudWatchLogsUsesKey',
  principal: { Service: `logs.${region}.amazonaws.com` },
  actions: ['kms:Encrypt', 'kms:Decrypt', 'kms:ReEncrypt*', 'kms:GenerateDataKey*', 'kms:DescribeKey'],
  resources: ['*'],
  conditions: {
    ArnLike: {
      'kms:EncryptionContext:aws:logs:arn': `arn:${partition}:logs:${region}:${accountId}:log-group:*`,
    },
  },
});

/** Events of messages are published to an encrypted topic with the topic's key, as notices are. */
const eventsMayUse = ({ accountId }: Context): Statement => ({
  sid: 'EventsUseKey',
  principal: { Service: 'sms-voice.amazonaws.com' },
  actions: ['kms:Decrypt', 'kms:GenerateDataKey*'],
  resources: ['*'],
  conditions: { StringEquals: { 'aws:SourceAccount': accountId } },
});

/**
 * Alarms and the database publish to an encrypted topic with the topic's key:
 * https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html (Enable compatibility between event sources).
 */
const noticesMayUse = ({ accountId }: Context): Statement => ({
  sid: 'NoticesUseKey',
  principal: { Service: ['cloudwatch.amazonaws.com', 'events.rds.amazonaws.com'] },
  actions: ['kms:Decrypt', 'kms:GenerateDataKey*'],
  resources: ['*'],
  conditions: { StringEquals: { 'aws:SourceAccount': accountId } },
});
