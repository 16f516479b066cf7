import { type ServiceName, services } from '#shared/topology.ts';
import type { ResourceRecord } from '../../testing/resource-record.ts';
import { type Bill, behind, field, type Line, listOf, MONTH_HOURS, numberOf, type Rules } from '../line.ts';

const isService = (name: string): name is ServiceName => Object.hasOwn(services, name);

/** Average number of tasks of a service while it runs. */
function tasksOf(service: ResourceRecord, { resources, assumptions }: Bill): number {
  const target = resources.find(
    ({ type, name }) => type === 'aws:appautoscaling/target:Target' && name === service.name,
  );
  const least = numberOf(target?.inputs.minCapacity ?? service.inputs.desiredCount);
  const above = isService(service.name) ? assumptions.tasksAboveLeast(service.name) : 0;
  return Math.min(target ? numberOf(target.inputs.maxCapacity) : least, least + above);
}

/** Tasks on capacity at full price and on Spot: the base first, the others by weight. */
export function bySpot(service: ResourceRecord, tasks: number): { full: number; spot: number } {
  const strategies = listOf(service.inputs.capacityProviderStrategies);
  const isSpot = (strategy: unknown): boolean => field(strategy, 'capacityProvider') === 'FARGATE_SPOT';
  const sum = (name: 'base' | 'weight', of: readonly unknown[]): number =>
    of.reduce<number>((total, strategy) => total + numberOf(field(strategy, name)), 0);
  const spotStrategies = strategies.filter(isSpot);
  const bases = Math.min(tasks, sum('base', strategies));
  const spotBase = Math.min(bases, sum('base', spotStrategies));
  const weights = sum('weight', strategies);
  const share = weights === 0 ? 0 : sum('weight', spotStrategies) / weights;
  const spot = spotBase + (tasks - bases) * share;
  return { full: tasks - spot, spot };
}

export const computeRules: Rules = {
  'aws:ecs/service:Service': (service, bill) => {
    const [definition] = behind(service, 'taskDefinition', bill);
    if (!definition) throw new Error(`the task definition of service ${service.name} is not known`);
    const cpu = numberOf(definition.inputs.cpu) / 1_024;
    const memory = numberOf(definition.inputs.memory) / 1_024;
    const { full, spot } = bySpot(service, tasksOf(service, bill));
    const lines: readonly Line[] = [
      { price: 'fargateCpu', quantity: full * cpu * bill.hours },
      { price: 'fargateMemory', quantity: full * memory * bill.hours },
      { price: 'spotCpu', quantity: spot * cpu * bill.hours },
      { price: 'spotMemory', quantity: spot * memory * bill.hours },
    ];
    return lines;
  },
  'aws:ecr/repository:Repository': (_repository, { assumptions }) => [
    { price: 'imageStorage', quantity: assumptions.imageGigabytes },
  ],
  // Metrics are charged by the hour in which they are written. Container Insights: metrics per cluster, family of tasks and service (the example on CloudWatch's price page).
  'aws:ecs/cluster:Cluster': (cluster, { resources, hours }) => {
    const measured = JSON.stringify(cluster.inputs.settings ?? []).includes('"enabled"');
    const count = (type: string): number => resources.filter((other) => other.type === type).length;
    return measured
      ? [
          {
            price: 'metric',
            quantity:
              ((8 +
                6 * count('aws:ecs/taskDefinition:TaskDefinition') +
                11 * count('aws:ecs/service:Service')) *
                hours) /
              MONTH_HOURS,
          },
        ]
      : [];
  },
  'aws:ecs/taskDefinition:TaskDefinition': {
    free: 'tasks are charged with their service; the migration runs for seconds',
  },
  'aws:ecs/clusterCapacityProviders:ClusterCapacityProviders': { free: 'a choice, not a thing' },
  'aws:ecr/lifecyclePolicy:LifecyclePolicy': { free: 'AWS does not charge for it' },
  'awsx:ecr:Image': { free: 'built where pulumi runs; stored images are charged with their repository' },
  'aws:appautoscaling/target:Target': { free: 'AWS does not charge for scaling' },
  'aws:appautoscaling/scheduledAction:ScheduledAction': { free: 'AWS does not charge for scaling' },
  // Application Auto Scaling makes two alarms for a policy of its own metrics, each over the metrics of its formula.
  'aws:appautoscaling/policy:Policy': ({ inputs }) => {
    const tracking = inputs.targetTrackingScalingPolicyConfiguration;
    if (tracking === undefined) return [];
    const metrics = listOf(field(field(tracking, 'customizedMetricSpecification'), 'metrics'));
    const measured = metrics.filter((metric) => field(metric, 'metricStat') !== undefined).length;
    return [{ price: 'alarmMetric', quantity: 2 * Math.max(1, measured) }];
  },
};
