/** What outgoing webhooks tell. */
export const webhookEventTypes = ['message.status', 'message.received', 'consent.changed'] as const;
export type WebhookEventType = (typeof webhookEventTypes)[number];

/** Of a delivery that only tries whether an endpoint works. */
export const PING = 'webhook.ping';

/** Something that happened. */
export interface WebhookEvent {
  /** Derives from what happened, so that a repetition is told nobody again. */
  eventId: string;
  type: WebhookEventType | typeof PING;
  occurredAt: Date;
  /** Whom it is about: goes with them when they are erased. */
  phoneNumber: string | null;
  data: Readonly<Record<string, unknown>>;
}

/** What is signed and sent (https://github.com/standard-webhooks/standard-webhooks: payload structure). */
export const payloadOf = ({
  data,
  occurredAt,
  type,
}: Pick<WebhookEvent, 'type' | 'occurredAt' | 'data'>): string =>
  JSON.stringify({ type, timestamp: occurredAt.toISOString(), data });
