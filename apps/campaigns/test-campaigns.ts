import { definitionSchema } from '#shared/campaigns/definition.ts';
import type { DeliveryOutcome } from '#shared/campaigns/deliveries.ts';
import type { CampaignStatus } from '#shared/campaigns/lifecycle.ts';
import { priceSettings, pricesFrom } from '#shared/campaigns/prices.ts';
import { testCalling } from '#shared/campaigns/test-calling.ts';
import { readConfig } from '#shared/config.ts';
import type { CarrierName } from '#shared/contracts/dialog-commands.ts';
import { gateConfigFrom, gateSettings } from '#shared/gate/settings.ts';
import { phoneNumber } from '#shared/phone/phone-number.ts';
import type { Pool, Queryable } from '#shared/postgres/pool.ts';
import type { Limit } from '#shared/throttle/rule.ts';
import type { CallOutcome } from '#shared/voice/call-outcomes.ts';
import type { ManualClock } from '#test/manual-clock.ts';
import { testPseudonyms } from '#test/pseudonyms.ts';
import { nextDue, type OrchestratorParts } from './orchestrate.ts';

/** Thursday morning in New York, and everywhere east of Denver. */
export const MORNING = new Date('2026-03-05T15:30:00Z');

/** What a call of a minute costs: 2.15 cents, if somebody takes it. */
export const testPrices = pricesFrom(
  readConfig(priceSettings, {
    CALL_MINUTE_PRICES: 'twilio=0.014',
    CALL_DETECTION_PRICES: 'twilio=0.0075',
  }),
);

export const testParts = (clock: ManualClock, more: Partial<OrchestratorParts> = {}): OrchestratorParts => ({
  clock,
  gate: gateConfigFrom(readConfig(gateSettings, {})),
  pseudonyms: testPseudonyms,
  producer: 'campaigns',
  ownNumber: phoneNumber('+14155550100'),
  carriers: ['twilio'],
  links: null,
  prices: testPrices,
  calls: testCalling,
  breaker: { least: 100, most: { undelivered: 0.25, filtered: 0.05, opted_out: 0.05 } },
  slots: { sms: 10, voice: 5 },
  batchSize: 500,
  messagesPerSecond: 100,
  approvalAbove: null,
  ...more,
});

/** Contacts in New York (area code 212) who agreed to informational texts and calls, on a list of their own. Returns the list. */
export async function insertContacts(
  pool: Pool,
  count: number,
  first = 0,
  granted = ['informational', 'artificial_voice'],
): Promise<string> {
  const { rows } = await pool.query<{ list_id: string }>(
    `INSERT INTO contact_list (list_id, name, created_at, updated_at)
     VALUES (gen_random_uuid(), gen_random_uuid()::text, now(), now()) RETURNING list_id`,
  );
  const listId = rows[0]?.list_id ?? '';
  await pool.query(
    `WITH made AS (
       INSERT INTO contact (contact_id, phone_number, name, language, time_zone, created_at, updated_at)
       SELECT gen_random_uuid(), '+1212555' || lpad(n::text, 4, '0'), 'Ana ' || n, 'en', 'America/New_York', now(), now()
         FROM generate_series($1::int, $1::int + $2::int - 1) AS n
       RETURNING contact_id, phone_number),
     consent AS (
       INSERT INTO consent_standing (phone_number, scope, status, consents, change_id, requested_at)
       SELECT phone_number, 'sender', 'opted_in',
              jsonb_build_array(jsonb_build_object('changeId', '018f0000-0000-7000-8000-000000000001', 'granted', $4::jsonb,
                                                   'givenAt', '2026-01-05T12:00:00.000Z')),
              gen_random_uuid(), '2026-01-05T12:00:00Z' FROM made)
     INSERT INTO list_member (list_id, contact_id, added_at) SELECT $3, contact_id, now() FROM made`,
    [first, count, listId, JSON.stringify(granted)],
  );
  return listId;
}

/** Numbers of a pool, which is made where there is none; null: of none. Returns them. */
export async function insertSenders(
  pool: Pool,
  name: string | null,
  count: number,
  {
    first = 1,
    carrier = 'twilio',
    number,
    perDay = null,
    rate,
  }: { rate: number; perDay?: number | null; first?: number; number?: string; carrier?: CarrierName },
): Promise<string[]> {
  if (name !== null) {
    await pool.query(
      'INSERT INTO sender_pool (pool, created_at, updated_at) VALUES ($1, now(), now()) ON CONFLICT DO NOTHING',
      [name],
    );
  }
  const { rows } = await pool.query<{ sender_number: string }>(
    `INSERT INTO sender (sender_number, carrier, type, registration, segments_per_second, segments_per_day, pool, created_at,
                         updated_at)
     SELECT coalesce($6, '+1646555010' || n), $7, CASE WHEN $6 LIKE 'whatsapp:%' THEN 'whatsapp' ELSE 'long_code' END,
            'registered', $3, $4, $5, now(), now()
       FROM generate_series($1::int, $1::int + $2::int - 1) AS n RETURNING sender_number`,
    [first, count, rate, perDay, name, number ?? null, carrier],
  );
  return rows.map((row) => row.sender_number);
}

