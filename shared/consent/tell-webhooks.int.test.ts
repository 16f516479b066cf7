import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { webhookEventId } from '#shared/identity.ts';
import { phoneNumber } from '#shared/phone/phone-number.ts';
import { createPool, inTransaction, type Pool } from '#shared/postgres/pool.ts';
import type { ServiceName } from '#shared/topology.ts';
import { testPseudonyms } from '#test/pseudonyms.ts';
import { emptyTables } from '#test/stack/empty-tables.ts';
import { createDatabase, type TestDatabase } from '#test/stack/stack.ts';
import { type ConsentChange, consentChange } from './change.ts';
import { recordConsent, recordGrants, recordRevocations } from './record.ts';

const PERSON = phoneNumber('+14155550101');
const AT = new Date('2026-11-26T12:00:00Z');

describe('What changes of consent tell webhooks', () => {
  let database: TestDatabase;
  const pools: Pool[] = [];
  before(async () => {
    database = await createDatabase();
  });
  after(async () => {
    await Promise.all(pools.map((pool) => pool.end()));
    await database.drop();
  });
  beforeEach(async () => {
    await emptyTables(
      database.adminPool,
      `consent_change, consent_standing, suppression, outbox, webhook_endpoint, webhook_secret, webhook_delivery`,
    );
    await database.adminPool.query('INSERT INTO phone (phone_number) VALUES ($1) ON CONFLICT DO NOTHING', [
      PERSON,
    ]);
  });

  const as = (service: ServiceName): Pool => {
    const pool = createPool(database.configFor(service), () => undefined);
    pools.push(pool);
    return pool;
  };
  const want = (...events: string[]) =>
    database.adminPool.query(
      `INSERT INTO webhook_endpoint (endpoint_id, url, events, description, enabled, created_at, created_by)
       VALUES (gen_random_uuid(), 'https://crm.example.org/', $1, '', true, now(), 'a test')`,
      [events],
    );
  const told = async () =>
    (
      await database.adminPool.query<{ event_id: string; phone_number: string; payload: string }>(
        'SELECT event_id, phone_number, payload FROM webhook_delivery ORDER BY position',
      )
    ).rows;
  const change = <S extends ConsentChange['status']>(status: S, more: Partial<ConsentChange> = {}) => ({
    ...consentChange({
      changeId: randomUUID(),
      phoneNumber: PERSON,
      status,
      method: 'sms',
      requestedAt: AT,
      cause: 'twilio SM1',
      ...more,
    }),
    status,
  });

  it('is what changed, once, and not what the person wrote', async () => {
    await want('consent.changed');
    const stop = change('opted_out', { originalMessage: 'STOP it, please', externalId: 'c-17' });
    const telling = { teller: 'gateway', now: AT, pseudonyms: testPseudonyms } as const;
    const gateway = as('gateway');
    assert.equal((await recordConsent(gateway, stop, telling)).kind, 'changed');
    assert.equal((await recordConsent(gateway, stop, telling)).kind, 'known');
    const [row, ...others] = await told();
    assert.ok(row && others.length === 0);
    assert.deepEqual(
      { ...row, payload: JSON.parse(row.payload) },
      {
        event_id: webhookEventId('consent.changed', stop.changeId),
        phone_number: PERSON,
        payload: {
          type: 'consent.changed',
          timestamp: AT.toISOString(),
          data: {
            ...{
              id: stop.changeId,
              phoneNumber: PERSON,
              status: 'opted_out',
              scope: 'sender',
              method: 'sms',
            },
            ...{ channels: ['sms', 'voice'], granted: [], requestedAt: AT.toISOString(), deadline: null },
            ...{ externalId: 'c-17', trackingId: null, reverses: null },
          },
        },
      },
    );
  });

  it('comes from every service that records some, with its rights', async () => {
    await want('consent.changed');
    const refused = change('opted_out', { method: 'carrier' });
    await inTransaction(as('sender'), (tx) => recordRevocations(tx, [refused], testPseudonyms));
    const OTHER = phoneNumber('+14155550102');
    const grant = change('opted_in', { phoneNumber: OTHER, granted: ['informational'] });
    await inTransaction(as('outbound'), (tx) => recordGrants(tx, [grant], testPseudonyms));
    assert.deepEqual(
      (await told()).map(({ phone_number }) => phone_number),
      [PERSON, OTHER],
    );
  });

  it('is nothing when the change is undone, and nothing where nobody wants it', async () => {
    await want('message.status');
    const sender = as('sender');
    await inTransaction(sender, (tx) => recordRevocations(tx, [change('opted_out')], testPseudonyms));
    await want('consent.changed');
    await assert.rejects(
      inTransaction(sender, async (tx) => {
        await recordRevocations(tx, [change('opted_out')], testPseudonyms);
        throw new Error('undone');
      }),
      /undone/,
    );
    assert.deepEqual(await told(), []);
  });
});
