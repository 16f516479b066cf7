import { errorClasses, refusalClasses } from './carriers/errors.ts';
import { hoursVerdicts, startFailures } from './operating/measures.ts';

const webhookNames = ['sms', 'status', 'call_status', 'call_keys', 'call_machine', 'call_inbound'] as const;

/** Of campaigns that share slots. */
const poolNames = ['sms', 'voice'] as const;

/**
 * Metrics in CloudWatch's embedded metric format: one JSON line on standard output per flush and dimension set,
 * which CloudWatch Logs turns into metrics without an agent or an API call.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 *
 * Every name is declared here once, so that dashboards and alarms can be held against what services emit: a new one
 * also gets a line in infra/observability (emissions.ts and a graph), or tests fail. `Consumer`
 * and `Queue` have the names of the topology as values; `values` lists those of every other dimension but `Service`.
 */
export const metricCatalogue = {
  RecordsProcessed: { unit: 'Count', dimensions: ['Service', 'Consumer'] },
  BatchSize: { unit: 'Count', dimensions: ['Service', 'Consumer'] },
  BatchMilliseconds: { unit: 'Milliseconds', dimensions: ['Service', 'Consumer'] },
  IteratorAgeMilliseconds: { unit: 'Milliseconds', dimensions: ['Service', 'Consumer'] },
  RecordsQuarantined: { unit: 'Count', dimensions: ['Service', 'Consumer'] },
  RecordsParked: { unit: 'Count', dimensions: ['Service', 'Consumer'] },
  LeasesLost: { unit: 'Count', dimensions: ['Service', 'Consumer'] },
  ConsumerRetries: { unit: 'Count', dimensions: ['Service', 'Consumer'] },
  OutboxPublished: { unit: 'Count', dimensions: ['Service'] },
  PutFailures: { unit: 'Count', dimensions: ['Service'] },
  WebhooksAccepted: {
    unit: 'Count',
    dimensions: ['Service', 'Webhook'],
    values: { Webhook: webhookNames },
  },
  WebhooksRefused: {
    unit: 'Count',
    dimensions: ['Service', 'Reason'],
    values: {
      Reason: [
        'too_large',
        'malformed',
        'signature',
        'unsigned',
        'unavailable',
        'overload',
        'no_phone_number',
        'other_channel',
        'binary',
      ],
    },
  },
  WebhookMilliseconds: {
    unit: 'Milliseconds',
    dimensions: ['Service', 'Webhook'],
    values: { Webhook: webhookNames },
  },
  /** Requests for short links that led somewhere. */
  LinkClicks: {
    unit: 'Count',
    dimensions: ['Service', 'Visitor'],
    values: { Visitor: ['person', 'machine'] },
  },
  LinksRefused: {
    unit: 'Count',
    dimensions: ['Service', 'Reason'],
    values: { Reason: ['unknown', 'limited', 'unavailable'] },
  },
  /** Until somebody was led on. */
  LinkMilliseconds: { unit: 'Milliseconds', dimensions: ['Service'] },
  /** Clicks that there was no room for while the database was away. */
  ClicksLost: { unit: 'Count', dimensions: ['Service'] },
  /** Requests to the API. Refused are those that were at fault themselves. */
  ApiRequests: {
    unit: 'Count',
    dimensions: ['Service', 'Outcome'],
    values: { Outcome: ['answered', 'refused', 'failed'] },
  },
  /** Until the answer has gone out or, of a stream of events, until it has begun. */
  ApiMilliseconds: { unit: 'Milliseconds', dimensions: ['Service'] },
  /** Attempts to deliver outgoing webhooks, by what became of them. */
  WebhookDeliveries: {
    unit: 'Count',
    dimensions: ['Service', 'Outcome'],
    values: { Outcome: ['delivered', 'retried', 'given_up'] },
  },
  /** Contacts of campaigns that were due, by what was planned for them. */
  CampaignContacts: {
    unit: 'Count',
    dimensions: ['Service', 'Outcome'],
    values: { Outcome: ['queued', 'held', 'blocked', 'skipped'] },
  },
  CampaignsFailed: { unit: 'Count', dimensions: ['Service'] },
  /** Campaigns that failed before anything of them went. */
  CampaignStartFailures: {
    unit: 'Count',
    dimensions: ['Service', 'Reason'],
    values: { Reason: startFailures },
  },
  /** Of which something goes now; one task of all reports it. */
  ActiveCampaigns: { unit: 'Count', dimensions: ['Service', 'Pool'], values: { Pool: poolNames } },
  /** That wait for a slot of their pool. */
  CampaignsWaiting: { unit: 'Count', dimensions: ['Service', 'Pool'], values: { Pool: poolNames } },
  /** Of the slots that a pool of campaigns has. */
  SlotsTakenPercent: { unit: 'Percent', dimensions: ['Service', 'Pool'], values: { Pool: poolNames } },
  /**
   * What was planned and left, by whether it did so inside the recipient's window and the hours of the law: judged afterwards, by the
   * hour at which the carrier took it, and not by the gate that let it go.
   */
  HoursKept: { unit: 'Count', dimensions: ['Service', 'Verdict'], values: { Verdict: hoursVerdicts } },
  /** How old the newest row is that is counted for the operating figures; every task reports it at every look. */
  CountedAgeMilliseconds: { unit: 'Milliseconds', dimensions: ['Service'] },
  /** Touches that the gate judged for good; suppressed are those that it stopped because of an opt-out. */
  TouchesJudged: {
    unit: 'Count',
    dimensions: ['Service', 'Verdict'],
    values: { Verdict: ['allowed', 'suppressed', 'blocked'] },
  },
  /** Shares of what yesterday and today brought (UTC); one task of all reports them. */
  OperatingPercent: {
    unit: 'Percent',
    dimensions: ['Service', 'Of'],
    values: { Of: ['window_compliance', 'suppression_hits', 'reply_association', 'opt_outs'] },
  },
  /** Campaigns that were paused and numbers that were halted because too much went wrong with what was sent. */
  BreakersTripped: { unit: 'Count', dimensions: ['Service', 'Of'], values: { Of: ['campaign', 'sender'] } },
  /** Texts of people as they are stored: of a campaign, of no campaign but a contact, or of a number that nobody knows. */
  TextsHeard: {
    unit: 'Count',
    dimensions: ['Service', 'Whose'],
    values: { Whose: ['campaign', 'contact', 'nobody'] },
  },
  /** Texts that the agent was given, by what became of them. */
  AgentAnswers: {
    unit: 'Count',
    dimensions: ['Service', 'Outcome'],
    values: { Outcome: ['sent', 'drafted', 'handed_over', 'silent', 'overtaken'] },
  },
  /** Until the agent had an answer, or none: of those texts for which it was asked. */
  AgentMilliseconds: { unit: 'Milliseconds', dimensions: ['Service'] },
  /** Texts that people have because the agent had no answer where it should have had one; `too_many`: beyond those of a day. */
  AgentFaults: {
    unit: 'Count',
    dimensions: ['Service', 'Reason'],
    values: { Reason: ['failed', 'timed_out', 'interrupted', 'empty', 'too_many'] },
  },
  CommandsRefused: {
    unit: 'Count',
    dimensions: ['Service', 'Reason'],
    values: {
      Reason: [
        'campaign_not_active',
        'opted_out',
        'not_validated',
        'other_programme',
        'stale',
        'unknown_drill',
      ],
    },
  },
  /** What was due by the schedules of programmes, or because a contact changed, by what was asked of the dialog. */
  ScheduledCommands: {
    unit: 'Count',
    dimensions: ['Service', 'Kind'],
    values: { Kind: ['drill', 'reminder', 'contact'] },
  },
  /** How long after their instant they were asked for. */
  ScheduleLagMilliseconds: { unit: 'Milliseconds', dimensions: ['Service'] },
  SweepsFailed: { unit: 'Count', dimensions: ['Service'] },
  InboundSwept: { unit: 'Count', dimensions: ['Service'] },
  InboundKeptAside: { unit: 'Count', dimensions: ['Service'] },
  InboundWithoutMedia: { unit: 'Count', dimensions: ['Service'] },
  /** Requests to the carrier for statuses that no callback told. */
  StatusRequests: { unit: 'Count', dimensions: ['Service', 'How'], values: { How: ['list', 'fetch'] } },
  StatusesFound: { unit: 'Count', dimensions: ['Service'] },
  StatusesUnconfirmed: { unit: 'Count', dimensions: ['Service'] },
  StatusesGivenUp: { unit: 'Count', dimensions: ['Service'] },
  OptOuts: { unit: 'Count', dimensions: ['Service'] },
  TextsForReview: { unit: 'Count', dimensions: ['Service'] },
  MessagesSent: { unit: 'Count', dimensions: ['Service'] },
  MessagesRefused: { unit: 'Count', dimensions: ['Service', 'Class'], values: { Class: refusalClasses } },
  MessagesBlocked: { unit: 'Count', dimensions: ['Service'] },
  MessagesHeld: { unit: 'Count', dimensions: ['Service'] },
  MessagesAmbiguous: { unit: 'Count', dimensions: ['Service'] },
  /** From a person's text to the carrier's acceptance of the first message that answers it. */
  ReplyMilliseconds: { unit: 'Milliseconds', dimensions: ['Service'] },
  /** Messages in the table that are not settled; every task reports them: take the maximum, never the sum. */
  UnsentMessages: {
    unit: 'Count',
    dimensions: ['Service', 'State'],
    values: { State: ['queued', 'held', 'ambiguous'] },
  },
  /** How long the message that has been queued longest has been: in the table, whatever became of its turn. */
  OldestQueuedMilliseconds: { unit: 'Milliseconds', dimensions: ['Service'] },
  /** From the moment a turn was sent to its queue to the moment a task takes it. */
  TurnAgeMilliseconds: { unit: 'Milliseconds', dimensions: ['Service', 'Queue'] },
  /** Runs of queue entries whose handler failed, so that they went back. */
  RunsFailed: { unit: 'Count', dimensions: ['Service', 'Queue'] },
  /** Claims that were not made because texts of people may not have been heard. */
  ClaimsInDoubt: { unit: 'Count', dimensions: ['Service'] },
  SendingHalted: { unit: 'Count', dimensions: ['Service'] },
  MessagesReconciled: { unit: 'Count', dimensions: ['Service'] },
  CarrierMilliseconds: { unit: 'Milliseconds', dimensions: ['Service'] },
  ClaimSize: { unit: 'Count', dimensions: ['Service'] },
  TurnsInHand: { unit: 'Count', dimensions: ['Service'] },
  UnknownStatuses: { unit: 'Count', dimensions: ['Service'] },
  /** Reports that a message did not arrive, after the carrier had accepted it; a repeated report counts again. */
  DeliveryErrors: { unit: 'Count', dimensions: ['Service', 'Class'], values: { Class: errorClasses } },
  StatusConflicts: { unit: 'Count', dimensions: ['Service'] },
} as const satisfies Record<
  string,
  { unit: string; dimensions: readonly string[]; values?: Readonly<Record<string, readonly string[]>> }
