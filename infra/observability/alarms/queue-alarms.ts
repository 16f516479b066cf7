import { type QueueName, queues, type ServiceName } from '#shared/topology.ts';
import { both, filled, greater, less, minus, number, when } from '../../scaling/metric-math.ts';
import { type AlarmRow, onFormula, onSeries } from '../alarm.ts';
import type { MonitoredResources } from '../resources.ts';
import { published, type Series } from '../series.ts';
import type { Thresholds } from '../thresholds.ts';

/** `sms-replies.fifo` is `sms-replies` in names of alarms. */
export const shortQueue = (queue: QueueName): string => queue.replace('.fifo', '');

export const waiting = <T>(queue: T): Series<T> =>
  published('AWS/SQS', 'ApproximateNumberOfMessagesVisible', { QueueName: queue }, 'Maximum');
export const inFlight = <T>(queue: T): Series<T> =>
  published('AWS/SQS', 'ApproximateNumberOfMessagesNotVisible', { QueueName: queue }, 'Maximum');
export const oldestEntry = <T>(queue: T): Series<T> =>
  published('AWS/SQS', 'ApproximateAgeOfOldestMessage', { QueueName: queue }, 'Maximum');
export const sentEntries = <T>(queue: T): Series<T> =>
  published('AWS/SQS', 'NumberOfMessagesSent', { QueueName: queue }, 'Sum', 300);
export const deletedEntries = <T>(queue: T): Series<T> =>
  published('AWS/SQS', 'NumberOfMessagesDeleted', { QueueName: queue }, 'Sum', 300);

/** What can go wrong with a queue and the service that receives from it. */
export function queueAlarms<T>(
  queue: QueueName,
  service: ServiceName,
  resources: MonitoredResources<T>,
  limits: Thresholds,
): AlarmRow<T>[] {
  const { name, deadLetter } = resources.queues[queue];
  const short = shortQueue(queue);
  const age = queues[queue].lateAfterSeconds;
  const common = { context: service, periods: 3, datapoints: 3, missing: 'quiet' } as const;
  return [
    onSeries({
      ...common,
      name: `${short}-age`,
      kind: 'queue-age',
      summary: `A turn has waited in ${queue} for ${age} s: ${service} is too slow, or does nothing.`,
      series: oldestEntry(name),
      threshold: age,
    }),
    onSeries({
      ...common,
      name: `${short}-dead`,
      kind: 'dead-letters',
      summary: `Entries of ${queue} were received too often without being done, and lie in its dead-letter queue.`,
      // SQS does not count what it moves by itself as sent: the number that lies there is the only sign.
      series: waiting(deadLetter),
      threshold: 1,
      periods: 1,
      datapoints: 1,
    }),
    onFormula({
      ...common,
      name: `${short}-growing`,
      kind: 'backlog-growing',
      summary: `For 15 minutes ${limits.backlogGrowth} more entries in five minutes came into ${queue} than were done.`,
      of: { sent: sentEntries(name), deleted: deletedEntries(name) },
      formula: minus(filled('sent', 0), filled('deleted', 0)),
      threshold: limits.backlogGrowth,
    }),
    onFormula({
      ...common,
      name: `${short}-stuck`,
      kind: 'consumer-stuck',
      summary: `Entries come into ${queue}, and for 10 minutes ${service} has finished none.`,
      of: { sent: sentEntries(name), deleted: deletedEntries(name) },
      formula: when(
        both(greater(filled('sent', 0), number(0)), less(filled('deleted', 0), number(1))),
        number(1),
        number(0),
      ),
      threshold: 1,
      periods: 2,
      datapoints: 2,
    }),
    onSeries({
      ...common,
      name: `${short}-in-flight`,
      kind: 'in-flight-limit',
      summary: `${limits.inFlight} entries of ${queue} are in flight; at 120,000 SQS hands out no more.`,
      series: inFlight(name),
      threshold: limits.inFlight,
    }),
  ];
}
