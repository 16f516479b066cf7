import { type MetricName, metricCatalogue } from '#shared/metrics.ts';
import {
  type QueueName,
  type ServiceName,
  type ServiceRow,
  services,
  streamConsumers,
} from '#shared/topology.ts';

/** One metric as one service emits it, with the values of all its dimensions. */
export interface Emission {
  name: MetricName;
  service: ServiceName;
  /** `Service` left out. */
  dimensions: Readonly<Record<string, string>>;
}

const rows: readonly [ServiceName, ServiceRow][] = Object.entries(services) as [ServiceName, ServiceRow][];
const where = (wanted: (row: ServiceRow) => boolean): ServiceName[] =>
  rows.filter(([, row]) => wanted(row)).map(([name]) => name);

const consumes = (row: ServiceRow): boolean => Object.keys(row.consumes).length > 0;
const leavesRecords = (row: ServiceRow): boolean => row.puts.length + row.sends.length > 0;

/** Those that hand messages to carriers: they take turns of phones from a queue. */
const sending = where((row) => row.carriers && row.receives.length > 0);

/** Which services emit a metric that has no dimension but `Service` and those of `values`; a rule where the map has one. */
const emitters: Readonly<Partial<Record<MetricName, readonly ServiceName[]>>> = {
  OutboxPublished: where((row) => leavesRecords(row) && (consumes(row) || row.relaysSlots)),
  PutFailures: where((row) => row.puts.length > 0),
  WebhooksAccepted: ['gateway'],
  WebhooksRefused: ['gateway'],
  WebhookMilliseconds: ['gateway'],
  LinkClicks: ['gateway'],
  LinksRefused: ['gateway'],
  LinkMilliseconds: ['gateway'],
  ClicksLost: ['gateway'],
  ApiRequests: ['api'],
  ApiMilliseconds: ['api'],
  WebhookDeliveries: ['api'],
  CampaignContacts: ['campaigns'],
  CampaignsFailed: ['campaigns'],
  CampaignStartFailures: ['campaigns'],
  ActiveCampaigns: ['campaigns'],
  CampaignsWaiting: ['campaigns'],
  SlotsTakenPercent: ['campaigns'],
  HoursKept: ['campaigns'],
  CountedAgeMilliseconds: ['campaigns'],
  TouchesJudged: ['campaigns'],
  OperatingPercent: ['campaigns'],
  BreakersTripped: ['campaigns'],
  TextsHeard: ['inbox'],
  AgentAnswers: ['inbox'],
  AgentFaults: ['inbox'],
  AgentMilliseconds: ['inbox'],
  CommandsRefused: ['dialog'],
  ScheduledCommands: ['progress'],
  ScheduleLagMilliseconds: ['progress'],
  SweepsFailed: ['gateway'],
  InboundSwept: ['gateway'],
  InboundKeptAside: ['gateway'],
  InboundWithoutMedia: ['gateway'],
  StatusRequests: ['gateway'],
  StatusesFound: ['gateway'],
  StatusesUnconfirmed: ['gateway'],
  StatusesGivenUp: ['gateway'],
  OptOuts: ['gateway'],
  TextsForReview: ['gateway'],
  MessagesBlocked: ['gateway', ...sending],
  MessagesSent: sending,
  MessagesRefused: sending,
  MessagesHeld: sending,
  MessagesAmbiguous: sending,
  MessagesReconciled: sending,
  ReplyMilliseconds: ['sender'],
  UnsentMessages: sending,
  OldestQueuedMilliseconds: sending,
  ClaimsInDoubt: sending,
  SendingHalted: sending,
  CarrierMilliseconds: sending,
  ClaimSize: sending,
  TurnsInHand: sending,
  DeliveryErrors: ['log'],
  UnknownStatuses: ['log'],
  StatusConflicts: ['log'],
};

/** Metrics per stream consumer that only some have: a gap in the versions of a phone exists in dialog events alone. */
const onlyOf: Readonly<Partial<Record<MetricName, string>>> = { RecordsParked: 'dialog-events' };

const dimensionsOf = (name: MetricName): readonly string[] => metricCatalogue[name].dimensions;

function valuesOf(name: MetricName, dimension: string): readonly string[] {
  const row: { dimensions: readonly string[]; values?: Readonly<Record<string, readonly string[]>> } =
    metricCatalogue[name];
  const values = row.values?.[dimension];
  if (values === undefined) throw new Error(`nothing says what ${dimension} of ${name} may be`);
  return values;
}

function emissionsOf(name: MetricName): Emission[] {
  const [, ...others] = dimensionsOf(name);
  const [other] = others;
  if (other === 'Consumer') {
    return streamConsumers
      .filter(({ stream }) => onlyOf[name] === undefined || onlyOf[name] === stream)
      .map(({ service, consumer }) => ({ name, service, dimensions: { Consumer: consumer } }));
  }
  if (other === 'Queue') {
    return rows.flatMap(([service, row]) =>
      row.receives.map((queue: QueueName) => ({ name, service, dimensions: { Queue: queue } })),
    );
  }
  return (emitters[name] ?? []).flatMap((service) =>
    other === undefined
      ? { name, service, dimensions: {} }
      : valuesOf(name, other).map((value) => ({ name, service, dimensions: { [other]: value } })),
  );
}

/** Everything that the services of the map emit. */
export const emissions: readonly Emission[] = (Object.keys(metricCatalogue) as MetricName[]).flatMap(
  emissionsOf,
);