>;

export type MetricName = keyof typeof metricCatalogue;
type DimensionsOf<N extends MetricName> = Exclude<
  (typeof metricCatalogue)[N]['dimensions'][number],
  'Service'
>;
/** What a dimension of a metric may say. */
export type DimensionValue<N extends MetricName, D extends string> = (typeof metricCatalogue)[N] extends {
  values: Readonly<Record<D, readonly (infer V extends string)[]>>;
}
  ? V
  : string;

export interface Metrics {
  /** Adds one observation. Cheap; nothing is written before the next flush. */
  observe<N extends MetricName>(
    name: N,
    value: number,
    dimensions: { [D in DimensionsOf<N>]: DimensionValue<N, D> },
  ): void;
  /** Writes what was observed since the last flush and stops the timer when `final`. */
  flush(final?: boolean): void;
}

/** The namespace where none is configured: on one machine. */
export const LOCAL_NAMESPACE = 'Carillon';

/** Most values CloudWatch takes for one metric in one document. */
const MAX_VALUES = 100;

export function createMetrics(
  service: string,
  options: { namespace: string; flushMs: number; now: () => Date; write: (line: string) => void },
): Metrics {
  const series = new Map<
    string,
    { name: MetricName; dimensions: Record<string, string>; values: number[] }
  >();
  const write = (name: MetricName, dimensions: Record<string, string>, values: number[]): void => {
    const { unit } = metricCatalogue[name];
    options.write(
      JSON.stringify({
        _aws: {
          Timestamp: options.now().getTime(),
          CloudWatchMetrics: [
            {
              Namespace: options.namespace,
              Dimensions: [Object.keys(dimensions)],
              Metrics: [{ Name: name, Unit: unit }],
            },
          ],
        },
        ...dimensions,
        [name]: values,
      }),
    );
  };
  const flush = (final = false): void => {
    if (final) clearInterval(timer);
    for (const { name, dimensions, values } of series.values()) {
      if (metricCatalogue[name].unit === 'Count' && !SAMPLED.has(name)) {
        write(name, dimensions, [values.reduce((sum, value) => sum + value, 0)]);
      } else {
        for (let i = 0; i < values.length; i += MAX_VALUES)
          write(name, dimensions, values.slice(i, i + MAX_VALUES));
      }
    }
    series.clear();
  };
  const timer = setInterval(flush, options.flushMs);
  timer.unref();
  return {
    observe: (name, value, dimensions) => {
      const all: Record<string, string> = { Service: service, ...dimensions };
      const key = `${name}|${Object.values(all).join('|')}`;
      const known = series.get(key);
      if (!known) series.set(key, { name, dimensions: all, values: [value] });
      else if (known.values.length < MAX_SERIES) known.values.push(value);
      // Beyond that a flush interval keeps its exact sum only: counts must stay true, distributions are sampled.
      else known.values[known.values.length - 1] = merge(name, known.values.at(-1) ?? 0, value);
    },
    flush,
  };
}

const MAX_SERIES = 10_000;
/** Counts whose distribution matters more than their sum. */
const SAMPLED = new Set<MetricName>([
  'BatchSize',
  'ClaimSize',
  'TurnsInHand',
  'UnsentMessages',
  'ActiveCampaigns',
  'CampaignsWaiting',
]);
const merge = (name: MetricName, last: number, value: number): number =>
  metricCatalogue[name].unit === 'Count' && !SAMPLED.has(name) ? last + value : value;

/** For tests and tools. */
export const noMetrics: Metrics = { observe: () => undefined, flush: () => undefined };
