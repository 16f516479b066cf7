import {
  readShareOf,
  type ServiceName,
  type ServiceRow,
  type StreamName,
  type StreamRow,
  services,
  streamConsumers,
  streams,
} from '#shared/topology.ts';
import { TURNS_IN_HAND } from '../simulation/environment.ts';
import { databaseWork, type Work } from './database-work.ts';
import { SHARES } from './measured.ts';

/**
 * How large an environment has to be for so many messages a day: shards, tasks, connections and capacity of the database in
 * the busiest hour. Everything follows from the map (`shared/topology.ts`), from AWS's limits and from what was measured. Pure.
 */

/** What is asked of an environment. */
export interface Demand {
  messagesPerDay: number;
  textsPerDay: number;
  statusesPerMessage: number;
  recordBytes: number;
}

/** Share of a day that falls into its busiest hour: people are written to within some twelve hours, and not evenly. */
export const BUSIEST_HOUR = 0.15;
/** How much of what there is may be in use in that hour: the rest is for its bursts, and for a zone that fails. */
export const IN_USE = 0.6;
/** Tasks that stay whatever the load (Pulumi.prod.yaml): one may fail. */
export const LEAST_TASKS = 2;

/** Limits of AWS, a second. docs.aws.amazon.com/streams/latest/dev/service-sizes-and-limits.html */
export const SHARD = {
  recordsIn: 1_000,
  bytesIn: 1_000_000,
  recordsOut: 2_000,
  bytesOut: 2_000_000,
} as const;
/**
 * Entries of a FIFO queue that are received and not yet deleted: at so many SQS hands out no more.
 * docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-fifo.html
 */
export const MOST_IN_FLIGHT = 120_000;
/**
 * Connections that Aurora Serverless v2 allows, by the greatest capacity that is set (`maxAcu`) and not by what is in use, with a
 * least capacity of one unit or more. docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/aurora-serverless-v2.setting-capacity.html
 */
export const CONNECTIONS = [
  { maxAcu: 1, connections: 189 },
  { maxAcu: 4, connections: 823 },
  { maxAcu: 8, connections: 1_669 },
  { maxAcu: 16, connections: 3_360 },
  { maxAcu: 32, connections: 5_000 },
] as const;
export const MOST_CONNECTIONS = 5_000;
/** AWS says that a unit comes with the processor of 2 GiB of an instance: a quarter of one. */
export const PROCESSORS_PER_ACU = 0.25;
/** DB_POOL_MAX, and one that some have besides: for programmes, or for the turns of campaigns. */
export const CONNECTIONS_PER_TASK = 9;
/** Of the database, whatever the load: `minAcu` of production. */
const LEAST_ACU = 2;
/** While a version is replaced, tasks of both are there (`deploymentMaximumPercent`). */
const REPLACED = 2;

export type ShardLimit = 'records written' | 'bytes written' | 'what readers share' | 'a task for each';

export interface StreamSize {
  recordsPerSecond: number;
  shards: number;
  /** What the number of shards follows. */
  limit: ShardLimit;
}

export interface ServiceNeed {
  /** Records, entries or requests. */
  perSecond: number;
  tasks: number;
  /** On average over a day, for the bill. */
  averageTasks: number;
}

export interface Size {
  messagesPerSecond: number;
  textsPerSecond: number;
  streams: Readonly<Record<StreamName, StreamSize>>;
  services: Readonly<Record<ServiceName, ServiceNeed>>;
  tasks: number;
  /** To the database, when every pool is full. */
  connections: number;
  /** The same while a version is replaced, of all services at once. */
  connectionsWhileReplaced: number;
  /** Least `maxAcu` that allows these; null: none does. */
  maxAcuOfConnections: number | null;
  /**
   * Capacity that the database needs for the busiest hour: at best, with full batches and many requests at once, and with what is
   * set by default.
   */
  acu: Work;
  /** On average over a day, with what is set by default, for the bill. */
  averageAcu: number;
  /** `TURNS_IN_HAND` of each service that receives from queues: the default, or what its tasks leave of what may be in flight. */
  turnsInHand: Readonly<Partial<Record<ServiceName, number>>>;
}

const rows = services as Readonly<Record<ServiceName, ServiceRow>>;
const upTo = (needed: number, least: number): number => Math.max(least, Math.ceil(needed / IN_USE - 1e-9));

