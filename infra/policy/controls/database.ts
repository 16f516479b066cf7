import { type Control, type Resource, when } from '../control.ts';
import { given, isTrue, listAt, numberAt, objectsAt, pointingAt, textAt } from '../inputs.ts';

const CLUSTERS = ['aws:rds/cluster:Cluster'];
const INSTANCES = ['aws:rds/clusterInstance:ClusterInstance'];
const SUBSCRIPTION = 'aws:rds/eventSubscription:EventSubscription';

/** Events of a kind that nobody is told of. A subscription that names no categories has them all. */
const subscribed =
  (source: string, categories: readonly string[]) =>
  (_resource: Resource, stack: readonly Resource[]): string | undefined => {
    const told = stack
      .filter(({ type, inputs }) => type === SUBSCRIPTION && textAt(inputs, 'sourceType') === source)
      .filter(({ inputs }) => inputs.enabled !== false)
      .map(({ inputs }) => listAt(inputs, 'eventCategories'));
    const missing = categories.filter(
      (category) => !told.some((named) => named.length === 0 || named.includes(category)),
    );
    return when(missing.length > 0, `nobody is told of events of a ${source}: ${missing.join(', ')}`);
  };

export const databaseControls: readonly Control[] = [
  {
    name: 'database-encrypted',
    ids: ['RDS.27', 'CKV_AWS_96', 'CKV_AWS_327'],
    title: 'The database is encrypted with a key of the environment.',
    types: CLUSTERS,
    check: ({ inputs }) =>
      when(
        !isTrue(inputs, 'storageEncrypted') || !given(inputs, 'kmsKeyId'),
        'no encryption with a key of its own',
      ),
  },
  {
    name: 'database-deletion-protection',
    ids: ['RDS.7', 'CKV_AWS_139'],
    title: 'The database cannot be deleted by a slip.',
    types: CLUSTERS,
    check: ({ inputs }) => when(!isTrue(inputs, 'deletionProtection'), 'no deletion protection'),
  },
  {
    name: 'database-iam',
    ids: ['RDS.12', 'CKV_AWS_162'],
    title: 'Services log in to the database with their role.',
    types: CLUSTERS,
    check: ({ inputs }) => when(!isTrue(inputs, 'iamDatabaseAuthenticationEnabled'), 'no login with roles'),
  },
  {
    name: 'database-zones',
    ids: ['RDS.15'],
    title: 'A second instance takes over when a zone fails.',
    types: CLUSTERS,
    across: true,
    check: (cluster, stack) =>
      when(
        INSTANCES.flatMap((type) => pointingAt(cluster, stack, type, 'clusterIdentifier')).length < 2,
        'one instance, in one zone',
      ),
  },
  {
    name: 'database-snapshot-tags',
    ids: ['RDS.16', 'CKV_AWS_313'],
    title: 'Snapshots carry the tags of the database.',
    types: CLUSTERS,
    check: ({ inputs }) => when(!isTrue(inputs, 'copyTagsToSnapshot'), 'tags are not copied'),
  },
  {
    name: 'database-monitoring',
    ids: ['RDS.6', 'CKV_AWS_118'],
    title: 'The database measures its operating system.',
    types: INSTANCES,
    check: ({ inputs }) =>
      when((numberAt(inputs, 'monitoringInterval') ?? 0) === 0, 'no enhanced monitoring'),
  },
  {
    name: 'database-not-public',
    ids: ['RDS.2', 'CKV_AWS_17'],
    title: 'The database has no public address.',
    types: INSTANCES,
    check: ({ inputs }) => when(isTrue(inputs, 'publiclyAccessible'), 'it has a public address'),
  },
  {
    name: 'database-minor-upgrades',
    ids: ['RDS.13', 'CKV_AWS_226'],
    title: 'The database takes in corrections by itself.',
    types: INSTANCES,
    // AWS does so unless it is told not to.
    check: ({ inputs }) => when(inputs.autoMinorVersionUpgrade === false, 'minor upgrades are off'),
  },
  {
    name: 'database-port',
    ids: ['RDS.23', 'AwsSolutions-RDS11'],
    title: 'The database does not listen on the usual port.',
    types: CLUSTERS,
    check: ({ inputs }) =>
      when([undefined, 5432, 3306].includes(numberAt(inputs, 'port')), 'it listens on the usual port'),
  },
  {
    name: 'database-owner-name',
    ids: ['RDS.24'],
    title: 'The owner of the database has no usual name.',
    types: CLUSTERS,
    check: ({ inputs }) =>
      when(['', 'postgres', 'admin'].includes(textAt(inputs, 'masterUsername')), 'a usual name of its owner'),
  },
  {
    name: 'database-logs',
    ids: ['RDS.37', 'CKV_AWS_324'],
    title: 'The database sends its log to CloudWatch.',
    types: CLUSTERS,
    check: ({ inputs }) =>
      when(
        !listAt(inputs, 'enabledCloudwatchLogsExports').includes('postgresql'),
        'its log stays on the instance',
      ),
  },
  {
    name: 'database-backups',
    ids: ['RDS.11', 'CKV_AWS_133'],
    title: 'Backups of the database are kept for a week at least.',
    types: CLUSTERS,
    check: ({ inputs }) =>
      when((numberAt(inputs, 'backupRetentionPeriod') ?? 0) < 7, 'backups are kept for less than seven days'),
  },
  {
    name: 'database-insights',
    ids: ['CKV_AWS_353', 'CKV_AWS_354'],
    title:
      'Statements of the database are measured, and their texts encrypted with a key of the environment.',
    types: INSTANCES,
    check: ({ inputs }) =>
      when(
        !isTrue(inputs, 'performanceInsightsEnabled') || !given(inputs, 'performanceInsightsKmsKeyId'),
        'Performance Insights is off or without a key of its own',
      ),
  },
  {
    name: 'database-tls',
    ids: ['RDS.38'],
    title: 'The database refuses connections without TLS.',
    types: CLUSTERS,
    across: true,
    check: ({ propertyDependencies }, stack) => {
      const groups = propertyDependencies.dbClusterParameterGroupName ?? [];
      const forced = stack
        .filter(({ urn }) => groups.includes(urn))
        .flatMap(({ inputs }) => objectsAt(inputs, 'parameters'))
        .some((row) => textAt(row, 'name') === 'rds.force_ssl' && numberAt(row, 'value') === 1);
      return when(!forced, 'rds.force_ssl is not 1');
    },
  },
  {
    name: 'database-cluster-events',
    ids: ['RDS.19'],
    title: 'Somebody is told of maintenance and failure of the database cluster.',
    types: CLUSTERS,
    across: true,
    check: subscribed('db-cluster', ['maintenance', 'failure']),
  },
  {
    name: 'database-instance-events',
    ids: ['RDS.20'],
    title: 'Somebody is told of maintenance, configuration changes and failure of database instances.',
    types: INSTANCES,
    across: true,
    check: subscribed('db-instance', ['maintenance', 'configuration change', 'failure']),
  },
  {
    name: 'database-parameter-events',
    ids: ['RDS.21'],
    title: 'Somebody is told when parameters of the database change.',
    types: ['aws:rds/clusterParameterGroup:ClusterParameterGroup'],
    across: true,
    check: subscribed('db-parameter-group', ['configuration change']),
  },
  {
    name: 'database-security-group-events',
    ids: ['RDS.22'],
    title: 'Somebody is told when security groups of the database change.',
    types: CLUSTERS,
    across: true,
    check: subscribed('db-security-group', ['configuration change', 'failure']),
  },
];