/** A throttle group of which nothing is used yet. Returns it. */
export async function insertThrottleGroup(
  pool: Pool,
  now: Date,
  {
    evenly = true,
    most,
    name = 'Front desk',
    per,
  }: Pick<Limit, 'most' | 'per'> & { name?: string; evenly?: boolean },
): Promise<string> {
  const { rows } = await pool.query<{ id: string }>(
    `INSERT INTO throttle_group (throttle_group_id, name, most, per, evenly, created_at, updated_at)
     VALUES (gen_random_uuid(), $1, $2, $3, $4, $5, $5) RETURNING throttle_group_id AS id`,
    [name, most, per, evenly, now],
  );
  const id = rows[0]?.id ?? '';
  await pool.query('INSERT INTO throttle_state (throttle_group_id, clock_at) VALUES ($1, $2)', [id, now]);
  return id;
}

/** A campaign to these lists that has been told to start, and that writes to nobody twice where nothing else is said. */
export async function insertCampaign(
  pool: Pool,
  now: Date,
  more: {
    include?: string[];
    definition?: object;
    status?: CampaignStatus;
    endAt?: Date;
    type?: string;
  } = {},
): Promise<string> {
  const definition = definitionSchema.parse({
    audience: { include: more.include ?? [] },
    variants: [{ name: 'A', bodies: { en: 'Hi {{first_name}}, the clinic is open.' } }],
    windows: [{ days: [1, 2, 3, 4, 5, 6, 7], from: '00:00', to: '23:59' }],
    timeZone: 'America/New_York',
    maxAttempts: 1,
    ...more.definition,
  });
  const { rows } = await pool.query<{ campaign_id: string }>(
    `INSERT INTO campaign (campaign_id, name, type, intent, definition, status, paused_from, end_at, due_at, queued_at, created_by, created_at, updated_at)
     VALUES (gen_random_uuid(), 'A campaign', $5, 'transactional', $1, $2, CASE $2 WHEN 'paused' THEN 'active' END, $3, $4, $4, 'test', $4, $4) RETURNING campaign_id`,
    [definition, more.status ?? 'scheduled', more.endAt ?? null, now, more.type ?? 'sms'],
  );
  return rows[0]?.campaign_id ?? '';
}

/** What a campaign of calls says, to be put into its definition. */
export const ofCalls = {
  variants: [
    {
      name: 'A',
      calls: {
        en: {
          message: { say: 'Hello {{first_name|there}}, the clinic is open.' },
          menu: [{ key: '1', prompt: 'For the address, press 1.', say: 'We are at 12 Main Street.' }],
        },
      },
    },
  ],
  call: { tollFreeNumber: '+18005550142' },
};

/** As the caller does it: every call that is queued is at the carrier, which has dialled. Returns how many. */
export async function callQueued(pool: Pool): Promise<number> {
  await pool.query(
    `INSERT INTO attempt (attempt_id, message_id, phone_number, carrier, carrier_message_id, state, channel, sender_number)
     SELECT gen_random_uuid(), message_id, phone_number, 'twilio', 'CA' || message_id, 'accepted', 'voice', sender_number
       FROM message WHERE state = 'queued' AND channel = 'voice'`,
  );
  return sendQueued(pool);
}

/** As the sender does it: everything that is queued is at the carrier. Returns how many messages. */
export async function sendQueued(pool: Pool): Promise<number> {
  const { rowCount } = await pool.query(
    `UPDATE message SET state = 'sent', attempts = 1, settled_at = clock_timestamp() WHERE state = 'queued'`,
  );
  return rowCount ?? 0;
}

/**
 * As the log does it: what the carrier says of the messages that were sent to these phones (all, where none is named), in
 * the order in which they were planned.
 */
export async function report(
  pool: Pool,
  outcome: DeliveryOutcome,
  { errorCode = null, phones = null }: { errorCode?: string | null; phones?: readonly string[] | null } = {},
): Promise<number> {
  const { rows } = await pool.query<{ variant: number; campaign_id: string }>(
    `INSERT INTO campaign_delivery (log_id, campaign_id, variant, contact_id, message_id, carrier, outcome, error_code, segments, is_news)
     SELECT message_id, campaign_id, variant, cause_id, message_id, 'twilio', $1, $2, 1, true
       FROM message WHERE state = 'sent' AND ($3::text[] IS NULL OR phone_number = ANY ($3))
     ON CONFLICT (log_id) DO UPDATE SET outcome = excluded.outcome, error_code = excluded.error_code, is_news = true
      WHERE campaign_delivery.outcome NOT IN ('delivered', 'read', 'undelivered')
     RETURNING campaign_id, variant`,
    [outcome, errorCode, phones],
  );
  return rows.length;
}

