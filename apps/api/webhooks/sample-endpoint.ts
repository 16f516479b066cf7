import { randomUUID } from 'node:crypto';
import type { Pool } from '#shared/postgres/pool.ts';
import { PING, payloadOf } from '#shared/webhooks/events.ts';
import { insertDelivery } from './delivery-store.ts';
import { newSecret, sealSecret } from './secret.ts';
import { insertEndpoint } from './store.ts';

/** Rows for tests. */

export const SECRET_KEY = Buffer.alloc(32, 7);

/** An endpoint at an address, whatever it is. */
export async function insertSampleEndpoint(pool: Pool, url: string): Promise<{ id: string; secret: string }> {
  const [id, secret] = [randomUUID(), newSecret()];
  await insertEndpoint(
    pool,
    {
      id,
      url,
      events: ['message.status'],
      description: '',
      enabled: true,
      createdAt: new Date('2026-11-26T12:00:00Z'),
      createdBy: 'a test',
    },
    sealSecret(secret, SECRET_KEY, id),
  );
  return { id, secret };
}

/** Something that is due to it. Returns the id of the event, and the position of the delivery. */
export async function insertSampleDelivery(
  pool: Pool,
  endpointId: string,
): Promise<{ eventId: string; position: number }> {
  const eventId = randomUUID();
  const payload = payloadOf({ type: PING, occurredAt: new Date('2026-11-26T12:00:00Z'), data: { eventId } });
  const { position } = await insertDelivery(pool, endpointId, { eventId, type: PING, payload });
  return { eventId, position };
}
