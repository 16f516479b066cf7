import { randomUUID } from 'node:crypto';
import { consentChange } from '#shared/consent/change.ts';
import { lastDayToHonour } from '#shared/consent/deadline.ts';
import { recordConsent } from '#shared/consent/record.ts';
import { openReview } from '#shared/consent/review-queue.ts';
import { writeDrafts } from '#shared/content/drafts.ts';
import { seedContent } from '#shared/content/seed.ts';
import { sampleContentDirectory } from '#shared/drills/drills.ts';
import { phoneNumber } from '#shared/phone/phone-number.ts';
import { inTransaction, type Pool } from '#shared/postgres/pool.ts';
import { testPseudonyms } from '#test/pseudonyms.ts';
import { insertCampaign, insertContacts, insertThrottleGroup } from '../../apps/campaigns/test-campaigns.ts';
import type { Seeded } from './known.ts';

const ASKED_AT = new Date('2026-11-26T11:00:00Z');

/**
 * Rows that no operation of the API makes, or that luck makes rarely, so that requests reach the operations that are about
 * them: texts to be judged, and people whose request to stop is pending. Returns what names them, by parameter.
 */
export async function seed(pool: Pool): Promise<Seeded> {
  // As many as are judged, once each.
  for (let n = 0; n < 100; n += 1) {
    await openReview(pool, {
      reviewId: randomUUID(),
      phoneNumber: phoneNumber(`+1212555${String(100 + n).padStart(4, '0')}`),
      originalMessage: 'stop by at noon?',
      rule: 'en',
      changeId: null,
      requestedAt: ASKED_AT,
      deadline: '2026-12-11',
    });
  }
  const pending: { phone: string; changeId: string }[] = [];
  for (let n = 0; n < 30; n += 1) {
    const phone = phoneNumber(`+1312555${String(100 + n).padStart(4, '0')}`);
    const change = consentChange({
      changeId: randomUUID(),
      phoneNumber: phone,
      status: 'pending_opt_out',
      method: 'email',
      requestedAt: ASKED_AT,
      deadline: lastDayToHonour(ASKED_AT),
      originalMessage: 'please take me off your list',
      actor: 'ann',
      cause: 'a test',
    });
    await recordConsent(pool, change, { teller: null, now: ASKED_AT, pseudonyms: testPseudonyms });
    pending.push({ phone, changeId: change.changeId });
  }
  await seedCalls(pool);
  const deliveries = await seedDeliveries(pool);
  return {
    values: {
      phone: pending.map(({ phone }) => phone),
      '/v1/contact-fields name': await seedFields(pool),
      '/v1/imports id': await seedImports(pool),
      '/v1/campaigns id': await seedCampaigns(pool),
      '/v1/conversations id': await seedConversations(pool),
      '/v1/agent-answers id': await seedDraftsOfAgent(pool),
      '/v1/webhooks id': [...new Set(deliveries.map(({ id }) => id))],
      '/v1/webhooks/{id}/deliveries deliveryId': deliveries.map(({ deliveryId }) => deliveryId),
      ...(await seedSenders(pool)),
      '/v1/throttle-groups id': await seedThrottleGroups(pool),
      '/v1/dead-letters id': await seedDeadLetters(pool),
      '/v1/drill-drafts slug': await seedDrafts(pool),
      '/v1/programmes slug': ['clean-hands'],
      listId: await seedLists(pool),
    },
    rows: {
      '/v1/drills/{slug}/versions/{version}': [{ slug: 'washing-hands', version: '1' }],
      '/v1/programmes/{slug}/codes/{code}': Array.from({ length: 60 }, (_, n) => ({
        slug: 'clean-hands',
        code: `SEED${n}`,
      })),
      '/v1/webhooks/{id}/deliveries/{deliveryId}': deliveries,
      '/v1/consents/{phone}/restore': pending,
    },
  };
}

