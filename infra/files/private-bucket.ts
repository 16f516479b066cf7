import * as aws from '@pulumi/aws';
import { type ComponentResourceOptions, interpolate } from '@pulumi/pulumi';
import { Component } from '../component.ts';
import { type Context, keepsData } from '../context.ts';
import { policyDocument, type Statement, tlsOnly } from '../iam/policy-document.ts';

export interface PrivateBucketParts {
  /** Last part of the bucket's name; account and region make it unique in the world. */
  name: string;
  /** Undefined: with S3's own key, for what AWS itself writes and cannot write with ours. */
  key: aws.kms.Key | undefined;
  /** Where requests are logged; undefined for the bucket of logs itself. */
  logsTo: aws.s3.Bucket | undefined;
  lifecycle: readonly aws.types.input.s3.BucketLifecycleConfigurationRule[];
  /** Who may do what besides this account's roles. */
  statements(bucket: aws.s3.Bucket): readonly Statement[];
}

/** A bucket that nobody outside can read, in which nothing is overwritten for good, and which speaks TLS only. */
export class PrivateBucket extends Component {
  readonly bucket: aws.s3.Bucket;
  /** What writers must wait for: the bucket's rules are in force. */
  readonly policy: aws.s3.BucketPolicy;

  constructor(context: Context, parts: PrivateBucketParts, options: ComponentResourceOptions) {
    super('carillon:files:PrivateBucket', parts.name, options);
    const bucket = new aws.s3.Bucket(
      parts.name,
      {
        bucket: `${context.prefix}${parts.name}-${context.accountId}-${context.region}`,
        forceDestroy: !context.settings.protect,
      },
      { ...this.inside, ...keepsData(context) },
    );
    this.bucket = bucket;
    const of = { bucket: bucket.bucket };
    const access = new aws.s3.BucketPublicAccessBlock(
      parts.name,
      {
        ...of,
        blockPublicAcls: true,
        blockPublicPolicy: true,
        ignorePublicAcls: true,
        restrictPublicBuckets: true,
      },
      this.inside,
    );
    new aws.s3.BucketOwnershipControls(
      parts.name,
      { ...of, rule: { objectOwnership: 'BucketOwnerEnforced' } },
      this.inside,
    );
    new aws.s3.BucketServerSideEncryptionConfiguration(
      parts.name,
      {
        ...of,
        rules: [
          {
            bucketKeyEnabled: true,
            applyServerSideEncryptionByDefault:
              parts.key === undefined
                ? { sseAlgorithm: 'AES256' }
                : { sseAlgorithm: 'aws:kms', kmsMasterKeyId: parts.key.arn },
          },
        ],
      },
      this.inside,
    );
    const versioning = new aws.s3.BucketVersioning(
      parts.name,
      { ...of, versioningConfiguration: { status: 'Enabled' } },
      this.inside,
    );
    new aws.s3.BucketLifecycleConfiguration(
      parts.name,
      { ...of, rules: [...parts.lifecycle, abandonedUploads] },
      { ...this.inside, dependsOn: [versioning] },
    );
    if (parts.logsTo !== undefined) {
      new aws.s3.BucketLogging(
        parts.name,
        { ...of, targetBucket: parts.logsTo.bucket, targetPrefix: `requests/${parts.name}/` },
        this.inside,
      );
    }
    this.policy = new aws.s3.BucketPolicy(
      parts.name,
      {
        ...of,
        policy: policyDocument([
          tlsOnly('s3:*', [bucket.arn, interpolate`${bucket.arn}/*`]),
          ...parts.statements(bucket),
        ]),
      },
      { ...this.inside, dependsOn: [access] },
    );
    this.registerOutputs();
  }
}

const abandonedUploads = {
  id: 'abandoned-uploads',
  status: 'Enabled',
  filter: { prefix: '' },
  abortIncompleteMultipartUpload: { daysAfterInitiation: 7 },
};

/** What was overwritten or deleted can be had back for 30 days. */
export const oldVersions = {
  id: 'old-versions',
  status: 'Enabled',
  filter: { prefix: '' },
  noncurrentVersionExpiration: { noncurrentDays: 30 },
};

export const expireAfter = (days: number) => ({
  id: 'expire',
  status: 'Enabled',
  filter: { prefix: '' },
  expiration: { days },
});
