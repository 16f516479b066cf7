import { filled, plus } from '../../scaling/metric-math.ts';
import { type AlarmRow, onFormula, onSeries } from '../alarm.ts';
import type { MonitoredResources } from '../resources.ts';
import { own } from '../series.ts';
import type { Thresholds } from '../thresholds.ts';

/** What people notice, or the law does: whether they are heard, answered and left alone. */
export function sendingAlarms<T>({ namespace }: MonitoredResources<T>, limits: Thresholds): AlarmRow<T>[] {
  const sender = { context: 'sender', missing: 'quiet' } as const;
  const caller = { context: 'caller', missing: 'quiet' } as const;
  const campaigns = { context: 'campaigns', missing: 'quiet' } as const;
  const gateway = { context: 'gateway', missing: 'quiet' } as const;
  return [
    onSeries<T>({
      ...sender,
      name: 'slow-replies',
      kind: 'slow-replies',
      summary: `One person in 20 waits more than ${limits.replyMs / 1_000} s until the answer to a text is at the carrier.`,
      series: own(namespace, 'ReplyMilliseconds', 'sender', {}, 'p95', 300),
      threshold: limits.replyMs,
      periods: 3,
      datapoints: 2,
    }),
    onSeries<T>({
      ...sender,
      name: 'oldest-message',
      kind: 'sending-bottleneck',
      summary: `A message has been queued for ${limits.oldestQueuedMs / 60_000} minutes without being sent.`,
      series: own(namespace, 'OldestQueuedMilliseconds', 'sender', {}, 'Maximum'),
      threshold: limits.oldestQueuedMs,
      periods: 3,
      datapoints: 3,
    }),
    onSeries<T>({
      ...sender,
      name: 'sending-in-doubt',
      kind: 'sending-in-doubt',
      summary: 'Nothing is sent, because texts of people may not have been heard: one may be a STOP.',
      series: own(namespace, 'ClaimsInDoubt', 'sender', {}, 'Sum'),
      threshold: 1,
      periods: 3,
      datapoints: 3,
    }),
    onSeries<T>({
      ...sender,
      name: 'sending-halted',
      kind: 'sending-halted',
      summary: 'The carrier refuses our account or a number of ours; messages are held.',
      series: own(namespace, 'SendingHalted', 'sender', {}, 'Sum', 300),
      threshold: 1,
      periods: 1,
      datapoints: 1,
    }),
    onSeries<T>({
      ...sender,
      name: 'messages-ambiguous',
      kind: 'messages-ambiguous',
      summary: `${limits.ambiguous} requests to the carrier ended without an answer within 5 minutes.`,
      series: own(namespace, 'MessagesAmbiguous', 'sender', {}, 'Sum', 300),
      threshold: limits.ambiguous,
      periods: 2,
      datapoints: 2,
    }),
    onFormula<T>({
      context: 'inbox',
      missing: 'quiet',
      name: 'agent-failing',
      kind: 'agent-failing',
      summary: `${limits.agentFaults} texts within 5 minutes went to people because the agent failed, was too slow or had as many as it may in a day.`,
      of: {
        failed: own(namespace, 'AgentFaults', 'inbox', { Reason: 'failed' }, 'Sum', 300),
        slow: own(namespace, 'AgentFaults', 'inbox', { Reason: 'timed_out' }, 'Sum', 300),
        many: own(namespace, 'AgentFaults', 'inbox', { Reason: 'too_many' }, 'Sum', 300),
      },
      formula: plus(plus(filled('failed', 0), filled('slow', 0)), filled('many', 0)),
      threshold: limits.agentFaults,
      periods: 2,
      datapoints: 2,
    }),
    // By what stands in the database and is told every minute: a count that is told once is lost with the task that counted.
    onSeries<T>({
      ...campaigns,
      name: 'outside-hours',
      kind: 'outside-hours',
      summary:
        'A message or call left outside the hours of the law, the organisation or its campaign, yesterday or today.',
      series: own(namespace, 'OperatingPercent', 'campaigns', { Of: 'window_compliance' }, 'Minimum', 300),
      comparison: 'LessThanThreshold',
      threshold: 100,
      periods: 1,
      datapoints: 1,
    }),
    onSeries<T>({
      ...campaigns,
      name: 'hours-unwatched',
      kind: 'hours-unwatched',
      summary: `For ${limits.countedAgeMs / 60_000} minutes nobody has judged whether messages leave in their hours.`,
      series: own(namespace, 'CountedAgeMilliseconds', 'campaigns', {}, 'Maximum'),
      threshold: limits.countedAgeMs,
      periods: 3,
      datapoints: 3,
    }),
    onSeries<T>({
      ...caller,
      name: 'calls-halted',
      kind: 'sending-halted',
      summary: 'The carrier refuses our account or a number of ours; calls are held.',
      series: own(namespace, 'SendingHalted', 'caller', {}, 'Sum', 300),
      threshold: 1,
      periods: 1,
      datapoints: 1,
    }),
    onSeries<T>({
      ...caller,
      name: 'calls-ambiguous',
      kind: 'messages-ambiguous',
      summary: `${limits.ambiguous} requests for calls ended without an answer within 5 minutes.`,
      series: own(namespace, 'MessagesAmbiguous', 'caller', {}, 'Sum', 300),
      threshold: limits.ambiguous,
      periods: 2,
      datapoints: 2,
    }),
    onSeries<T>({
      ...gateway,
      name: 'inbound-kept-aside',
      kind: 'inbound-kept-aside',
      summary: 'A text of a person could not be taken in and was kept aside: it may be a STOP.',
      series: own(namespace, 'InboundKeptAside', 'gateway', {}, 'Sum'),
      threshold: 1,
      periods: 1,
      datapoints: 1,
    }),
    onSeries<T>({
      ...gateway,
      name: 'sweeps-failing',
      kind: 'sending-in-doubt',
      summary: "The carrier's list of inbound messages cannot be compared with ours.",
      series: own(namespace, 'SweepsFailed', 'gateway', {}, 'Sum', 300),
      threshold: 3,
      periods: 2,
      datapoints: 2,
    }),
    onSeries<T>({
      ...gateway,
      name: 'webhooks-unavailable',
      kind: 'webhooks-refused',
      summary: `${limits.webhooksUnavailable} webhooks were answered with 503 within 5 minutes; the carrier repeats them for 15 s.`,
      series: own(namespace, 'WebhooksRefused', 'gateway', { Reason: 'unavailable' }, 'Sum', 300),
      threshold: limits.webhooksUnavailable,
      periods: 1,
      datapoints: 1,
    }),
    onSeries<T>({
      ...gateway,
      name: 'webhooks-unsigned',
      kind: 'webhooks-refused',
      summary: `${limits.webhooksUnsigned} webhooks within 5 minutes were not signed by the carrier: a wrong token or address, or a stranger.`,
      series: own(namespace, 'WebhooksRefused', 'gateway', { Reason: 'signature' }, 'Sum', 300),
      threshold: limits.webhooksUnsigned,
      periods: 2,
      datapoints: 2,
    }),
  ];
}
