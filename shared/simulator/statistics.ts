/** Counts since the start or the last reset. */
export interface StatisticsView {
  requests: number;
  accepted: number;
  /** That were asked for. */
  calls: number;
  /** By Twilio's error code. */
  refused: Record<string, number>;
  /** Requests that failed on purpose, by a fault: before anything was accepted, after it was, without an answer after it was. */
  broken: { before: number; after: number; unanswered: number };
  /** `repeated`, `overtaken`, here and of texts: on purpose, by a fault. */
  callbacks: {
    tried: number;
    delivered: number;
    failed: number;
    lost: number;
    repeated: number;
    overtaken: number;
  };
  inbound: {
    received: number;
    delivered: number;
    retried: number;
    givenUp: number;
    lost: number;
    repeated: number;
  };
  /** Under way at this moment. */
  inFlight: { requests: number; webhooks: number; scheduled: number; calls: number };
  /** Accepted messages, averaged over the last 10 seconds. */
  messagesPerSecond: number;
  messages: number;
}
