import type { Query, ScalingNames } from './plan-shape.ts';

/** Tasks of a service that run; Container Insights reports it. */
export const runningTasks = <T>(names: ScalingNames<T>): Query<T> => ({
  id: 'running',
  label: 'tasks that run',
  returnData: false,
  metric: {
    namespace: 'ECS/ContainerInsights',
    name: 'RunningTaskCount',
    dimensions: { ClusterName: names.cluster, ServiceName: names.service },
    statistic: 'Average',
    periodSeconds: 60,
  },
});

/** Processor use of a service, in percent of what its tasks reserve. */
export const processorUse = <T>(names: ScalingNames<T>): Query<T> => ({
  id: 'cpu',
  label: 'processor use in percent',
  returnData: false,
  metric: {
    namespace: 'AWS/ECS',
    name: 'CPUUtilization',
    dimensions: { ClusterName: names.cluster, ServiceName: names.service },
    statistic: 'Average',
    periodSeconds: 60,
  },
});
