import { type Control, type Resource, when } from '../control.ts';
import { given, isTrue, listAt, objectsAt, pointingAt, textAt } from '../inputs.ts';
import { isPublic, refusesPlainText, statementsAt } from '../policy-statements.ts';

const BUCKETS = ['aws:s3/bucket:Bucket', 'aws:s3/bucketV2:BucketV2'];

/** Resources that say something of a bucket: `bucketLogging` and its like. */
const sayings = (bucket: Resource, stack: readonly Resource[], ...kinds: string[]): readonly Resource[] =>
  kinds.flatMap((kind) => pointingAt(bucket, stack, `aws:s3/${kind}`, 'bucket'));

export const fileControls: readonly Control[] = [
  {
    name: 'bucket-blocks-public',
    ids: ['S3.8', 'S3.1', 'S3.2', 'S3.3'],
    title: 'Buckets refuse everything public.',
    types: BUCKETS,
    across: true,
    check: (bucket, stack) =>
      when(
        !sayings(bucket, stack, 'bucketPublicAccessBlock:BucketPublicAccessBlock').some(({ inputs }) =>
          ['blockPublicAcls', 'blockPublicPolicy', 'ignorePublicAcls', 'restrictPublicBuckets'].every(
            (name) => isTrue(inputs, name),
          ),
        ),
        'public access is not blocked in all four ways',
      ),
  },
  {
    name: 'bucket-tls',
    ids: ['S3.5', 'AwsSolutions-S10'],
    title: 'Buckets refuse requests without TLS.',
    types: BUCKETS,
    across: true,
    check: (bucket, stack) =>
      when(
        !sayings(bucket, stack, 'bucketPolicy:BucketPolicy').some(({ inputs }) =>
          statementsAt(inputs, 'policy').some(refusesPlainText),
        ),
        'no policy refuses requests without TLS',
      ),
  },
  {
    name: 'bucket-policy-not-public',
    ids: ['CKV_AWS_70'],
    title: 'The policy of a bucket does not allow everybody.',
    types: ['aws:s3/bucketPolicy:BucketPolicy'],
    check: ({ inputs }) =>
      when(
        statementsAt(inputs, 'policy').some((statement) => statement.allows && isPublic(statement)),
        'its policy allows everybody',
      ),
  },
  {
    name: 'bucket-logs',
    ids: ['S3.9', 'CKV_AWS_18'],
    title: 'Buckets log requests.',
    types: BUCKETS,
    across: true,
    check: (bucket, stack) =>
      when(
        sayings(bucket, stack, 'bucketLogging:BucketLogging', 'bucketLoggingV2:BucketLoggingV2').length === 0,
        'no log of requests',
      ),
  },
  {
    name: 'bucket-without-acls',
    ids: ['S3.12'],
    title: 'Buckets know policies only, no access lists.',
    types: BUCKETS,
    across: true,
    check: (bucket, stack) =>
      when(
        !sayings(bucket, stack, 'bucketOwnershipControls:BucketOwnershipControls').some(
          ({ inputs }) => textAt(inputs, 'rule.objectOwnership') === 'BucketOwnerEnforced',
        ),
        'access lists are possible',
      ),
  },
  {
    name: 'bucket-lifecycle',
    ids: ['S3.13'],
    title: 'Buckets remove or move what is old.',
    types: BUCKETS,
    across: true,
    check: (bucket, stack) =>
      when(
        !sayings(
          bucket,
          stack,
          'bucketLifecycleConfiguration:BucketLifecycleConfiguration',
          'bucketLifecycleConfigurationV2:BucketLifecycleConfigurationV2',
        ).some(({ inputs }) => listAt(inputs, 'rules').length > 0),
        'no lifecycle',
      ),
  },
  {
    name: 'bucket-versions',
    ids: ['CKV_AWS_21', 'S3.14'],
    title: 'Buckets keep versions.',
    types: BUCKETS,
    across: true,
    check: (bucket, stack) =>
      when(
        !sayings(
          bucket,
          stack,
          'bucketVersioning:BucketVersioning',
          'bucketVersioningV2:BucketVersioningV2',
        ).some(({ inputs }) => textAt(inputs, 'versioningConfiguration.status') === 'Enabled'),
        'no versions',
      ),
  },
  {
    name: 'bucket-encrypted',
    ids: ['CKV_AWS_145', 'S3.17'],
    title: 'Buckets are encrypted with a key of the environment.',
    types: BUCKETS,
    across: true,
    check: (bucket, stack) =>
      when(
        !sayings(
          bucket,
          stack,
          'bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration',
          'bucketServerSideEncryptionConfigurationV2:BucketServerSideEncryptionConfigurationV2',
        ).some(({ inputs }) =>
          objectsAt(inputs, 'rules').some(
            (rule) =>
              textAt(rule, 'applyServerSideEncryptionByDefault.sseAlgorithm').startsWith('aws:kms') &&
              given(rule, 'applyServerSideEncryptionByDefault.kmsMasterKeyId'),
          ),
        ),
        'not encrypted with a key of its own',
      ),
  },
];
