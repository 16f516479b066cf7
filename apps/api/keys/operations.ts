import { z } from 'zod';
import { hashOf, newApiKey, textOf } from '#shared/api-keys/api-key.ts';
import { insertKey, listKeys, readKey, revokeKey } from '#shared/api-keys/key-store.ts';
import type { Clock } from '#shared/clock.ts';
import { decodeCursor, page, pageOf, pageQuery } from '../http/cursor.ts';
import { change, type Operation, read, reply } from '../http/operation.ts';
import { Problem } from '../http/problem.ts';
import { instant } from '../http/time.ts';
import { apiKeySchema, createdApiKeySchema, newApiKeySchema, wireKey } from './schemas.ts';

const keyPage = pageOf(apiKeySchema, 'ApiKeyPage');
const position = z.object({ createdAt: instant, id: z.string().max(12) });
const params = z.object({ id: z.string().regex(/^[a-z0-9]{12}$/, 'is no id of a key') });
const noSuchKey = (): Problem => new Problem('not_found', 'There is no API key with this id.');

/** API keys: who has which role. For admins. */
export const keyOperations = (parts: { pepper: string; clock: Pick<Clock, 'now'> }): readonly Operation[] => [
  read({
    id: 'listApiKeys',
    path: '/v1/keys',
    tag: 'API keys',
    summary: 'Lists API keys, newest first',
    access: 'admin',
    query: z.strictObject(pageQuery),
    replies: { 200: { description: 'A page of keys', body: keyPage } },
    handle: async ({ query: { cursor, limit } }, db) => {
      const after = decodeCursor(position, cursor);
      const keys = await listKeys(db, { after, limit: limit + 1 });
      const body = page(keys, limit, {
        item: wireKey,
        positionOf: ({ createdAt, id }) => ({ createdAt: createdAt.toISOString(), id }),
      });
      return reply(200, body);
    },
  }),
  change({
    id: 'createApiKey',
    method: 'post',
    path: '/v1/keys',
    tag: 'API keys',
    summary: 'Makes an API key',
    description: 'The whole key is in the reply, and is shown nowhere again.',
    access: 'admin',
    replyIsSecret: true,
    body: newApiKeySchema,
    replies: { 201: { description: 'The new key', body: createdApiKeySchema } },
    handle: async ({ body, identity }, { tx, audit }) => {
      const now = parts.clock.now();
      const expiresAt = body.expiresAt === null ? null : new Date(body.expiresAt);
      if (expiresAt !== null && expiresAt <= now) {
        throw new Problem('invalid_request', 'The key would have expired already.', {
          faults: [{ in: 'body', pointer: '/expiresAt', detail: 'must be in the future' }],
        });
      }
      const made = newApiKey();
      const { name, role } = body;
      const createdBy = identity?.name ?? '';
      const key = await insertKey(
        tx,
        { id: made.id, name, role, createdAt: now, createdBy, expiresAt },
        hashOf(made.secret, parts.pepper),
      );
      const after = { name, role, expiresAt: body.expiresAt };
      audit({ subject: 'api-key', subjectId: key.id, action: 'created', before: null, after });
      return reply(201, { ...wireKey(key), key: textOf(made) });
    },
  }),
  read({
    id: 'getApiKey',
    path: '/v1/keys/{id}',
    tag: 'API keys',
    summary: 'Gets an API key',
    access: 'admin',
    params,
    replies: { 200: { description: 'The key', body: apiKeySchema } },
    problems: ['not_found'],
    handle: async ({ params: { id } }, db) => {
      const found = await readKey(db, id);
      if (!found) throw noSuchKey();
      return reply(200, wireKey(found.key));
    },
  }),
  change({
    id: 'revokeApiKey',
    method: 'post',
    path: '/v1/keys/{id}/revoke',
    tag: 'API keys',
    summary: 'Revokes an API key',
    description: 'At once: the next request with it is refused. A key that is revoked stays revoked.',
    access: 'admin',
    params,
    replies: { 200: { description: 'The revoked key', body: apiKeySchema } },
    problems: ['not_found'],
    handle: async ({ params: { id } }, { tx, audit }) => {
      const before = await readKey(tx, id);
      const key = await revokeKey(tx, id, parts.clock.now());
      if (!before || !key) throw noSuchKey();
      audit({
        subject: 'api-key',
        subjectId: id,
        action: 'revoked',
        before: { revokedAt: before.key.revokedAt },
        after: { revokedAt: key.revokedAt },
      });
      return reply(200, wireKey(key));
    },
  }),
];
