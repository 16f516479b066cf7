import * as aws from '@pulumi/aws';
import type { ComponentResourceOptions, Output } from '@pulumi/pulumi';
import { Component } from '../component.ts';
import { type Context, keepsData } from '../context.ts';
import type { DatabaseHandles, KeyHandles } from '../environment.ts';
import { assumedBy } from '../iam/policy-document.ts';
import { DATABASE_PORT } from '../ports.ts';

export const DATABASE_NAME = 'carillon';
/** Owner of the tables: only migrations log in as it. */
const OWNER = 'carillon_owner';
/**
 * RDS raises minor versions by itself, in the maintenance window, and refuses to go back: what was asked for when the
 * cluster was made says nothing about it later. A new major version is a step of its own (docs/deploy.md).
 */
const RAISED_BY_RDS = ['engineVersion'];

/**
 * Aurora PostgreSQL, Serverless v2. Services log in with IAM tokens under a role of their own, over TLS; the owner's
 * password is made and rotated by RDS and is in no state file.
 */
export class Database extends Component implements DatabaseHandles {
  readonly cluster: aws.rds.Cluster;
  readonly instances: readonly aws.rds.ClusterInstance[];
  readonly maxAcu: number;
  /** ARN of the secret with the owner's user name and password. */
  readonly ownerSecret: Output<string>;

  constructor(
    context: Context,
    keys: KeyHandles,
    place: { subnets: readonly Output<string>[]; securityGroup: aws.ec2.SecurityGroup },
    options: ComponentResourceOptions,
  ) {
    super('carillon:data:Database', 'database', options);
    const { settings, prefix } = context;
    const { database, protect } = settings;
    this.maxAcu = database.maxAcu;
    const identifier = `${prefix}database`;
    const logs = this.logGroup(context, keys, identifier);
    const subnetGroup = new aws.rds.SubnetGroup(
      'database',
      { name: identifier, description: 'Isolated subnets', subnetIds: [...place.subnets] },
      this.inside,
    );
    const parameters = new aws.rds.ClusterParameterGroup(
      'database',
      {
        namePrefix: `${identifier}-`,
        family: `aurora-postgresql${majorOf(database.engineVersion)}`,
        description: 'TLS only; slow statements are logged',
        parameters: [
          { name: 'rds.force_ssl', value: '1' },
          { name: 'log_min_duration_statement', value: '1000' },
          { name: 'log_lock_waits', value: '1' },
        ],
      },
      this.inside,
    );
    this.cluster = new aws.rds.Cluster(
      'database',
      {
        clusterIdentifier: identifier,
        engine: 'aurora-postgresql',
        engineMode: 'provisioned',
        engineVersion: database.engineVersion,
        databaseName: DATABASE_NAME,
        port: DATABASE_PORT,
        masterUsername: OWNER,
        manageMasterUserPassword: true,
        masterUserSecretKmsKeyId: keys.data.arn,
        iamDatabaseAuthenticationEnabled: true,
        // The only way for people: SQL through the Data API, by IAM and in CloudTrail. No network path leads here from outside.
        enableHttpEndpoint: true,
        storageEncrypted: true,
        kmsKeyId: keys.data.arn,
        dbSubnetGroupName: subnetGroup.name,
        vpcSecurityGroupIds: [place.securityGroup.id],
        dbClusterParameterGroupName: parameters.name,
        serverlessv2ScalingConfiguration: {
          minCapacity: database.minAcu,
          maxCapacity: database.maxAcu,
          ...(database.minAcu === 0 ? { secondsUntilAutoPause: 900 } : {}),
        },
        backupRetentionPeriod: database.backupDays,
        preferredBackupWindow: '07:00-08:00',
        preferredMaintenanceWindow: 'sun:08:30-sun:09:30',
        copyTagsToSnapshot: true,
        deletionProtection: protect,
        skipFinalSnapshot: !protect,
        ...(protect ? { finalSnapshotIdentifier: `${identifier}-final` } : {}),
        enabledCloudwatchLogsExports: ['postgresql'],
        applyImmediately: !protect,
      },
      {
        ...this.inside,
        ...keepsData(context),
        dependsOn: [logs],
        ignoreChanges: RAISED_BY_RDS,
      },
    );
    this.ownerSecret = this.cluster.masterUserSecrets.apply((secrets) => secrets[0]?.secretArn ?? '');
    const monitoring = this.monitoringRole(context);
    this.instances = Array.from({ length: database.instances }, (_, index) =>
      this.instance(context, keys, index, parameters, monitoring),
    );
    this.registerOutputs();
  }

  private instance(
    context: Context,
    keys: KeyHandles,
    index: number,
    parameters: aws.rds.ClusterParameterGroup,
    monitoring: aws.iam.Role,
  ): aws.rds.ClusterInstance {
    return new aws.rds.ClusterInstance(
      `database-${index + 1}`,
      {
        identifier: `${context.prefix}database-${index + 1}`,
        clusterIdentifier: this.cluster.id,
        engine: 'aurora-postgresql',
        // What the cluster runs; of a major version alone an instance cannot be made.
        engineVersion: this.cluster.engineVersionActual,
        instanceClass: 'db.serverless',
        publiclyAccessible: false,
        autoMinorVersionUpgrade: true,
        copyTagsToSnapshot: true,
        // Instances of tiers 0 and 1 scale with the writer: either can take over at once.
        promotionTier: Math.min(index, 1),
        performanceInsightsEnabled: true,
        performanceInsightsKmsKeyId: keys.operations.arn,
        performanceInsightsRetentionPeriod: context.settings.database.insightsDays,
        monitoringInterval: 60,
        monitoringRoleArn: monitoring.arn,
        applyImmediately: !context.settings.protect,
      },
      {
        ...this.inside,
        ...keepsData(context),
        dependsOn: [parameters],
        ignoreChanges: RAISED_BY_RDS,
      },
    );
  }

  /** Made before the cluster, which would make one without a key that keeps everything for ever. */
  private logGroup(context: Context, keys: KeyHandles, identifier: string): aws.cloudwatch.LogGroup {
    return new aws.cloudwatch.LogGroup(
      'database',
      {
        name: `/aws/rds/cluster/${identifier}/postgresql`,
        retentionInDays: context.settings.logs.retentionDays,
        kmsKeyId: keys.operations.arn,
      },
      this.inside,
    );
  }

  private monitoringRole(context: Context): aws.iam.Role {
    const role = new aws.iam.Role(
      'database-monitoring',
      {
        name: `${context.prefix}database-monitoring`,
        description: 'Enhanced monitoring of the database',
        assumeRolePolicy: assumedBy('monitoring.rds.amazonaws.com', context.accountId),
      },
      this.inside,
    );
    new aws.iam.RolePolicyAttachment(
      'database-monitoring',
      {
        role: role.name,
        policyArn: `arn:${context.partition}:iam::aws:policy/service-role/AmazonRDSEnhancedMonitoringRole`,
      },
      this.inside,
    );
    return role;
  }
}

const majorOf = (version: string): string => version.split('.')[0] ?? version;