/** Imports that the service has checked, and some that wait for it, with as many columns as the example of a mapping. */
async function seedImports(pool: Pool): Promise<string[]> {
  const { rows } = await pool.query<{ import_id: string }>(
    `INSERT INTO contact_import (import_id, kind, status, file_name, options, columns, mapping, upload, file_hash, file_rows,
                                 valid, due_at, created_by, created_at, updated_at)
     SELECT gen_random_uuid(), 'contacts', CASE WHEN n % 4 = 0 THEN 'uploaded' ELSE 'checked' END, 'list.csv',
            '{"country":"US","onMatch":"update","onDuplicate":"first","listId":null,"tags":[],"granted":["informational"]}',
            '{phone,first name,notes}', '["phone_number","first_name",null]', 1, repeat('a', 64), 1, 1, $1, 'ann', $1, $1
       FROM generate_series(1, 80) AS n
     RETURNING import_id`,
    [ASKED_AT],
  );
  return rows.map((row) => row.import_id);
}

/**
 * Records that could not be processed: more than requests that settle some leave over, so that the examples of those still find
 * the ones that they name.
 */
async function seedDeadLetters(pool: Pool): Promise<string[]> {
  const { rows } = await pool.query<{ id: string }>(
    `INSERT INTO quarantined_record (consumer, source, shard, sequence_number, partition_key, state, reason, body, arrived_at)
     SELECT 'dialog', 'dialog-commands', 'shardId-000000000000', '4' || n, '+14155550101', 'quarantined', 'unreadable', '{', $1
       FROM generate_series(1, 400) AS n
     RETURNING id::text`,
    [ASKED_AT],
  );
  return rows.map(({ id }) => id);
}

/** Campaigns that may be told something: drafts that can start, and some of each status that only time would bring. */
async function seedCampaigns(pool: Pool): Promise<string[]> {
  const include = [await insertContacts(pool, 1)];
  const ids: string[] = [];
  for (let n = 0; n < 40; n += 1) {
    for (const status of ['draft', 'draft', 'active', 'paused'] as const) {
      ids.push(await insertCampaign(pool, ASKED_AT, { include, status }));
    }
  }
  return ids;
}

/** Drills that somebody works on, and that can be published with a reason; and a programme with codes to take away. */
async function seedDrafts(pool: Pool): Promise<string[]> {
  await seedContent(pool, { directory: sampleContentDirectory, now: ASKED_AT });
  await pool.query(
    `UPDATE programme SET definition = jsonb_set(definition, '{codes}', definition->'codes' || (
       SELECT jsonb_agg(jsonb_build_object('code', 'SEED' || n, 'maxUses', NULL, 'isDemo', false, 'accountInfo', '{}'::jsonb,
                                           'expiresAt', NULL))
         FROM generate_series(0, 59) AS n))`,
  );
  const drafts = await inTransaction(pool, (tx) =>
    writeDrafts(
      tx,
      Array.from({ length: 60 }, (_, n) => ({
        slug: `draft-${n}`,
        name: 'Soap',
        defaultLanguage: 'en',
        prompts: [{ slug: 'hello', messages: [{ text: { en: 'Soap is best.' } }], maxFailures: 1 }],
        examples: [],
      })),
      { by: 'ann', now: ASKED_AT },
    ),
  );
  return drafts.map(({ slug }) => slug);
}

/** Lists that nobody is on. */
async function seedLists(pool: Pool): Promise<string[]> {
  const { rows } = await pool.query<{ list_id: string }>(
    `INSERT INTO contact_list (list_id, name, created_at, updated_at)
     SELECT gen_random_uuid(), 'Clinic ' || n, $1, $1 FROM generate_series(1, 6) AS n RETURNING list_id`,
    [ASKED_AT],
  );
  return rows.map((row) => row.list_id);
}

