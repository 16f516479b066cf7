import type { Clock } from '#shared/clock.ts';
import type { WebhookEventType } from '#shared/webhooks/events.ts';
import { change, type Operation, read, reply } from '../http/operation.ts';
import { Problem } from '../http/problem.ts';
import { nameOf } from '../identity/identity.ts';
import { deliveryOperations } from './delivery-operations.ts';
import { noSuchWebhook, params, tag } from './operation-parts.ts';
import { type AddressRule, urlFault } from './public-address.ts';
import {
  newWebhookSchema,
  webhookChangeSchema,
  webhookListSchema,
  webhookSchema,
  webhookWithSecretSchema,
  wireWebhook,
} from './schemas.ts';
import { newSecret, sealSecret } from './secret.ts';
import {
  countEndpoints,
  deleteEndpoint,
  type Endpoint,
  insertEndpoint,
  listEndpoints,
  lockEndpoint,
  readEndpoint,
  replaceSecret,
  updateEndpoint,
} from './store.ts';

const MOST_ENDPOINTS = 20;
/** How long the secret before a rotation signs too, in ms. */
const FORMER_SECRET_MS = 24 * 3_600_000;

export interface WebhookParts {
  clock: Pick<Clock, 'now' | 'newId'>;
  /** Of the secrets of endpoints: 32 bytes. */
  secretKey: Buffer;
  addresses: AddressRule;
}

/** What the audit log keeps of an endpoint. */
const audited = ({ description, enabled, events, url }: Endpoint) => ({ url, events, description, enabled });

const distinct = (events: readonly WebhookEventType[]): WebhookEventType[] => [...new Set(events)];

/** Outgoing webhooks: endpoints and what was delivered to them. */
export const webhookOperations = (parts: WebhookParts): readonly Operation[] => [
  ...endpointReads,
  ...endpointChanges(parts),
  ...deliveryOperations(parts),
];

const endpointReads: readonly Operation[] = [
  read({
    id: 'listWebhooks',
    path: '/v1/webhooks',
    tag,
    summary: `Lists all webhooks, at most ${MOST_ENDPOINTS}`,
    access: 'operator',
    replies: { 200: { description: 'All of them', body: webhookListSchema } },
    handle: async (_request, db) => reply(200, { items: (await listEndpoints(db)).map(wireWebhook) }),
  }),
  read({
    id: 'getWebhook',
    path: '/v1/webhooks/{id}',
    tag,
    summary: 'Gets a webhook',
    access: 'operator',
    params,
    replies: { 200: { description: 'The webhook', body: webhookSchema, versioned: true } },
    problems: ['not_found'],
    handle: async ({ params: { id } }, db) => {
      const endpoint = await readEndpoint(db, id);
      if (!endpoint) throw noSuchWebhook();
      return reply(200, wireWebhook(endpoint), { version: endpoint.version });
    },
  }),
];

