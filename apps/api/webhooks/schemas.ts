import { z } from 'zod';
import { storableText } from '#shared/contracts/storable-text.ts';
import { PING, webhookEventTypes } from '#shared/webhooks/events.ts';
import { pageOf } from '../http/cursor.ts';
import { instant } from '../http/time.ts';
import { type Delivery, deliveryStates } from './delivery-store.ts';
import type { Endpoint } from './store.ts';

const events = z
  .array(z.enum(webhookEventTypes))
  .min(1)
  .max(20)
  .meta({ description: 'What it is told', example: ['message.status', 'message.received'] });
const url = storableText.max(2_000).meta({
  description: 'Where to: https, port 443, in the public internet. Redirects are not followed.',
  example: 'https://crm.example.org/hooks/carillon',
});
const description = storableText.trim().max(500);
const enabled = z.boolean().meta({ description: 'Whether it is told anything' });

export const newWebhookSchema = z
  .strictObject({ url, events, description: description.default(''), enabled: enabled.default(true) })
  .meta({ id: 'NewWebhook' });

export const webhookChangeSchema = z
  .strictObject({
    url: url.optional(),
    events: events.optional(),
    description: description.optional(),
    enabled: enabled.optional(),
  })
  .meta({ id: 'WebhookChange', description: 'What is left out stays as it is' });

export const webhookSchema = z
  .object({
    id: z.string(),
    url: z.string(),
    events: z.array(z.string()),
    description: z.string(),
    enabled: z.boolean(),
    disabledReason: z.string().nullable().meta({ description: 'Why it was switched off by itself' }),
    failingSince: instant.nullable().meta({ description: 'Nothing could be delivered since' }),
    createdAt: instant,
    createdBy: z.string(),
  })
  .meta({ id: 'Webhook' });
export const webhookListSchema = z.object({ items: z.array(webhookSchema) }).meta({ id: 'WebhookList' });
export const webhookWithSecretSchema = webhookSchema
  .extend({
    secret: z.string().meta({
      description: 'What deliveries are signed with (https://www.standardwebhooks.com). Shown this once.',
      example: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
    }),
  })
  .meta({ id: 'WebhookWithSecret' });

export const deliverySchema = z
  .object({
    id: z.string(),
    webhookId: z.string().meta({ description: 'Of the webhook that it goes to' }),
    eventId: z.string().meta({
      description: 'What the receiver knows the event by (header webhook-id): the same at every repetition',
    }),
    type: z.string().meta({ example: PING }),
    state: z.enum(deliveryStates).meta({ description: '`failed`: it is not tried any more' }),
    attempts: z.int(),
    redeliveryOf: z.string().nullable().meta({ description: 'The delivery that it repeats' }),
    createdAt: instant,
    nextAttemptAt: instant.nullable().meta({ description: 'Null: there is none' }),
    lastAttemptAt: instant.nullable(),
    responseStatus: z.int().nullable().meta({ description: 'Of the last attempt; null: no answer' }),
    error: z.string().nullable().meta({ description: 'Why there was no answer' }),
  })
  .meta({ id: 'WebhookDelivery' });
export const deliveryPageSchema = pageOf(deliverySchema, 'WebhookDeliveryPage');
export const wholeDeliverySchema = deliverySchema
  .extend({
    payload: z.string().meta({ description: 'As it is signed and sent' }),
    responseBody: z
      .string()
      .nullable()
      .meta({ description: 'The beginning of the last answer, 1,024 bytes at most' }),
  })
  .meta({ id: 'WholeWebhookDelivery' });

export const wireWebhook = (endpoint: Endpoint): z.input<typeof webhookSchema> => ({
  id: endpoint.id,
  url: endpoint.url,
  events: endpoint.events,
  description: endpoint.description,
  enabled: endpoint.enabled,
  disabledReason: endpoint.disabledReason,
  failingSince: endpoint.failingSince?.toISOString() ?? null,
  createdAt: endpoint.createdAt.toISOString(),
  createdBy: endpoint.createdBy,
});

export const wireDelivery = (delivery: Delivery): z.input<typeof deliverySchema> => ({
  id: String(delivery.position),
  webhookId: delivery.endpointId,
  eventId: delivery.eventId,
  type: delivery.type,
  state: delivery.state,
  attempts: delivery.attempts,
  redeliveryOf: delivery.redeliveryOf === null ? null : String(delivery.redeliveryOf),
  createdAt: delivery.createdAt.toISOString(),
  nextAttemptAt: delivery.state === 'pending' ? delivery.dueAt.toISOString() : null,
  lastAttemptAt: delivery.lastAttemptAt?.toISOString() ?? null,
  responseStatus: delivery.responseStatus,
  error: delivery.error,
});
