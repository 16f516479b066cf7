import {
  type QueueName,
  queues,
  type ServiceName,
  type ServiceRow,
  type StreamName,
  services,
  streamConsumers,
  streams,
} from '#shared/topology.ts';
import { deletedEntries, inFlight, oldestEntry, sentEntries, waiting } from '../alarms/queue-alarms.ts';
import { cpu, iteratorAge, memory, runningTasks, stoppedTasks } from '../alarms/service-alarms.ts';
import { incomingRecords, readThrottles, writeThrottles } from '../alarms/stream-alarms.ts';
import { emissions } from '../emissions.ts';
import type { MonitoredResources } from '../resources.ts';
import { own, published } from '../series.ts';
import { type GraphContext, graph, type Line } from './graph.ts';
import type { Section } from './layout.ts';

const rows = Object.entries(services) as [ServiceName, ServiceRow][];

/** A row of graphs for each queue. */
export function queueSection(resources: MonitoredResources<string>, context: GraphContext): Section {
  const receivers = rows.flatMap(([service, { receives }]) => receives.map((queue) => ({ service, queue })));
  return {
    title: 'Queues',
    note: 'An entry says that a phone has messages; the messages are in the table. Dead letters should be none.',
    tiles: (Object.keys(queues) as QueueName[]).flatMap((queue) => {
      const { name, deadLetter } = resources.queues[queue];
      const turns = receivers
        .filter((each) => each.queue === queue)
        .map(
          ({ service }): Line => ({
            label: `age when ${service} takes it, 95 of 100`,
            series: own(resources.namespace, 'TurnAgeMilliseconds', service, { Queue: queue }, 'p95', 300),
          }),
        );
      const failed = receivers
        .filter((each) => each.queue === queue)
        .map(
          ({ service }): Line => ({
            label: `runs that failed in ${service}`,
            series: own(resources.namespace, 'RunsFailed', service, { Queue: queue }, 'Sum', 300),
          }),
        );
      return [
        graph(
          {
            title: `${queue}: entries`,
            unit: 'entries',
            lines: [
              { label: 'waiting', series: waiting(name) },
              { label: 'in flight', series: inFlight(name) },
              { label: 'dead letters', series: waiting(deadLetter) },
            ],
          },
          context,
        ),
        graph(
          {
            title: `${queue}: oldest entry`,
            unit: 's',
            lines: [{ label: 'age', series: oldestEntry(name) }],
          },
          context,
        ),
        graph(
          {
            title: `${queue}: in and out`,
            unit: 'per 5 minutes',
            lines: [
              { label: 'sent', series: sentEntries(name) },
              { label: 'done', series: deletedEntries(name) },
              ...failed,
            ],
          },
          context,
        ),
        ...(turns.length > 0
          ? [graph({ title: `${queue}: age of turns`, unit: 'ms', lines: turns }, context)]
          : []),
      ];
    }),
  };
}

/** A row of graphs for each stream, and one for each of its consumers. */
export function streamSection(resources: MonitoredResources<string>, context: GraphContext): Section {
  const { namespace } = resources;
  return {
    title: 'Streams and their consumers',
    note: 'Age is how long the oldest record that is not committed has waited. A shard takes 1,000 records or 1 MB a second and gives five reads a second to all consumers together.',
    tiles: [
      ...(Object.keys(streams) as StreamName[]).flatMap((stream) => {
        const { name } = resources.streams[stream];
        const consumers = streamConsumers.filter((row) => row.stream === stream);
        return [
          graph(
            {
              title: `${stream}: records in`,
              unit: 'per 5 minutes',
              lines: [{ label: 'records', series: incomingRecords(name) }],
            },
            context,
          ),
          graph(
            {
              title: `${stream}: bytes in, throttles`,
              unit: 'per 5 minutes',
              lines: [
                { label: 'writes turned away', series: writeThrottles(name) },
                { label: 'reads turned away', series: readThrottles(name) },
                {
                  label: 'bytes',
                  series: published('AWS/Kinesis', 'IncomingBytes', { StreamName: name }, 'Sum', 300),
                },
              ],
            },
            context,
          ),
          graph(
            {
              title: `${stream}: age of records by consumer`,
              unit: 'ms',
              lines: [
                ...consumers.map(({ service, consumer }) => ({
                  label: consumer,
                  series: iteratorAge(service, consumer, namespace),
                })),
                {
                  label: 'as Kinesis sees it',
                  series: published(
                    'AWS/Kinesis',
                    'GetRecords.IteratorAgeMilliseconds',
                    { StreamName: name },
                    'Maximum',
                  ),
                },
              ],
            },
            context,
          ),
        ];
      }),
      ...consumerTiles(namespace, context),
    ],
  };
}

