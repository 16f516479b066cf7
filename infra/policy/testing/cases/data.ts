import {
  byInputs,
  byPointer,
  type Case,
  type Cases,
  document,
  KEY,
  PUBLIC,
  sample,
  TLS_ONLY,
  TLS_TOO,
} from '../sample.ts';

const REPOSITORY = 'aws:ecr/repository:Repository';
const CLUSTER = 'aws:rds/cluster:Cluster';
const INSTANCE = 'aws:rds/clusterInstance:ClusterInstance';
const PARAMETERS = 'aws:rds/clusterParameterGroup:ClusterParameterGroup';
const SUBSCRIPTION = 'aws:rds/eventSubscription:EventSubscription';
const CACHE = 'aws:elasticache/serverlessCache:ServerlessCache';
const BUCKET = 'aws:s3/bucket:Bucket';

const subscribed = (type: string, sourceType: string, eventCategories: readonly string[]): Case => ({
  good: [
    sample(type, {}, { beside: [{ type: SUBSCRIPTION, inputs: { sourceType, eventCategories } }] }),
    sample(type, {}, { beside: [{ type: SUBSCRIPTION, inputs: { sourceType } }] }),
  ],
  bad: [
    sample(type, {}),
    sample(type, {}, { beside: [{ type: SUBSCRIPTION, inputs: { sourceType, enabled: false } }] }),
    sample(
      type,
      {},
      {
        beside: [{ type: SUBSCRIPTION, inputs: { sourceType, eventCategories: ['backup'] } }],
      },
    ),
    sample(type, {}, { beside: [{ type: SUBSCRIPTION, inputs: { sourceType: 'db-snapshot' } }] }),
  ],
});
const forced = (value: string) =>
  sample(
    CLUSTER,
    {},
    {
      from: {
        dbClusterParameterGroupName: {
          type: PARAMETERS,
          inputs: { parameters: [{ name: 'rds.force_ssl', value }] },
        },
      },
    },
  );
const instance = { type: INSTANCE, by: 'clusterIdentifier' };

export const imageCases: Cases = {
  'image-scan': byInputs(REPOSITORY, { imageScanningConfiguration: { scanOnPush: true } }, {}),
  'image-tags-immutable': byInputs(
    REPOSITORY,
    { imageTagMutability: 'IMMUTABLE' },
    { imageTagMutability: 'MUTABLE' },
    {},
  ),
  'image-lifecycle': byPointer(REPOSITORY, {
    type: 'aws:ecr/lifecyclePolicy:LifecyclePolicy',
    by: 'repository',
  }),
  'image-encrypted': byInputs(
    REPOSITORY,
    { encryptionConfigurations: [{ encryptionType: 'KMS', kmsKey: KEY }] },
    { encryptionConfigurations: [{ encryptionType: 'AES256' }] },
    { encryptionConfigurations: [{ encryptionType: 'KMS' }] },
  ),
  'image-not-public': byInputs(
    'aws:ecr/repositoryPolicy:RepositoryPolicy',
    { policy: document({ ...PUBLIC, Principal: { AWS: 'arn:aws:iam::123456789012:role/ci' } }) },
    { policy: document(PUBLIC) },
    { policy: document({ ...PUBLIC, Principal: '*' }) },
  ),
};

