import { metricCatalogue } from '#shared/metrics.ts';
import { own, type Statistic } from '../series.ts';
import type { Graph, Line } from './graph.ts';

type OfRequests =
  | 'MessagesSent'
  | 'MessagesHeld'
  | 'MessagesBlocked'
  | 'MessagesAmbiguous'
  | 'MessagesReconciled'
  | 'ClaimsInDoubt'
  | 'SendingHalted'
  | 'OldestQueuedMilliseconds'
  | 'CarrierMilliseconds';

/** Of a service that hands messages to carriers: what became of them, and what waits. `what`: "Messages", "Calls". */
export function requestGraphs(namespace: string, service: 'sender' | 'caller', what: string): Graph[] {
  const line = (label: string, name: OfRequests, statistic: Statistic, period = 60): Line => ({
    label,
    series: own(namespace, name, service, {}, statistic, period),
  });
  return [
    {
      title: `${what}: what became of requests`,
      unit: 'per minute',
      lines: [
        line('accepted', 'MessagesSent', 'Sum'),
        line('held', 'MessagesHeld', 'Sum'),
        line('blocked', 'MessagesBlocked', 'Sum'),
        line('no answer', 'MessagesAmbiguous', 'Sum', 300),
        line('settled later', 'MessagesReconciled', 'Sum'),
      ],
    },
    {
      title: `${what} refused by the carrier, by class`,
      unit: 'per minute',
      stacked: true,
      lines: metricCatalogue.MessagesRefused.values.Class.map((Class) => ({
        label: Class,
        series: own(namespace, 'MessagesRefused', service, { Class }, 'Sum'),
      })),
    },
    {
      title: `${what} that wait in the table`,
      unit: what.toLowerCase(),
      stacked: true,
      lines: metricCatalogue.UnsentMessages.values.State.map((State) => ({
        label: State,
        series: own(namespace, 'UnsentMessages', service, { State }, 'Maximum'),
      })),
    },
    {
      title: `${what}: who waits longest, and the time of a request`,
      unit: 'ms',
      lines: [
        line('queued for', 'OldestQueuedMilliseconds', 'Maximum'),
        line('request to the carrier, 95 of 100', 'CarrierMilliseconds', 'p95', 300),
      ],
    },
    {
      title: `${what} that do not go: may not have been heard, or halted`,
      unit: 'times',
      lines: [
        line('claims in doubt', 'ClaimsInDoubt', 'Sum'),
        line('account or number refused', 'SendingHalted', 'Sum', 300),
      ],
    },
  ];
}