/** Numbers that are sent from, and pools: some with numbers, more without, which may be deleted. */
async function seedSenders(pool: Pool): Promise<Readonly<Record<string, readonly string[]>>> {
  const { rows: pools } = await pool.query<{ pool: string }>(
    `INSERT INTO sender_pool (pool, created_at, updated_at)
     SELECT 'pool-' || n, $1, $1 FROM generate_series(1, 60) AS n RETURNING pool`,
    [ASKED_AT],
  );
  const { rows } = await pool.query<{ sender_number: string }>(
    `INSERT INTO sender (sender_number, carrier, type, registration, segments_per_second, pool, created_at, updated_at)
     SELECT '+164655501' || lpad(n::text, 2, '0'), 'twilio', 'long_code', 'registered', 1, CASE WHEN n < 5 THEN 'pool-' || n END,
            $1, $1 FROM generate_series(1, 60) AS n RETURNING sender_number`,
    [ASKED_AT],
  );
  return {
    '/v1/senders senderNumber': rows.map((row) => row.sender_number),
    '/v1/sender-pools name': pools.map((row) => row.pool),
  };
}

/** Throttle groups, more than requests delete. */
async function seedThrottleGroups(pool: Pool): Promise<string[]> {
  const ids: string[] = [];
  for (let n = 0; n < 60; n += 1) {
    ids.push(await insertThrottleGroup(pool, ASKED_AT, { name: `Desk ${n}`, most: 40, per: 'hour' }));
  }
  return ids;
}

/** Conversations of people who have just texted twice. */
async function seedConversations(pool: Pool): Promise<string[]> {
  const { rows } = await pool.query<{ conversation_id: string }>(
    `WITH said AS (
       INSERT INTO reply (reply_id, phone_number, our_number, body, carrier, carrier_message_id, received_at, session, taken_as)
       SELECT gen_random_uuid(), '+1617555' || lpad((100 + n)::text, 4, '0'), '+14155550100', 'hello', 'twilio',
              'SMseed' || n || '-' || part, $1, 1, 'people'
         FROM generate_series(1, 40) AS n CROSS JOIN generate_series(1, 2) AS part
       RETURNING reply_id, phone_number, our_number, received_at)
     INSERT INTO conversation (conversation_id, phone_number, state, unread, waiting, last_reply_id, last_text_at, our_number,
                               session, session_at, activity_at, created_at)
     SELECT gen_random_uuid(), phone_number, 'open', 2, 2, min(reply_id::text)::uuid, max(received_at), min(our_number), 1,
            max(received_at), max(received_at), $1
       FROM said GROUP BY phone_number
     RETURNING conversation_id`,
    [ASKED_AT],
  );
  await closeSome(pool);
  return rows.map((row) => row.conversation_id);
}

/** Half of them were closed by somebody, who may take that back. */
async function closeSome(pool: Pool): Promise<void> {
  await pool.query(
    `WITH closed AS (
       UPDATE conversation SET state = 'closed', unread = 0, waiting = 0
        WHERE right(phone_number, 1) IN ('0', '2', '4', '6', '8') RETURNING conversation_id, phone_number),
     settled AS (
       UPDATE reply SET read_at = $1, answered_at = $1 WHERE phone_number IN (SELECT phone_number FROM closed))
     INSERT INTO audit_entry (occurred_at, actor_kind, actor_name, operation, request_id, ip, subject, subject_id, action, before, after)
     SELECT $1, 'person', 'ann', 'updateConversation', 'seed', '127.0.0.1', 'conversation', conversation_id::text, 'updated',
            '{"state":"open","snoozedUntil":null,"assignee":null,"agentMode":null}',
            '{"state":"closed","snoozedUntil":null,"assignee":null,"agentMode":null}'
       FROM closed`,
    [ASKED_AT],
  );
}

