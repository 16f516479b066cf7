import type { ServiceName } from '#shared/topology.ts';
import { tasksAboveLeast } from './simulated-tasks.ts';

/**
 * What an environment is taken to do, by class. Everything that a price is multiplied by and that the program does not
 * say stands here.
 */
export interface Assumptions {
  /** Messages that the carrier is handed, a day. */
  messagesPerDay: number;
  /** Texts of people, a day. */
  textsPerDay: number;
  /** Status callbacks of a message. */
  statusesPerMessage: number;
  /** Average number of tasks of a service above the least. */
  tasksAboveLeast: (service: ServiceName) => number;
  /** Average capacity of the database, in ACU and instance; never below what the stack says is the least. */
  averageAcu: number;
  /** Bytes of a record on a stream. */
  recordBytes: number;
  /** Bytes that a message leaves in the database, with its attempt, log and indexes. */
  databaseBytesPerMessage: number;
  /** I/O requests of the storage per message; a batch shares pages of the log and of indexes. */
  databaseIoPerMessage: number;
  /** Requests to SQS per entry: sends go in batches, receives bring up to ten, heartbeats and idle polls add. */
  queueRequestsPerEntry: number;
  /** Idle requests to SQS of a running sender, a second: long polls of 20 s on two queues, with several receivers. */
  idlePollsPerSecond: number;
  /** Bytes of log lines per message, all services together. */
  logBytesPerMessage: number;
  /** Log lines without traffic, in GB a month: health, metrics in embedded format, the database. */
  idleLogGigabytes: number;
  flowLogGigabytes: number;
  /** Traffic through the NAT gateways, per message: the carrier's API, SQS, Kinesis, logs, secrets. */
  natBytesPerMessage: number;
  /** Without traffic, in GB a month: polls of streams and queues, logs, pulls of the image. */
  idleNatGigabytes: number;
  /** Traffic to the carrier that leaves AWS, per message. */
  internetBytesPerMessage: number;
  /** Traffic between zones, per message, each direction counted. */
  zoneBytesPerMessage: number;
  /** Data in the cache, in GB; 0.1 are charged at least. */
  cacheGigabytes: number;
  /** Operations on the cache per message: hints and pace. */
  cacheOperationsPerMessage: number;
  /** Requests to KMS per key: queues and streams ask for a data key every few minutes. */
  keyRequests: number;
  /** Metrics of their own that services write: names by dimensions in use. */
  ownMetrics: number;
  /** Files: new GB and objects a month. */
  fileGigabytes: number;
  fileWrites: number;
  imageGigabytes: number;
}

export type EnvironmentClass = 'dev' | 'prod';

export const assumptions: Readonly<Record<EnvironmentClass, Assumptions>> = {
  dev: {
    messagesPerDay: 500,
    textsPerDay: 300,
    statusesPerMessage: 2,
    tasksAboveLeast: () => 0,
    averageAcu: 0.5,
    recordBytes: 1_000,
    databaseBytesPerMessage: 2_500,
    databaseIoPerMessage: 20,
    queueRequestsPerEntry: 4,
    idlePollsPerSecond: 0.2,
    logBytesPerMessage: 4_000,
    idleLogGigabytes: 1,
    flowLogGigabytes: 0.5,
    natBytesPerMessage: 20_000,
    idleNatGigabytes: 10,
    internetBytesPerMessage: 4_000,
    zoneBytesPerMessage: 20_000,
    cacheGigabytes: 0.1,
    cacheOperationsPerMessage: 10,
    keyRequests: 20_000,
    ownMetrics: 50,
    fileGigabytes: 1,
    fileWrites: 10_000,
    imageGigabytes: 2,
  },
  prod: {
    messagesPerDay: 1_000_000,
    textsPerDay: 250_000,
    statusesPerMessage: 2,
    tasksAboveLeast,
    averageAcu: 2.5,
    recordBytes: 1_000,
    databaseBytesPerMessage: 2_500,
    databaseIoPerMessage: 12,
    queueRequestsPerEntry: 3,
    idlePollsPerSecond: 0.4,
    logBytesPerMessage: 1_500,
    idleLogGigabytes: 5,
    flowLogGigabytes: 15,
    natBytesPerMessage: 15_000,
    idleNatGigabytes: 60,
    internetBytesPerMessage: 4_000,
    zoneBytesPerMessage: 20_000,
    cacheGigabytes: 0.1,
    cacheOperationsPerMessage: 10,
    keyRequests: 500_000,
    ownMetrics: 70,
    fileGigabytes: 10,
    fileWrites: 500_000,
    imageGigabytes: 10,
  },
};
