import {
  type QueueName,
  type ServiceName,
  type ServiceRow,
  type StreamName,
  services,
  streamConsumers,
  streams,
} from '#shared/topology.ts';
import type { AlarmRow, Context } from './alarm.ts';
import { queueAlarms } from './alarms/queue-alarms.ts';
import { sendingAlarms } from './alarms/sending-alarms.ts';
import { serviceAlarms } from './alarms/service-alarms.ts';
import { storeAlarms } from './alarms/store-alarms.ts';
import { streamAlarms, streamConsumerAlarms } from './alarms/stream-alarms.ts';
import { webAlarms } from './alarms/web-alarms.ts';
import type { MonitoredResources } from './resources.ts';
import { type Thresholds, thresholds } from './thresholds.ts';

/**
 * Every alarm of an environment, from the map of the system: a service, queue, stream or consumer that is added there
 * has its alarms at once. Pure.
 */
export function alarmsOf<T>(
  resources: MonitoredResources<T>,
  limits: Thresholds = thresholds,
): readonly AlarmRow<T>[] {
  const rows = Object.entries(services) as [ServiceName, ServiceRow][];
  const receivers = rows.flatMap(([service, row]) =>
    row.receives.map((queue): [QueueName, ServiceName] => [queue, service]),
  );
  return [
    ...sendingAlarms(resources, limits),
    ...receivers.flatMap(([queue, service]) => queueAlarms(queue, service, resources, limits)),
    ...rows.flatMap(([service, row]) => serviceAlarms(service, row, resources, limits)),
    ...streamConsumers.flatMap((consumer) => streamConsumerAlarms(consumer, resources, limits)),
    ...(Object.keys(streams) as StreamName[]).flatMap((stream) => streamAlarms(stream, resources, limits)),
    ...storeAlarms(resources, limits),
    ...webAlarms(resources, limits),
  ];
}

/** Contexts with an alarm that takes silence for a fault: in an environment that rests, they would fire every night. */
export const restlessContexts = <T>(alarms: readonly AlarmRow<T>[]): ReadonlySet<Context> =>
  new Set(alarms.filter(isRestless).map(({ context }) => context));

/** ECS and the load balancer report nothing of a service without tasks. */
export const isRestless = <T>({ missing }: AlarmRow<T>): boolean => missing === 'broken';

/** The alarms of each context, for one composite alarm each. A context without alarms has none. */
export function byContext<T>(alarms: readonly AlarmRow<T>[]): ReadonlyMap<Context, readonly AlarmRow<T>[]> {
  return Map.groupBy(alarms, ({ context }) => context);
}