function consumerTiles(namespace: string, context: GraphContext): Section['tiles'] {
  return streamConsumers.flatMap(({ service, consumer }) => {
    const dimensions = { Consumer: consumer };
    const sum = (
      name: 'RecordsQuarantined' | 'RecordsParked' | 'LeasesLost' | 'RecordsProcessed',
      label: string,
      period = 60,
    ): Line => ({ label, series: own(namespace, name, service, dimensions, 'Sum', period) });
    const parks = emissions.some(
      (row) => row.name === 'RecordsParked' && row.dimensions.Consumer === consumer,
    );
    return [
      graph(
        {
          title: `${consumer}: records done`,
          unit: 'per 5 minutes',
          lines: [sum('RecordsProcessed', 'records', 300)],
        },
        context,
      ),
      graph(
        {
          title: `${consumer}: batches`,
          unit: 'records, ms',
          lines: [
            {
              label: 'records of a batch',
              series: own(namespace, 'BatchSize', service, dimensions, 'Average'),
            },
            {
              label: 'time of a batch, 95 of 100',
              series: own(namespace, 'BatchMilliseconds', service, dimensions, 'p95'),
            },
          ],
        },
        context,
      ),
      graph(
        {
          title: `${consumer}: what went wrong`,
          unit: 'times',
          lines: [
            {
              label: 'tries that failed',
              series: own(namespace, 'ConsumerRetries', service, dimensions, 'Sum', 300),
            },
            sum('RecordsQuarantined', 'quarantined'),
            ...(parks ? [sum('RecordsParked', 'parked')] : []),
            sum('LeasesLost', 'leases lost'),
          ],
        },
        context,
      ),
    ];
  });
}

/** Tasks, processors and memory of each service, and what only it does. */
export function serviceSection(resources: MonitoredResources<string>, context: GraphContext): Section {
  const { cluster, namespace } = resources;
  return {
    title: 'Services',
    note: 'A task that stops by itself is one that crashed, failed its health check or did not start. The log group of stopped tasks has the reason.',
    tiles: [
      ...rows.flatMap(([service]) => {
        const { name, stoppedTasksRule } = resources.services[service];
        return [
          graph(
            {
              title: `${service}: tasks`,
              unit: 'tasks',
              lines: [
                { label: 'running, least', series: runningTasks(cluster, name, 'Minimum') },
                { label: 'running, most', series: runningTasks(cluster, name, 'Maximum') },
                { label: 'stopped by themselves', series: stoppedTasks(stoppedTasksRule) },
              ],
            },
            context,
          ),
          graph(
            {
              title: `${service}: processor and memory`,
              unit: 'percent',
              lines: [
                { label: 'processor', series: cpu(cluster, name) },
                { label: 'memory', series: memory(cluster, name) },
              ],
            },
            context,
          ),
          graph(
            { title: `${service}: what it has done`, unit: 'per minute', lines: done(service, resources) },
            context,
          ),
        ];
      }),
      ...(['sender', 'caller'] as const).map((service) =>
        graph(
          {
            title: `${service}: claims`,
            unit: 'phones',
            lines: [
              {
                label: 'phones of a claim',
                series: own(namespace, 'ClaimSize', service, {}, 'Average'),
              },
              {
                label: 'phones in hand, of one task',
                series: own(namespace, 'TurnsInHand', service, {}, 'Maximum'),
              },
            ],
          },
          context,
        ),
      ),
      graph(
        {
          title: 'log: statuses to look at',
          unit: 'per minute',
          lines: [
            { label: 'unknown words', series: own(namespace, 'UnknownStatuses', 'log', {}, 'Sum') },
            {
              label: 'delivered and failed at once',
              series: own(namespace, 'StatusConflicts', 'log', {}, 'Sum'),
            },
          ],
        },
        context,
      ),
    ],
  };
}

/** What a service has done: what it publishes; else what it consumes, receives or was asked; else that it runs. */
function done(service: ServiceName, resources: MonitoredResources<string>): Line[] {
  const { namespace, web } = resources;
  const row: ServiceRow = services[service];
  const emits = (name: 'OutboxPublished' | 'PutFailures'): boolean =>
    emissions.some((emission) => emission.name === name && emission.service === service);
  const leaves: Line[] = [
    ...(emits('OutboxPublished')
      ? [{ label: 'published', series: own(namespace, 'OutboxPublished', service, {}, 'Sum') }]
      : []),
    ...(emits('PutFailures')
      ? [{ label: 'puts that failed', series: own(namespace, 'PutFailures', service, {}, 'Sum') }]
      : []),
  ];
  if (leaves.length > 0) return leaves;
  const group = web.targetGroups[service];
  const worked: Line[] = [
    ...Object.keys(row.consumes).map((Consumer) => ({
      label: `records done by ${Consumer}`,
      series: own(namespace, 'RecordsProcessed', service, { Consumer }, 'Sum'),
    })),
    ...row.receives.map(
      (queue): Line => ({
        label: `entries of ${queue} done`,
        series: published(
          'AWS/SQS',
          'NumberOfMessagesDeleted',
          { QueueName: resources.queues[queue].name },
          'Sum',
        ),
      }),
    ),
    ...(group === undefined
      ? []
      : [
          {
            label: 'requests answered',
            series: published<string, 'AWS/ApplicationELB (target group)'>(
              'AWS/ApplicationELB (target group)',
              'RequestCount',
              { LoadBalancer: web.balancer, TargetGroup: group },
              'Sum',
            ),
          },
        ]),
  ];
  if (worked.length > 0) return worked;
  return [
    { label: 'tasks', series: runningTasks(resources.cluster, resources.services[service].name, 'Minimum') },
  ];
}
