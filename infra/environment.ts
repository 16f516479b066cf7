import type * as aws from '@pulumi/aws';
import type { QueueName, ServiceName, StreamName } from '#shared/topology.ts';
import type { InfraSettings } from './config/schema.ts';

/** What the layers of an environment hand to each other: the resources that others refer to, by the names of the map. */
export interface Environment {
  readonly settings: InfraSettings;
  /** Stack name, as in tags and physical names: `dev`, `prod`. */
  readonly stack: string;
  /** What physical names begin with, with the dash: `carillon-dev-`. */
  readonly prefix: string;
  /** Address under which carriers and people reach it, without a slash at the end. */
  readonly publicUrl: string;
  /** Of the metrics that services write: `Carillon/dev`. */
  readonly metricsNamespace: string;
  readonly keys: KeyHandles;
  readonly streams: Readonly<Record<StreamName, aws.kinesis.Stream>>;
  readonly queues: Readonly<Record<QueueName, QueueHandles>>;
  readonly database: DatabaseHandles;
  readonly cache: aws.elasticache.ServerlessCache;
  readonly files: aws.s3.Bucket;
  readonly cluster: aws.ecs.Cluster;
  readonly loadBalancer: LoadBalancerHandles;
  readonly services: Readonly<Record<ServiceName, ServiceHandles>>;
}

export interface KeyHandles {
  /** Encrypts what people wrote: streams, queues, database, cache, files, secrets. */
  readonly data: aws.kms.Key;
  /** Encrypts what machines wrote: logs, images, alarm notices. Its policy lets CloudWatch Logs, alarms and SNS use it. */
  readonly operations: aws.kms.Key;
}

export interface QueueHandles {
  readonly queue: aws.sqs.Queue;
  readonly deadLetter: aws.sqs.Queue;
}

export interface DatabaseHandles {
  readonly cluster: aws.rds.Cluster;
  readonly instances: readonly aws.rds.ClusterInstance[];
  readonly maxAcu: number;
}

export interface LoadBalancerHandles {
  readonly balancer: aws.lb.LoadBalancer;
  /** Of services with public paths. */
  readonly targetGroups: Readonly<Partial<Record<ServiceName, aws.lb.TargetGroup>>>;
  readonly firewall: aws.wafv2.WebAcl;
}

export interface ServiceHandles {
  /** Physical name of the ECS service; known at once. */
  readonly name: string;
  readonly service: aws.ecs.Service;
  readonly logGroup: aws.cloudwatch.LogGroup;
  readonly taskRole: aws.iam.Role;
  readonly minTasks: number;
  readonly maxTasks: number;
}
