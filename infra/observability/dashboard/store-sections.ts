import type { ServiceName } from '#shared/topology.ts';
import type { PublishedMetric } from '../published-metrics.ts';
import type { MonitoredResources } from '../resources.ts';
import { published, type Statistic } from '../series.ts';
import { type GraphContext, graph, type Line } from './graph.ts';
import type { Section } from './layout.ts';

export function databaseSection({ database }: MonitoredResources<string>, context: GraphContext): Section {
  const line = (
    label: string,
    name: PublishedMetric<'AWS/RDS'>,
    statistic: Statistic,
    period = 60,
  ): Line => ({
    label,
    series: published('AWS/RDS', name, { DBClusterIdentifier: database.cluster }, statistic, period),
  });
  return {
    title: 'Database',
    note: `Aurora PostgreSQL, at most ${database.maxAcu} ACU. It carries every decision: when it is slow, everything is.`,
    tiles: [
      graph(
        {
          title: 'Capacity',
          unit: 'ACU',
          lines: [line('in use', 'ServerlessDatabaseCapacity', 'Average')],
        },
        context,
      ),
      graph(
        {
          title: 'Capacity and processor',
          unit: 'percent',
          lines: [
            line('of the greatest capacity', 'ACUUtilization', 'Maximum'),
            line('processor', 'CPUUtilization', 'Maximum'),
          ],
        },
        context,
      ),
      graph(
        {
          title: 'Connections',
          unit: 'connections',
          lines: [line('open', 'DatabaseConnections', 'Maximum')],
        },
        context,
      ),
      graph(
        { title: 'Commits', unit: 'ms', lines: [line('time of a commit', 'CommitLatency', 'Average')] },
        context,
      ),
      graph(
        {
          title: 'Deadlocks',
          unit: 'per second',
          lines: [line('transactions', 'Deadlocks', 'Average', 300)],
        },
        context,
      ),
      ...(database.instances < 2
        ? []
        : [
            graph(
              {
                title: 'Standby',
                unit: 'ms behind',
                lines: [line('furthest behind', 'AuroraReplicaLagMaximum', 'Maximum')],
              },
              context,
            ),
          ]),
      graph(
        { title: 'Free memory', unit: 'bytes', lines: [line('free', 'FreeableMemory', 'Minimum')] },
        context,
      ),
      graph(
        { title: 'Storage', unit: 'bytes', lines: [line('used', 'VolumeBytesUsed', 'Average', 300)] },
        context,
      ),
      graph(
        {
          title: 'Transaction ids in use',
          unit: 'ids',
          lines: [line('used', 'MaximumUsedTransactionIDs', 'Maximum', 300)],
        },
        context,
      ),
    ],
  };
}

export function cacheSection({ cache }: MonitoredResources<string>, context: GraphContext): Section {
  const line = (
    label: string,
    name: PublishedMetric<'AWS/ElastiCache'>,
    statistic: Statistic,
    period = 60,
  ): Line => ({
    label,
    series: published('AWS/ElastiCache', name, { clusterId: cache.name }, statistic, period),
  });
  return {
    title: 'Cache',
    note: 'Hints that there is something to read, and the pace of sending. Away, everything is slower and nothing is wrong.',
    tiles: [
      graph(
        { title: 'Data', unit: 'bytes', lines: [line('stored', 'BytesUsedForCache', 'Maximum', 300)] },
        context,
      ),
      graph(
        {
          title: 'Work',
          unit: 'per 5 minutes',
          lines: [
            line('processing units', 'ElastiCacheProcessingUnits', 'Sum', 300),
            line('turned away', 'ThrottledCmds', 'Sum', 300),
          ],
        },
        context,
      ),
      graph(
        {
          title: 'Connections, latency',
          unit: 'connections, µs',
          lines: [
            line('connections', 'CurrConnections', 'Maximum'),
            line('time of a read', 'SuccessfulReadRequestLatency', 'Average'),
          ],
        },
        context,
      ),
    ],
  };
}

export function webSection({ web }: MonitoredResources<string>, context: GraphContext): Section {
  const balancer = { LoadBalancer: web.balancer };
  const line = (label: string, name: PublishedMetric<'AWS/ApplicationELB'>, statistic: Statistic): Line => ({
    label,
    series: published('AWS/ApplicationELB', name, balancer, statistic, 300),
  });
  const groups = Object.entries(web.targetGroups) as [ServiceName, string][];
  return {
    title: 'Load balancer',
    note: 'What the carrier and browsers see of us. The carrier repeats a webhook that gets a 5xx for 15 s; a sweep finds the rest.',
    tiles: [
      graph(
        {
          title: 'Requests',
          unit: 'per 5 minutes',
          lines: [
            line('requests', 'RequestCount', 'Sum'),
            line('4xx of tasks', 'HTTPCode_Target_4XX_Count', 'Sum'),
          ],
        },
        context,
      ),
      graph(
        {
          title: 'Errors',
          unit: 'per 5 minutes',
          lines: [
            line('5xx of tasks', 'HTTPCode_Target_5XX_Count', 'Sum'),
            line('5xx of the balancer', 'HTTPCode_ELB_5XX_Count', 'Sum'),
            line('connections turned away', 'RejectedConnectionCount', 'Sum'),
          ],
        },
        context,
      ),
      graph(
        {
          title: 'Time of an answer',
          unit: 's',
          lines: [
            line('half of them', 'TargetResponseTime', 'p50'),
            line('99 of 100', 'TargetResponseTime', 'p99'),
          ],
        },
        context,
      ),
      ...groups.flatMap(([service, group]) => {
        const behind = { ...balancer, TargetGroup: group };
        const of = (
          label: string,
          name: PublishedMetric<'AWS/ApplicationELB (target group)'>,
          statistic: Statistic,
          periodSeconds = 60,
        ): Line => ({
          label,
          series: published('AWS/ApplicationELB (target group)', name, behind, statistic, periodSeconds),
        });
        return [
          graph(
            {
              title: `${service}: tasks behind the balancer`,
              unit: 'tasks',
              lines: [
                of('healthy', 'HealthyHostCount', 'Minimum'),
                of('unhealthy', 'UnHealthyHostCount', 'Maximum'),
              ],
            },
            context,
          ),
          graph(
            {
              title: `${service}: 5xx of its tasks`,
              unit: 'per 5 minutes',
              lines: [of('5xx', 'HTTPCode_Target_5XX_Count', 'Sum', 300)],
            },
            context,
          ),
          graph(
            {
              title: `${service}: time of an answer`,
              unit: 's',
              lines: [of('99 of 100', 'TargetResponseTime', 'p99', 300)],
            },
            context,
          ),
        ];
      }),
    ],
  };
}