export const databaseCases: Cases = {
  'database-encrypted': byInputs(
    CLUSTER,
    { storageEncrypted: true, kmsKeyId: KEY },
    { storageEncrypted: true },
    { kmsKeyId: KEY },
  ),
  'database-deletion-protection': byInputs(CLUSTER, { deletionProtection: true }, {}),
  'database-iam': byInputs(CLUSTER, { iamDatabaseAuthenticationEnabled: true }, {}),
  'database-zones': {
    good: [sample(CLUSTER, {}, { pointedAt: [instance, instance] })],
    bad: [sample(CLUSTER, {}, { pointedAt: [instance] })],
  },
  'database-snapshot-tags': byInputs(CLUSTER, { copyTagsToSnapshot: true }, {}),
  'database-monitoring': byInputs(INSTANCE, { monitoringInterval: 60 }, { monitoringInterval: 0 }, {}),
  'database-not-public': byInputs(INSTANCE, { publiclyAccessible: false }, { publiclyAccessible: true }),
  'database-minor-upgrades': byInputs(INSTANCE, {}, { autoMinorVersionUpgrade: false }),
  'database-port': byInputs(CLUSTER, { port: 5433 }, { port: 5432 }, {}),
  'database-owner-name': byInputs(
    CLUSTER,
    { masterUsername: 'carillon_owner' },
    { masterUsername: 'postgres' },
    {},
  ),
  'database-logs': byInputs(
    CLUSTER,
    { enabledCloudwatchLogsExports: ['postgresql'] },
    { enabledCloudwatchLogsExports: [] },
    {},
  ),
  'database-backups': byInputs(CLUSTER, { backupRetentionPeriod: 7 }, { backupRetentionPeriod: 1 }, {}),
  'database-insights': byInputs(
    INSTANCE,
    { performanceInsightsEnabled: true, performanceInsightsKmsKeyId: KEY },
    { performanceInsightsEnabled: true },
    {},
  ),
  'database-tls': { good: [forced('1')], bad: [forced('0'), sample(CLUSTER, {})] },
  'database-cluster-events': subscribed(CLUSTER, 'db-cluster', ['maintenance', 'failure']),
  'database-instance-events': subscribed(INSTANCE, 'db-instance', [
    'maintenance',
    'configuration change',
    'failure',
  ]),
  'database-parameter-events': subscribed(PARAMETERS, 'db-parameter-group', ['configuration change']),
  'database-security-group-events': subscribed(CLUSTER, 'db-security-group', [
    'configuration change',
    'failure',
  ]),
};

export const cacheCases: Cases = {
  'cache-backups': byInputs(CACHE, { snapshotRetentionLimit: 1 }, { snapshotRetentionLimit: 0 }, {}),
  'cache-encrypted': byInputs(CACHE, { kmsKeyId: KEY }, {}),
  'cache-users': byInputs(CACHE, { userGroupId: 'services' }, {}),
  'cache-subnets': byInputs(CACHE, { subnetIds: ['a'], securityGroupIds: ['b'] }, { subnetIds: ['a'] }, {}),
};

const blocked = {
  blockPublicAcls: true,
  blockPublicPolicy: true,
  ignorePublicAcls: true,
  restrictPublicBuckets: true,
};
const says = (kind: string, inputs: Readonly<Record<string, unknown>>) => ({
  type: `aws:s3/${kind}`,
  by: 'bucket',
  inputs,
});
const encrypted = (sse: Readonly<Record<string, unknown>>) => ({
  rules: [{ applyServerSideEncryptionByDefault: sse }],
});

export const fileCases: Cases = {
  'bucket-blocks-public': byPointer(
    BUCKET,
    says('bucketPublicAccessBlock:BucketPublicAccessBlock', blocked),
    { ...blocked, restrictPublicBuckets: false },
  ),
  'bucket-tls': byPointer(
    BUCKET,
    says('bucketPolicy:BucketPolicy', { policy: document(TLS_ONLY) }),
    { policy: document(TLS_TOO) },
    { policy: document({ ...TLS_ONLY, Action: 's3:GetObject' }) },
  ),
  'bucket-policy-not-public': byInputs(
    'aws:s3/bucketPolicy:BucketPolicy',
    { policy: document(TLS_ONLY) },
    { policy: document(TLS_ONLY, PUBLIC) },
  ),
  'bucket-logs': byPointer(BUCKET, says('bucketLogging:BucketLogging', {})),
  'bucket-without-acls': byPointer(
    BUCKET,
    says('bucketOwnershipControls:BucketOwnershipControls', {
      rule: { objectOwnership: 'BucketOwnerEnforced' },
    }),
    { rule: { objectOwnership: 'ObjectWriter' } },
  ),
  'bucket-lifecycle': byPointer(
    BUCKET,
    says('bucketLifecycleConfiguration:BucketLifecycleConfiguration', { rules: [{ id: 'expire' }] }),
    { rules: [] },
  ),
  'bucket-versions': byPointer(
    BUCKET,
    says('bucketVersioning:BucketVersioning', { versioningConfiguration: { status: 'Enabled' } }),
    { versioningConfiguration: { status: 'Suspended' } },
  ),
  'bucket-encrypted': byPointer(
    BUCKET,
    says(
      'bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration',
      encrypted({ sseAlgorithm: 'aws:kms', kmsMasterKeyId: KEY }),
    ),
    encrypted({ sseAlgorithm: 'AES256' }),
    encrypted({ sseAlgorithm: 'aws:kms' }),
  ),
};
