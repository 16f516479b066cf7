import { type ServiceName, services } from '#shared/topology.ts';
import { type AlarmRow, onSeries } from '../alarm.ts';
import type { MonitoredResources } from '../resources.ts';
import { published, type Series } from '../series.ts';
import type { Thresholds } from '../thresholds.ts';

/** What can go wrong between the carrier, or a browser, and the services behind the load balancer. */
export function webAlarms<T>({ web }: MonitoredResources<T>, limits: Thresholds): AlarmRow<T>[] {
  const balancer = { LoadBalancer: web.balancer };
  const common = { context: 'web', periods: 2, datapoints: 2, missing: 'quiet' } as const;
  const groups = Object.entries(web.targetGroups) as [ServiceName, T][];
  return [
    onSeries({
      ...common,
      name: 'web-balancer-errors',
      kind: 'web-errors',
      summary: `The load balancer itself answered ${limits.webErrors} requests with 5xx in 5 minutes: it reached no task.`,
      series: published('AWS/ApplicationELB', 'HTTPCode_ELB_5XX_Count', balancer, 'Sum', 300),
      threshold: limits.webErrors,
    }),
    ...groups.flatMap(([service, group]) => {
      const behind = { ...balancer, TargetGroup: group };
      return [
        onSeries<T>({
          ...common,
          name: `web-${service}-errors`,
          kind: 'web-errors',
          summary: `Tasks of ${service} answered ${limits.webErrors} requests with 5xx in 5 minutes.`,
          series: targetErrors(web.balancer, group),
          threshold: limits.webErrors,
        }),
        onSeries<T>({
          ...common,
          name: `web-${service}-slow`,
          kind: 'web-errors',
          summary: `One request to ${service} in a hundred takes more than ${limits.webSeconds} s.`,
          series: published('AWS/ApplicationELB (target group)', 'TargetResponseTime', behind, 'p99', 300),
          threshold: limits.webSeconds,
        }),
        onSeries<T>({
          ...common,
          name: `web-${service}-unhealthy`,
          kind: 'web-unhealthy',
          summary: `No task of ${service} (${services[service].publicPaths.join(', ')}) is healthy behind the load balancer.`,
          series: published('AWS/ApplicationELB (target group)', 'HealthyHostCount', behind, 'Minimum'),
          comparison: 'LessThanThreshold',
          threshold: 1,
          periods: 3,
          datapoints: 3,
          missing: 'broken',
        }),
      ];
    }),
  ];
}

/** Requests to one public service that its tasks answered with 5xx. */
export const targetErrors = <T>(balancer: T, group: T): Series<T> =>
  published(
    'AWS/ApplicationELB (target group)',
    'HTTPCode_Target_5XX_Count',
    { LoadBalancer: balancer, TargetGroup: group },
    'Sum',
    300,
  );
