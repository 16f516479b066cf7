import { z } from 'zod';
import type { Clock } from '#shared/clock.ts';
import { PING, payloadOf } from '#shared/webhooks/events.ts';
import { decodeCursor, page, pageQuery } from '../http/cursor.ts';
import { change, type Operation, read, reply } from '../http/operation.ts';
import { Problem } from '../http/problem.ts';
import { deliveryStates, insertDelivery, listDeliveries, readDelivery, redeliver } from './delivery-store.ts';
import { KEPT_DAYS } from './forget.ts';
import { noSuchWebhook, params, tag } from './operation-parts.ts';
import { deliveryPageSchema, deliverySchema, wholeDeliverySchema, wireDelivery } from './schemas.ts';
import { readEndpoint } from './store.ts';

const deliveryParams = params.extend({
  deliveryId: z.string().regex(/^[1-9][0-9]{0,14}$/, 'is no id of a delivery'),
});
const position = z.object({ position: z.int().min(1) });
const noSuchDelivery = (): Problem => new Problem('not_found', 'There is no delivery with this id.');

/** What was delivered to endpoints, and what is delivered once more. */
export const deliveryOperations = ({
  clock,
}: {
  clock: Pick<Clock, 'now' | 'newId'>;
}): readonly Operation[] => [
  read({
    id: 'listWebhookDeliveries',
    path: '/v1/webhooks/{id}/deliveries',
    tag,
    summary: 'Lists what was delivered, newest first',
    description: `What arrived is kept for ${KEPT_DAYS.delivered} days, everything else for ${KEPT_DAYS.other}.`,
    access: 'operator',
    params,
    query: z.strictObject({
      ...pageQuery,
      state: z.enum(deliveryStates).optional().meta({ description: 'Only those' }),
    }),
    replies: { 200: { description: 'A page of deliveries', body: deliveryPageSchema } },
    problems: ['not_found'],
    handle: async ({ params: { id }, query: { cursor, limit, state = null } }, db) => {
      if (!(await readEndpoint(db, id))) throw noSuchWebhook();
      const before = decodeCursor(position, cursor)?.position ?? null;
      const deliveries = await listDeliveries(db, { endpointId: id, state, before, limit: limit + 1 });
      return reply(
        200,
        page(deliveries, limit, { item: wireDelivery, positionOf: (each) => ({ position: each.position }) }),
      );
    },
  }),
  read({
    id: 'getWebhookDelivery',
    path: '/v1/webhooks/{id}/deliveries/{deliveryId}',
    tag,
    summary: 'Gets a delivery, with what is sent and what was answered',
    access: 'operator',
    params: deliveryParams,
    replies: { 200: { description: 'The delivery', body: wholeDeliverySchema } },
    problems: ['not_found'],
    handle: async ({ params: { deliveryId, id } }, db) => {
      if (!(await readEndpoint(db, id))) throw noSuchWebhook();
      const delivery = await readDelivery(db, id, Number(deliveryId));
      if (!delivery) throw noSuchDelivery();
      const { payload, responseBody } = delivery;
      return reply(200, { ...wireDelivery(delivery), payload, responseBody });
    },
  }),
  change({
    id: 'redeliverWebhook',
    method: 'post',
    path: '/v1/webhooks/{id}/deliveries/{deliveryId}/redeliver',
    tag,
    summary: 'Delivers the same once more',
    description:
      'Under the same `webhook-id`: a receiver that has it already will know. One that is still pending is tried at once.',
    access: 'admin',
    params: deliveryParams,
    replies: { 202: { description: 'The delivery that comes', body: deliverySchema } },
    problems: ['not_found'],
    handle: async ({ params: { deliveryId, id } }, { tx, audit }) => {
      // Without its lock: whoever records an attempt locks the delivery first.
      if (!(await readEndpoint(tx, id))) throw noSuchWebhook();
      const delivery = await redeliver(tx, {
        endpointId: id,
        position: Number(deliveryId),
        now: clock.now(),
      });
      if (!delivery) throw noSuchDelivery();
      audit({
        subject: 'webhook',
        subjectId: id,
        action: 'redelivered',
        before: null,
        after: { deliveryId, eventId: delivery.eventId },
      });
      return reply(202, wireDelivery(delivery));
    },
  }),
  change({
    id: 'pingWebhook',
    method: 'post',
    path: '/v1/webhooks/{id}/ping',
    tag,
    summary: 'Tries a webhook',
    description: `Delivers an event of the type \`${PING}\`, signed and repeated as every other. Get the delivery to see what came of it.`,
    access: 'admin',
    params,
    replies: { 202: { description: 'The delivery that comes', body: deliverySchema } },
    problems: ['not_found', 'conflict'],
    handle: async ({ params: { id } }, { tx, audit }) => {
      const endpoint = await readEndpoint(tx, id);
      if (!endpoint) throw noSuchWebhook();
      if (!endpoint.enabled) throw new Problem('conflict', 'The webhook is off: switch it on first.');
      const eventId = clock.newId();
      const payload = payloadOf({ type: PING, occurredAt: clock.now(), data: { webhookId: id } });
      const delivery = await insertDelivery(tx, id, { eventId, type: PING, payload });
      audit({ subject: 'webhook', subjectId: id, action: 'pinged', before: null, after: { eventId } });
      return reply(202, wireDelivery(delivery));
    },
  }),
];
