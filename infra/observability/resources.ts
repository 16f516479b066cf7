import type { QueueName, ServiceName, StreamName } from '#shared/topology.ts';

/** What is watched, by the names under which AWS publishes its metrics. `T`: see series.ts. */
export interface MonitoredResources<T> {
  /** Namespace of our own metrics in this environment. */
  namespace: string;
  queues: Readonly<Record<QueueName, { name: T; deadLetter: T }>>;
  streams: Readonly<Record<StreamName, { name: T }>>;
  cluster: T;
  services: Readonly<Record<ServiceName, MonitoredService<T>>>;
  database: { cluster: T; maxAcu: number; instances: number };
  cache: { name: T; maxGigabytes: number };
  web: {
    /** The last part of its ARN: `app/NAME/ID`. */
    balancer: T;
    targetGroups: Readonly<Partial<Record<ServiceName, T>>>;
  };
  /** The topic of notices to people. */
  noticesTopic: T;
}

export interface MonitoredService<T> {
  name: T;
  minTasks: number;
  maxTasks: number;
  /** The rule that matches tasks of it that stop without being asked to. */
  stoppedTasksRule: T;
}
