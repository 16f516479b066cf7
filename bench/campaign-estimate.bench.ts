import assert from 'node:assert/strict';
import { definitionSchema } from '#shared/campaigns/definition.ts';
import { priceSettings, pricesFrom } from '#shared/campaigns/prices.ts';
import { readCampaign } from '#shared/campaigns/store.ts';
import { testCalling } from '#shared/campaigns/test-calling.ts';
import { defaultGateConfig } from '#shared/compliance/gate-config.ts';
import { readConfig } from '#shared/config.ts';
import type { Filter } from '#shared/contacts/filter.ts';
import { createPool, type Pool } from '#shared/postgres/pool.ts';
import { estimate } from '../apps/api/campaigns/outlook/estimate.ts';
import { previewPage } from '../apps/api/campaigns/outlook/preview.ts';
import { SURVEYED_MOST, survey } from '../apps/api/campaigns/outlook/survey.ts';
import { testPseudonyms } from '../test/pseudonyms.ts';
import { createDatabase } from '../test/stack/stack.ts';
import { publish, shown } from './figures.ts';
import {
  aimsOf,
  benchmarkArguments,
  type Contender,
  compare,
  median,
  POSTGRES,
  startBenchStack,
  tableOf,
} from './harness.ts';

/**
 * The estimate of a campaign before it starts: by so many of its audience as are looked at, against looking at everybody;
 * and how long it takes by the size of the audience, for a filter that all match and one that 1 in 400 does. Contacts in four
 * zones, 3 % suppressed, 1 % without a name, each with 1 kB of attributes. Fails when what is said is not within the margin
 * that the estimate states, when it finishes before audience by pace, or when pages of the preview do not find everybody.
 *
 *   node bench/campaign-estimate.bench.ts [--quick] [--json FILE]
 */
const { quick, json } = benchmarkArguments();
const SIZES = quick ? [10_000, 50_000] : [10_000, 100_000, 1_000_000];
const COMPARED = quick ? 50_000 : 100_000;
const AT = new Date('2026-11-25T12:00:00Z');
const PACE = 100;
/** Contacts that are inserted in one statement. */
const AT_ONCE = 10_000;

const stack = await startBenchStack();
const database = await createDatabase();
const admin = database.adminPool;
const pool: Pool = createPool(database.configFor('api'), () => undefined);

/** Contacts up to this many, with their phones and consent. */
let inserted = 0;
async function grow(to: number): Promise<void> {
  for (let from = inserted; from < to; from += AT_ONCE) {
    await admin.query(
      `WITH made AS (
         INSERT INTO contact (contact_id, phone_number, name, language, time_zone, attributes, created_at, updated_at)
         SELECT gen_random_uuid(), '+1' || (ARRAY['212', '312', '303', '415'])[1 + n % 4] || lpad(n::text, 7, '0'),
                CASE WHEN n % 100 > 0 THEN 'Ana Ruiz' END, 'en',
                (ARRAY['America/New_York', 'America/Chicago', 'America/Denver', 'America/Los_Angeles'])[1 + n % 4],
                jsonb_build_object('clinic', 'clinic ' || n / 4 % 400, 'notes', repeat(md5(n::text), 30)), now(), now()
           FROM generate_series($1::int, $2::int - 1) AS n RETURNING phone_number),
       known AS (INSERT INTO phone (phone_number) SELECT phone_number FROM made),
       stopped AS (
         INSERT INTO suppression (phone_number, change_id, source, reason, added_at, scope)
         SELECT phone_number, gen_random_uuid(), 'user_opt_out', '', now(), 'sender' FROM made
          WHERE right(phone_number, 2)::int < 3)
       INSERT INTO consent_standing (phone_number, scope, status, consents, change_id, requested_at)
       SELECT phone_number, 'sender', 'opted_in',
              '[{"changeId":"018f0000-0000-7000-8000-000000000001","granted":["informational"],"givenAt":"2026-01-05T12:00:00.000Z"}]',
              gen_random_uuid(), '2026-01-05T12:00:00Z' FROM made`,
      [from, Math.min(to, from + AT_ONCE)],
    );
  }
  inserted = to;
  await admin.query('VACUUM ANALYZE contact, phone, suppression, consent_standing');
}

async function insertCampaign(filter: Filter): Promise<string> {
  const definition = definitionSchema.parse({
    audience: { filter },
    variants: [{ name: 'A', bodies: { en: 'Hi {{name}}, flu shots are free this week: come by.' } }],
    windows: [{ days: [1, 2, 3, 4, 5, 6, 7], from: '09:00', to: '17:00' }],
    timeZone: 'America/New_York',
    messagesPerSecond: PACE,
  });
  const { rows } = await admin.query<{ campaign_id: string }>(
    `INSERT INTO campaign (campaign_id, name, type, intent, definition, created_by, created_at, updated_at)
     VALUES (gen_random_uuid(), 'A campaign', 'sms', 'transactional', $1, 'a benchmark', now(), now()) RETURNING campaign_id`,
    [definition],
  );
  return rows[0]?.campaign_id ?? '';
}