/** Drafts of the agent in conversations of their own, some of which have come to nothing. */
async function seedDraftsOfAgent(pool: Pool): Promise<string[]> {
  const { rows } = await pool.query<{ reply_id: string }>(
    `WITH said AS (
       INSERT INTO reply (reply_id, phone_number, our_number, body, carrier, carrier_message_id, received_at, session, taken_as)
       SELECT gen_random_uuid(), '+1773555' || lpad((100 + n)::text, 4, '0'), '+14155550100', 'open?', 'twilio',
              'SMasked' || n, $1, 1, 'people'
         FROM generate_series(1, 60) AS n RETURNING reply_id, phone_number, our_number, received_at),
     talk AS (
       INSERT INTO conversation (conversation_id, phone_number, state, unread, waiting, last_reply_id, last_text_at, our_number,
                                 session, session_at, activity_at, created_at)
       SELECT gen_random_uuid(), phone_number, 'open', 1, 1, reply_id, received_at, our_number, 1, received_at, received_at, $1
         FROM said RETURNING conversation_id, phone_number, last_reply_id, our_number)
     INSERT INTO agent_answer (reply_id, conversation_id, phone_number, our_number, mode, state, reason, given_at, source, topic,
                               input, turns, output, body, answer_ms, settled_at)
     SELECT last_reply_id, conversation_id, phone_number, our_number, 'draft',
            CASE place % 8 WHEN 0 THEN 'overtaken' ELSE 'drafted' END, CASE place % 8 WHEN 0 THEN 'person_answered' END, $1,
            'rules', 'hours', 'open?', 0, 'Until five.', 'Until five.', 3, CASE place % 8 WHEN 0 THEN $1 END
       FROM (SELECT *, row_number() OVER () AS place FROM talk) AS numbered
     RETURNING reply_id`,
    [ASKED_AT],
  );
  return rows.map((row) => row.reply_id);
}

/** Webhooks with deliveries that were given up: more of them than requests delete, and fewer than there may be. */
async function seedDeliveries(pool: Pool): Promise<{ id: string; deliveryId: string }[]> {
  const { rows } = await pool.query<{ endpoint_id: string; position: string }>(
    `WITH endpoint AS (
       INSERT INTO webhook_endpoint (endpoint_id, url, events, description, enabled, created_at, created_by)
       SELECT gen_random_uuid(), 'https://hooks.example.org/' || n, '{message.status}', '', true, $1, 'ann'
         FROM generate_series(1, 12) AS n RETURNING endpoint_id),
     secret AS (
       INSERT INTO webhook_secret (endpoint_id, secret) SELECT endpoint_id, '\\x00' FROM endpoint)
     INSERT INTO webhook_delivery (endpoint_id, event_id, type, payload, state, attempts, created_at)
     SELECT endpoint_id, gen_random_uuid(), 'message.status', '{}', 'failed', 1, $1
       FROM endpoint CROSS JOIN generate_series(1, 6)
     RETURNING endpoint_id, position::text`,
    [ASKED_AT],
  );
  return rows.map((row) => ({ id: row.endpoint_id, deliveryId: row.position }));
}

/** More than are deleted: the name of one that was is nobody's again until its values are gone. */
async function seedFields(pool: Pool): Promise<string[]> {
  const { rows } = await pool.query<{ name: string }>(
    `INSERT INTO contact_field (name, label, type, created_at)
     SELECT 'seeded_' || n, 'Field ' || n, 'text', $1 FROM generate_series(1, 40) AS n
     RETURNING name`,
    [ASKED_AT],
  );
  return rows.map(({ name }) => name);
}

/** Calls that were made, with everything that may be known of one. */
async function seedCalls(pool: Pool): Promise<void> {
  await pool.query(
    `WITH calls AS (
       INSERT INTO message_log (log_id, carrier, carrier_message_id, direction, phone_number, our_number, body, status,
                                status_rank, status_at, occurred_at)
       SELECT gen_random_uuid(), 'twilio', 'CA' || n, 'outbound', '+1415555' || to_char(100 + n, 'FM0000'), '+14155550199',
              'This is Elm County Health.', 'completed', 95, $1::timestamptz, $1::timestamptz + n * interval '1 second'
         FROM generate_series(1, 60) AS n
       RETURNING log_id, occurred_at)
     INSERT INTO call_log (log_id, outcome, answered_by, seconds, price, currency, keys, occurred_at, campaign_id)
     SELECT log_id, (ARRAY['answered', 'machine', 'opted_out', 'busy'])[1 + n % 4], 'human', n, 0.014, 'USD', '{1}', occurred_at,
            CASE WHEN n % 2 = 0 THEN gen_random_uuid() END
       FROM (SELECT *, row_number() OVER () AS n FROM calls) AS numbered`,
    [ASKED_AT],
  );
}
