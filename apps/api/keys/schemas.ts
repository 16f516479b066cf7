import { z } from 'zod';
import type { StoredKey } from '#shared/api-keys/key-store.ts';
import { roles } from '#shared/api-keys/role.ts';
import { instant } from '../http/time.ts';
import { name } from '../http/words.ts';

export const apiKeySchema = z
  .object({
    id: z.string().meta({ description: 'Part of the key that may be shown', example: 'k3v9x0c2m8qa' }),
    name,
    role: z.enum(roles),
    createdAt: instant,
    createdBy: z.string(),
    expiresAt: instant.nullable(),
    revokedAt: instant.nullable(),
    lastUsedAt: instant.nullable().meta({ description: 'To the minute' }),
  })
  .meta({ id: 'ApiKey' });

export const newApiKeySchema = z
  .strictObject({
    name,
    role: z.enum(roles),
    expiresAt: instant.nullable().default(null).meta({ description: 'Null: it does not expire' }),
  })
  .meta({ id: 'NewApiKey' });

export const createdApiKeySchema = apiKeySchema
  .extend({ key: z.string().meta({ description: 'The whole key. It is not shown again.' }) })
  .meta({ id: 'CreatedApiKey' });

export const wireKey = (key: StoredKey): z.input<typeof apiKeySchema> => ({
  ...key,
  createdAt: key.createdAt.toISOString(),
  expiresAt: key.expiresAt?.toISOString() ?? null,
  revokedAt: key.revokedAt?.toISOString() ?? null,
  lastUsedAt: key.lastUsedAt?.toISOString() ?? null,
});
