import { queues, type ServiceName, type ServiceRow, services, streams } from '#shared/topology.ts';
import { byName } from '../by-name.ts';
import type { MonitoredResources, MonitoredService } from './resources.ts';

/** An environment for tests: every resource of the map under a name that tells what it is. */
export function sampleResources(
  bounds: (service: ServiceName) => { minTasks: number; maxTasks: number } = () => ({
    minTasks: 2,
    maxTasks: 10,
  }),
  instances = 2,
): MonitoredResources<string> {
  const rows = Object.entries(services) as [ServiceName, ServiceRow][];
  return {
    namespace: 'Carillon/test',
    queues: byName(queues, (queue) => ({
      name: `test-${queue}`,
      deadLetter: `test-${queues[queue].deadLetter}`,
    })),
    streams: byName(streams, (stream) => ({ name: `test-${stream}` })),
    cluster: 'test-cluster',
    services: byName(
      services,
      (service): MonitoredService<string> => ({
        name: `test-${service}`,
        stoppedTasksRule: `test-${service}-stopped`,
        ...bounds(service),
      }),
    ),
    database: { cluster: 'test-database', maxAcu: 8, instances },
    cache: { name: 'test-cache', maxGigabytes: 5 },
    web: {
      balancer: 'app/test/0123456789abcdef',
      targetGroups: Object.fromEntries(
        rows
          .filter(([, row]) => row.publicPaths.length > 0)
          .map(([service]) => [service, `targetgroup/test-${service}/0123456789abcdef`]),
      ),
    },
    noticesTopic: 'test-alarm-notices',
  };
}