function endpointChanges({ addresses, clock, secretKey }: WebhookParts): readonly Operation[] {
  const checkUrl = (url: string): void => {
    const fault = urlFault(url, addresses);
    if (fault === null) return;
    throw new Problem('invalid_request', 'Nothing can be sent to this address.', {
      faults: [{ in: 'body', pointer: '/url', detail: fault }],
    });
  };
  return [
    change({
      id: 'createWebhook',
      method: 'post',
      path: '/v1/webhooks',
      tag,
      summary: 'Makes a webhook',
      description: 'The secret is in the reply, and is shown nowhere again.',
      access: 'admin',
      replyIsSecret: true,
      body: newWebhookSchema,
      replies: { 201: { description: 'The new webhook', body: webhookWithSecretSchema, versioned: true } },
      handle: async ({ body, identity }, { tx, audit }) => {
        checkUrl(body.url);
        if ((await countEndpoints(tx)) >= MOST_ENDPOINTS) {
          throw new Problem('conflict', `There are ${MOST_ENDPOINTS} webhooks already: delete one first.`);
        }
        const id = clock.newId();
        const secret = newSecret();
        const endpoint = await insertEndpoint(
          tx,
          {
            ...body,
            events: distinct(body.events),
            id,
            createdAt: clock.now(),
            createdBy: nameOf(identity),
          },
          sealSecret(secret, secretKey, id),
        );
        const after = audited(endpoint);
        audit({ subject: 'webhook', subjectId: id, action: 'created', before: null, after });
        return reply(201, { ...wireWebhook(endpoint), secret }, { version: endpoint.version });
      },
    }),
    change({
      id: 'updateWebhook',
      method: 'patch',
      path: '/v1/webhooks/{id}',
      tag,
      summary: 'Changes a webhook, or switches it on or off',
      description:
        'While it is off nothing is noted for it. What waited when it was switched off goes on when it is switched on.',
      access: 'admin',
      requiresVersion: true,
      params,
      body: webhookChangeSchema,
      replies: { 200: { description: 'The webhook as it is now', body: webhookSchema, versioned: true } },
      problems: ['not_found'],
      handle: async ({ body, ifMatch, params: { id } }, { tx, audit }) => {
        if (body.url !== undefined) checkUrl(body.url);
        const before = await lockEndpoint(tx, id);
        if (!before) throw noSuchWebhook();
        checkVersion(before, ifMatch);
        const endpoint = await updateEndpoint(tx, {
          id,
          url: body.url ?? before.url,
          events: body.events === undefined ? before.events : distinct(body.events),
          description: body.description ?? before.description,
          enabled: body.enabled ?? before.enabled,
        });
        audit({
          subject: 'webhook',
          subjectId: id,
          action: 'updated',
          before: audited(before),
          after: audited(endpoint),
        });
        return reply(200, wireWebhook(endpoint), { version: endpoint.version });
      },
    }),
    change({
      id: 'deleteWebhook',
      method: 'delete',
      path: '/v1/webhooks/{id}',
      tag,
      summary: 'Deletes a webhook with its deliveries',
      access: 'admin',
      params,
      replies: { 204: { description: 'It is gone', body: null } },
      problems: ['not_found', 'changed_meanwhile'],
      handle: async ({ ifMatch, params: { id } }, { tx, audit }) => {
        const endpoint = await lockEndpoint(tx, id);
        if (!endpoint) throw noSuchWebhook();
        checkVersion(endpoint, ifMatch);
        await deleteEndpoint(tx, id);
        const before = audited(endpoint);
        audit({ subject: 'webhook', subjectId: id, action: 'deleted', before, after: null });
        return reply(204, null);
      },
    }),
    change({
      id: 'rotateWebhookSecret',
      method: 'post',
      path: '/v1/webhooks/{id}/rotate-secret',
      tag,
      summary: 'Gives a webhook a new secret',
      description:
        'For 24 hours deliveries are signed with the one before too, so that receivers can change over at any moment of them.',
      access: 'admin',
      replyIsSecret: true,
      params,
      replies: {
        200: { description: 'With its new secret', body: webhookWithSecretSchema, versioned: true },
      },
      problems: ['not_found'],
      handle: async ({ params: { id } }, { tx, audit }) => {
        if (!(await lockEndpoint(tx, id))) throw noSuchWebhook();
        const secret = newSecret();
        const formerUntil = new Date(clock.now().getTime() + FORMER_SECRET_MS);
        const endpoint = await replaceSecret(tx, {
          id,
          secret: sealSecret(secret, secretKey, id),
          formerUntil,
        });
        const after = { formerUntil };
        audit({ subject: 'webhook', subjectId: id, action: 'secret rotated', before: null, after });
        return reply(200, { ...wireWebhook(endpoint), secret }, { version: endpoint.version });
      },
    }),
  ];
}

function checkVersion({ version }: Endpoint, seen: string | null): void {
  if (seen === null || seen === String(version)) return;
  throw new Problem('changed_meanwhile', 'Somebody else has changed it meanwhile. Get it again.');
}