export function sizeFor(demand: Demand): Size {
  const busiest = BUSIEST_HOUR / 3_600;
  const perSecond = { messages: demand.messagesPerDay * busiest, texts: demand.textsPerDay * busiest };
  const onAverage = 1 / (24 * BUSIEST_HOUR);
  const recordsOn = (stream: StreamName): number => {
    const { traffic }: StreamRow = streams[stream];
    return perSecond.messages * traffic.perMessage + perSecond.texts * traffic.perText;
  };
  const sizes = mapped(Object.keys(streams) as StreamName[], (stream) =>
    streamSize(stream, recordsOn(stream), demand),
  );
  const needs = mapped(Object.keys(services) as ServiceName[], (service): ServiceNeed => {
    const needed = workOf(service, perSecond, recordsOn, demand);
    const tasks = upTo(needed / rows[service].ratePerTask, LEAST_TASKS);
    return { perSecond: needed, tasks, averageTasks: Math.max(LEAST_TASKS, tasks * onAverage) };
  });
  const tasks = Object.values(needs).reduce((sum, need) => sum + need.tasks, 0);
  const connections = tasks * CONNECTIONS_PER_TASK;
  const connectionsWhileReplaced = connections * REPLACED;
  const acuOf = (messagesPerSecond: number, microseconds: number): number =>
    (messagesPerSecond * microseconds) / 1e6 / PROCESSORS_PER_ACU / IN_USE;
  const busiestAcu = (microseconds: number): number =>
    Math.max(LEAST_ACU, Math.ceil(acuOf(perSecond.messages, microseconds)));
  const receivers = (Object.keys(rows) as ServiceName[]).filter((name) => rows[name].receives.length > 0);
  return {
    messagesPerSecond: perSecond.messages,
    textsPerSecond: perSecond.texts,
    streams: sizes,
    services: needs,
    tasks,
    connections,
    connectionsWhileReplaced,
    maxAcuOfConnections:
      CONNECTIONS.find((allowed) => allowed.connections >= connectionsWhileReplaced)?.maxAcu ?? null,
    acu: { least: busiestAcu(databaseWork.least), most: busiestAcu(databaseWork.most) },
    averageAcu: Math.max(LEAST_ACU, acuOf(perSecond.messages * onAverage, databaseWork.most)),
    turnsInHand: Object.fromEntries(receivers.map((name) => [name, turnsInHand(needs[name].tasks)])),
  };
}

/**
 * Entries of one queue that each of so many tasks may hold, so that all of them, and as many of the next version beside them, stay
 * within what may be in flight: the default where that is less.
 */
export function turnsInHand(tasks: number): number {
  const allowed = MOST_IN_FLIGHT / (tasks * REPLACED);
  return Math.min(TURNS_IN_HAND, Math.floor(allowed / 10) * 10);
}

/** What a shard gives in a second to that one of those who poll it that has the least of it, in records of this size. */
export function recordsToEach(stream: StreamName, recordBytes: number): number {
  const shares = streamConsumers
    .filter((row) => row.stream === stream)
    .map(({ consumer }) => readShareOf(stream, consumer));
  return Math.min(...shares) * Math.min(SHARD.recordsOut, SHARD.bytesOut / recordBytes);
}

function streamSize(stream: StreamName, recordsPerSecond: number, { recordBytes }: Demand): StreamSize {
  const consumers = streamConsumers.filter((row) => row.stream === stream);
  const bytes = recordsPerSecond * recordBytes;
  const limits: Record<ShardLimit, number> = {
    // A shard is worked on by one task at a time.
    'a task for each': Math.max(
      ...consumers.map(({ service }) => recordsPerSecond / rows[service].ratePerTask),
    ),
    'records written': recordsPerSecond / SHARD.recordsIn,
    'bytes written': bytes / SHARD.bytesIn,
    // All who poll share what a shard gives out, and each is to have all that is in it, also whoever has the least share.
    'what readers share': recordsPerSecond / recordsToEach(stream, recordBytes),
  };
  const [limit, needed] = (Object.entries(limits) as [ShardLimit, number][]).reduce((most, each) =>
    each[1] > most[1] + 1e-9 ? each : most,
  );
  return { recordsPerSecond, shards: upTo(needed, 1), limit };
}

function workOf(
  service: ServiceName,
  { messages, texts }: { messages: number; texts: number },
  recordsOn: (stream: StreamName) => number,
  { statusesPerMessage }: Demand,
): number {
  const { receives, scaling } = rows[service];
  switch (scaling.by) {
    case 'iterator-age':
      return streamConsumers
        .filter((row) => row.service === service)
        .reduce((sum, { stream }) => sum + recordsOn(stream), 0);
    case 'backlog':
      return receives.includes('voice.fifo') ? messages * SHARES.callsPerMessage : messages;
    case 'requests':
      // People and their programs ask the API as often as they do, whatever is sent.
      return service === 'gateway' ? texts + messages * statusesPerMessage : 0;
    case 'processor':
      return messages * SHARES.planned;
  }
}

const mapped = <K extends string, V>(keys: readonly K[], value: (key: K) => V): Record<K, V> =>
  Object.fromEntries(keys.map((key) => [key, value(key)])) as Record<K, V>;