/**
 * As the log does it: what the carrier says of the calls to these phones (all, where none is named), the newest of each, once they
 * are over, or what it says later of those that were.
 */
export async function reportCalls(
  pool: Pool,
  outcome: CallOutcome,
  more: {
    errorCode?: string;
    seconds?: number;
    price?: string;
    phones?: readonly string[];
  } = {},
): Promise<number> {
  const { rowCount } = await pool.query(
    `INSERT INTO campaign_delivery (log_id, campaign_id, variant, contact_id, message_id, carrier, outcome, error_code, segments,
                                    call_outcome, call_seconds, call_price, call_currency, is_news)
     SELECT DISTINCT ON (phone_number) message_id, campaign_id, variant, cause_id, message_id, 'twilio', $1, $2, 0, $3, $4,
            $5, CASE WHEN $5::numeric IS NOT NULL THEN 'USD' END, true
       FROM message WHERE state = 'sent' AND channel = 'voice' AND ($6::text[] IS NULL OR phone_number = ANY ($6))
      ORDER BY phone_number, ordinal DESC
     ON CONFLICT (log_id) DO UPDATE
        SET outcome = excluded.outcome, error_code = excluded.error_code, call_outcome = excluded.call_outcome,
            call_seconds = excluded.call_seconds, call_price = excluded.call_price, call_currency = excluded.call_currency,
            is_news = true`,
    [
      deliveredAs[outcome],
      more.errorCode ?? null,
      outcome,
      more.seconds ?? null,
      more.price ?? null,
      more.phones ?? null,
    ],
  );
  return rowCount ?? 0;
}

/** How the log counts a call as a message. */
const deliveredAs: Readonly<Record<CallOutcome, DeliveryOutcome>> = {
  answered: 'delivered',
  machine: 'delivered',
  opted_out: 'delivered',
  busy: 'undelivered',
  no_answer: 'undelivered',
  failed: 'failed',
  canceled: 'failed',
};

/** What is counted of a campaign that is not what its rows add up to; empty: everything is. */
export async function wrongCounts(pool: Queryable): Promise<unknown[]> {
  const { rows } = await pool.query(
    `WITH real AS (
       SELECT campaign_id, variant, state AS measure, count(*) AS value FROM campaign_contact GROUP BY 1, 2, 3
       UNION ALL
       SELECT campaign_id, variant, state || ':' || rule, count(*) FROM campaign_contact WHERE rule IS NOT NULL GROUP BY 1, 2, 3
       UNION ALL
       SELECT campaign_id, variant, 'replied', count(*) FROM campaign_contact WHERE replied_at IS NOT NULL GROUP BY 1, 2
       UNION ALL
       SELECT campaign_id, variant, 'keyword:' || keyword, count(*) FROM campaign_contact WHERE keyword IS NOT NULL GROUP BY 1, 2, 3
       UNION ALL
       SELECT campaign_id, variant, 'step:' || step || ':' || via, count(*) FROM campaign_step GROUP BY 1, 2, 3)
     SELECT measure, real.value AS rows, kept.value AS counted
       FROM real FULL JOIN (SELECT * FROM campaign_count WHERE value <> 0) AS kept USING (campaign_id, variant, measure)
      WHERE real.value IS DISTINCT FROM kept.value`,
  );
  return rows;
}

/** Contacts of a campaign by where they stand: the state, with the reason behind a colon where there is one. */
export async function statesOf(db: Queryable, campaignId: string): Promise<Record<string, number>> {
  const { rows } = await db.query<{ state: string; n: number }>(
    `SELECT state || coalesce(':' || rule, '') AS state, count(*)::int AS n FROM campaign_contact WHERE campaign_id = $1 GROUP BY 1`,
    [campaignId],
  );
  return Object.fromEntries(rows.map(({ n, state }) => [state, n]));
}

/** Time goes on, from one instant at which a campaign is due to the next, and what is queued meanwhile is sent where `sends` says so. */
export async function passTime(
  clock: ManualClock,
  ms: number,
  { admin, pool, sends, turns }: { admin: Pool; pool: Pool; turns(): Promise<void>; sends: boolean },
): Promise<void> {
  const until = clock.now().getTime() + ms;
  for (;;) {
    await turns();
    if (sends) await sendQueued(admin);
    const due = await nextDue(pool);
    const at = Math.min(until, due?.getTime() ?? until);
    await clock.advance(at - clock.now().getTime());
    if (at === until) break;
  }
  await turns();
}
