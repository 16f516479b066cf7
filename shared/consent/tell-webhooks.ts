import { webhookEventId } from '#shared/identity.ts';
import type { WebhookEvent } from '#shared/webhooks/events.ts';
import type { ConsentChange } from './change.ts';

/**
 * A change of consent as the organisation's systems are told of it, in the words of the API's `ConsentChange`: what
 * changed and under which ids, not what the person wrote, nor what proves it.
 */
export const consentEvent = (change: ConsentChange): WebhookEvent => ({
  eventId: webhookEventId('consent.changed', change.changeId),
  type: 'consent.changed',
  occurredAt: change.requestedAt,
  phoneNumber: change.phoneNumber,
  data: {
    id: change.changeId,
    phoneNumber: change.phoneNumber,
    status: change.status,
    scope: change.scope,
    method: change.method,
    channels: change.channels,
    granted: change.granted,
    requestedAt: change.requestedAt.toISOString(),
    deadline: change.deadline,
    externalId: change.externalId,
    trackingId: change.trackingId,
    reverses: change.reverses?.changeId ?? null,
  },
});
