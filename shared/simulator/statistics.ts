/** Counts since the start or the last reset. */
export interface StatisticsView {
  requests: number;
  accepted: number;
  /** That were asked for. */
  calls: number;
  /** By Twilio's error code. */
  refused: Record<string, number>;
  callbacks: { tried: number; delivered: number; failed: number; lost: number };
  inbound: { received: number; delivered: number; retried: number; givenUp: number; lost: number };
  /** Under way at this moment. */
  inFlight: { requests: number; webhooks: number; scheduled: number; calls: number };
  /** Accepted messages, averaged over the last 10 seconds. */
  messagesPerSecond: number;
  messages: number;
}