/** What an estimate has to come to. */
interface Audience {
  contacts: number;
  /** Part of them. */
  suppressed: number;
}

/** Whoever has a value among their attributes; null: everybody. */
async function audienceOf(clinic: string | null): Promise<Audience> {
  const { rows } = await admin.query<Audience>(
    `SELECT count(*)::int AS contacts, (count(suppression.phone_number)::float8 / count(*)) AS suppressed
       FROM contact LEFT JOIN suppression USING (phone_number)
      WHERE $1::text IS NULL OR attributes ->> 'clinic' = $1`,
    [clinic],
  );
  assert.ok(rows[0] !== undefined && rows[0].contacts > 0);
  return rows[0];
}

const PREVIEWED = { sampleLinks: null, calls: testCalling };

/** Makes the estimate, checks it, and returns seconds. */
async function measure(campaignId: string, most: number, audience: Audience): Promise<number> {
  const begunAt = performance.now();
  const campaign = await readCampaign(pool, campaignId);
  assert.ok(campaign !== null);
  const parts = { pool, gate: defaultGateConfig, pseudonyms: testPseudonyms, ...PREVIEWED, most };
  const found = await survey(campaign, AT.getTime(), parts);
  assert.ok(found.kind === 'survey');
  const made = estimate(campaign, found.survey, {
    ...{
      now: AT.getTime(),
      startAt: null,
      usualPace: PACE,
      audience: null,
      account: testCalling,
      capacity: null,
      waits: null,
      shares: new Map([['twilio', 1]]),
      slots: 10,
      ahead: [],
      throttles: [],
      cap: null,
      prices: pricesFrom(readConfig(priceSettings, {})),
    },
  });
  const seconds = (performance.now() - begunAt) / 1_000;
  assert.equal(made.contacts, audience.contacts);
  const blocked = (made.blocked.get('suppressed') ?? 0) / made.contacts;
  assert.ok(
    Math.abs(blocked - audience.suppressed) <= made.margin + 1e-9,
    `${blocked} are said to be suppressed`,
  );
  assert.ok((made.forecast.finishesAt ?? 0) >= AT.getTime() + (made.forecast.reached / PACE) * 1_000);
  return seconds;
}

/** Seconds of the slowest request for a page of the preview until all of the audience is shown. */
async function slowestPage(campaignId: string, audience: number): Promise<number> {
  const campaign = await readCampaign(pool, campaignId);
  assert.ok(campaign !== null);
  let [after, shown, slowest]: [string | null, number, number] = [null, 0, 0];
  do {
    const begunAt = performance.now();
    const page = await previewPage(pool, campaign, PREVIEWED, { after, limit: 50, show: 'all', step: null });
    slowest = Math.max(slowest, (performance.now() - begunAt) / 1_000);
    shown += page.rows.length;
    after = page.lookedTo;
  } while (after !== null);
  assert.equal(shown, audience);
  return slowest;
}

try {
  const campaignId = await insertCampaign({ all: [] });
  await admin.query(
    `INSERT INTO contact_field (name, label, type, created_at) VALUES ('clinic', 'Clinic', 'text', now())`,
  );
  const ofFew = await insertCampaign({ field: 'clinic', is: 'clinic 7' });
  const bySize: Record<string, string | number>[] = [];
  let result: Awaited<ReturnType<typeof compare>> | undefined;
  for (const size of SIZES) {
    await grow(size);
    const [all, few] = [await audienceOf(null), await audienceOf('clinic 7')];
    await measure(campaignId, SURVEYED_MOST, all);
    const [times, timesOfFew]: [number[], number[]] = [[], []];
    for (let n = 0; n < 3; n += 1) {
      times.push(await measure(campaignId, SURVEYED_MOST, all));
      timesOfFew.push(await measure(ofFew, SURVEYED_MOST, few));
    }
    bySize.push({
      contacts: size,
      'all of them: s': median(times).toFixed(2),
      '1 in 400: s': median(timesOfFew).toFixed(2),
      'slowest page of 1 in 400: s': (await slowestPage(ofFew, few.contacts)).toFixed(2),
      'memory MiB': Math.round(process.memoryUsage().rss / 2 ** 20),
    });
    if (size !== COMPARED) continue;
    const contender = (name: string, most: number): Contender => ({
      name,
      run: async () => size / (await measure(campaignId, most, all)),
    });
    result = await compare({
      unit: 'contacts',
      ours: contender('ours: so many, chosen by chance', SURVEYED_MOST),
      others: [{ ...contender('everybody', Number.MAX_SAFE_INTEGER), atLeast: null }],
      repetitions: quick ? 2 : 5,
    });
  }
  assert.ok(result, `none of the sizes is ${COMPARED}`);
  await publish(
    {
      benchmark: 'campaign-estimate',
      config: { 'looked at, at most': SURVEYED_MOST, postgres: POSTGRES },
      tables: [{ rows: bySize }, tableOf(result, { caption: `${shown(COMPARED)} contacts that all match` })],
      aims: aimsOf(result),
    },
    json,
  );
} finally {
  await pool.end();
  await database.drop();
  await stack.stop();
}
