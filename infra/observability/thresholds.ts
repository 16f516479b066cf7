/**
 * Where alarms begin. The aim behind them: a person who texts has the answer at the carrier within 5 s in 95 of 100
 * cases, and within 30 s in 99; what is planned leaves within minutes of its time. Alarms are set so far above what a
 * sound environment shows that each of them is worth being woken for. When an entry is late stands in the row of its
 * queue (lateAfterSeconds).
 */
export interface Thresholds {
  /** Entries that come in more than go out within 5 minutes, three times in a row. */
  backlogGrowth: number;
  /** In flight, of the 120,000 that SQS allows for a FIFO queue. */
  inFlight: number;
  /** Entries that wait while a service has all the tasks that it may have. */
  backlogAtMaximum: number;
  /** Age of the oldest record that a stream consumer has not committed, in ms. */
  iteratorAgeMs: number;
  /** Tries that failed, or runs of a queue, in 5 minutes. */
  handlerErrors: number;
  cpuPercent: number;
  memoryPercent: number;
  /** Writes or reads that Kinesis turned away in 5 minutes. */
  streamThrottles: number;
  /** From a text to the acceptance of its answer, 95 of 100, in ms. */
  replyMs: number;
  /** Of the message that has been queued longest, in ms. Lost turns come back after STALE_TURN_MS (15 min). */
  oldestQueuedMs: number;
  /** Of the newest row that is counted, and judged by its hour, in ms. */
  countedAgeMs: number;
  /** Requests without an answer in 5 minutes. */
  ambiguous: number;
  /** Texts that people have because the agent failed, in 5 minutes. */
  agentFaults: number;
  /** Webhooks that were answered with 5xx, in 5 minutes. The carrier repeats each: one alone is no harm. */
  webhooksUnavailable: number;
  /** Webhooks that were not signed by the carrier, in 5 minutes. */
  webhooksUnsigned: number;
  /** Of the greatest capacity of the database. */
  acuPercent: number;
  databaseCpuPercent: number;
  deadlocks: number;
  replicaLagMs: number;
  /** Of 2 billion; PostgreSQL stops writing at the end. */
  transactionIds: number;
  /** Of the cache's greatest size. */
  cachePercent: number;
  cacheThrottles: number;
  webErrors: number;
  /** Answers of targets, 99 of 100, in seconds. The carrier waits 15 s for a webhook. */
  webSeconds: number;
}

export const thresholds: Thresholds = {
  backlogGrowth: 1_000,
  inFlight: 96_000,
  backlogAtMaximum: 1_000,
  iteratorAgeMs: 60_000,
  handlerErrors: 20,
  cpuPercent: 85,
  memoryPercent: 85,
  streamThrottles: 100,
  replyMs: 10_000,
  oldestQueuedMs: 1_800_000,
  countedAgeMs: 900_000,
  ambiguous: 20,
  agentFaults: 5,
  webhooksUnavailable: 10,
  webhooksUnsigned: 20,
  acuPercent: 90,
  databaseCpuPercent: 90,
  deadlocks: 5,
  replicaLagMs: 1_000,
  transactionIds: 1_000_000_000,
  cachePercent: 80,
  cacheThrottles: 10,
  webErrors: 10,
  webSeconds: 5,
};
