import type { CarrierName } from '#shared/contracts/dialog-commands.ts';
import type { Queryable, Transaction } from '#shared/postgres/pool.ts';
import { MICROS, microsByCarrier, type Priced, type Prices, priceOf } from './prices.ts';

/** What a campaign has cost, and what it may cost, in millionths of the currency. */
export interface Spend {
  segments: number;
  mediaMessages: number;
  micros: number;
  /** As somebody changed it after the start; null: as the definition has it. */
  budgetMicros: number | null;
}

/** Nothing was spent yet where there is no row. */
export async function readSpend(db: Queryable, campaignId: string): Promise<Spend> {
  const { rows } = await db.query<Spend>(
    `SELECT segments::float8 AS segments, media_messages::float8 AS "mediaMessages", micros::float8 AS micros,
            budget_micros::float8 AS "budgetMicros"
       FROM campaign_spend WHERE campaign_id = $1`,
    [campaignId],
  );
  return rows[0] ?? { segments: 0, mediaMessages: 0, micros: 0, budgetMicros: null };
}

/**
 * What the variants of a campaign have cost, in millionths, by their positions: adds up to what it has cost. One alone has
 * cost what its campaign has, also where some of it was settled before variants were told apart (migration 0079).
 */
export async function readVariantSpend(
  db: Queryable,
  campaignId: string,
): Promise<ReadonlyMap<number, number>> {
  const { rows } = await db.query<{ variant: number; micros: number }>(
    `SELECT CASE WHEN sole THEN 0 ELSE variant END AS variant,
            CASE WHEN sole THEN campaign_spend.micros ELSE campaign_variant_spend.micros END::float8 AS micros
       FROM campaign
      CROSS JOIN LATERAL (SELECT coalesce(jsonb_array_length(definition -> 'variants'), 0) < 2 AS sole) AS variants
       JOIN campaign_spend USING (campaign_id)
       LEFT JOIN campaign_variant_spend ON campaign_variant_spend.campaign_id = campaign.campaign_id AND NOT sole
      WHERE campaign.campaign_id = $1 AND (sole OR variant IS NOT NULL)`,
    [campaignId],
  );
  return new Map(rows.map(({ micros, variant }) => [variant, micros]));
}

/**
 * Adds those of these messages that carriers took, or may have taken, to what their campaign has cost, and their variants: by the segments that
 * the carrier counted, where it said so, else as planned; a call by the minutes that it was planned to take, a template of WhatsApp as one message. Each once: when its contact is settled, under the lock on the
 * campaign's row.
 */
export async function addSpend(
  tx: Transaction,
  campaignId: string,
  messageIds: readonly string[],
  prices: Prices,
): Promise<void> {
  if (messageIds.length === 0) return;
  await tx.query(
    `WITH taken AS (
       SELECT message.message_id, coalesce(message.variant, 0) AS variant, coalesce(message.segments, 1) AS segments,
              message.media_urls <> '{}' AS has_media, message.channel = 'voice' AS is_call,
              message.template IS NOT NULL AS is_template,
              (SELECT attempt.carrier FROM attempt WHERE attempt.message_id = message.message_id
                ORDER BY attempt.posted_at DESC LIMIT 1) AS carrier
         FROM message WHERE message.message_id = ANY ($2) AND message.state IN ('sent', 'unknown')),
     priced AS (
       SELECT *, CASE WHEN is_call THEN segments * coalesce($5::jsonb ->> carrier, '0')::bigint
                                        + coalesce($6::jsonb ->> carrier, '0')::bigint
                      WHEN is_template THEN coalesce($7::jsonb ->> carrier, '0')::bigint
                      WHEN has_media THEN coalesce($3::jsonb ->> carrier, '0')::bigint
                      ELSE segments * coalesce($4::jsonb ->> carrier, '0')::bigint END AS micros
         FROM taken),
     -- What they come to is counted in the place of it (charge-calls.ts).
     of_calls AS (
       INSERT INTO campaign_call (message_id, campaign_id, variant, carrier, minutes, micros)
       SELECT message_id, $1, variant, carrier, segments, micros FROM priced WHERE is_call AND carrier IS NOT NULL),
     spent AS (
       SELECT variant, coalesce(sum(segments) FILTER (WHERE NOT has_media AND NOT is_call), 0) AS segments,
              count(*) FILTER (WHERE has_media) AS media_messages,
              sum(micros) AS micros
         FROM priced GROUP BY variant),
     of_variants AS (
       INSERT INTO campaign_variant_spend AS known (campaign_id, variant, segments, media_messages, micros)
       SELECT $1, variant, segments, media_messages, micros FROM spent
       ON CONFLICT (campaign_id, variant) DO UPDATE
          SET segments = known.segments + excluded.segments, media_messages = known.media_messages + excluded.media_messages,
              micros = known.micros + excluded.micros)
     INSERT INTO campaign_spend AS known (campaign_id, segments, media_messages, micros)
     SELECT $1, sum(segments), sum(media_messages), sum(micros) FROM spent HAVING count(*) > 0
     ON CONFLICT (campaign_id) DO UPDATE
        SET segments = known.segments + excluded.segments, media_messages = known.media_messages + excluded.media_messages,
            micros = known.micros + excluded.micros`,
    [
      campaignId,
      messageIds,
      JSON.stringify(microsByCarrier(prices.media)),
      JSON.stringify(microsByCarrier(prices.segment)),
      JSON.stringify(microsByCarrier(prices.minute)),
      JSON.stringify(microsByCarrier(prices.detection)),
      JSON.stringify(microsByCarrier(prices.whatsapp)),
    ],
  );
}

/** Changes what a campaign may cost from now on; its row is locked. */
export async function writeBudget(tx: Transaction, campaignId: string, budgetMicros: number): Promise<void> {
  await tx.query(
    `INSERT INTO campaign_spend (campaign_id, budget_micros) VALUES ($1, $2)
     ON CONFLICT (campaign_id) DO UPDATE SET budget_micros = excluded.budget_micros`,
    [campaignId, budgetMicros],
  );
}

/** What is left of a budget while messages are planned. Pure. */
export class Purse {
  #left: number | null;
  #isEmpty = false;
  readonly #prices: Prices;

  /** `left`: in millionths; null: there is no budget. */
  constructor(left: number | null, prices: Prices) {
    this.#left = left;
    this.#prices = prices;
  }

  /** Whether something that is due was not planned because it would have cost more than is left. */
  get isEmpty(): boolean {
    return this.#isEmpty;
  }

  /** Pays for a message that goes through a carrier; false: it costs more than is left. */
  pay(message: Priced, carrier: CarrierName): boolean {
    if (this.#left === null) return true;
    const price = priceOf(message, this.#prices, carrier);
    // Whatever comes after one that was too dear is not tried: the order of the audience stays.
    if (this.#isEmpty || price > this.#left) {
      this.#isEmpty = true;
      return false;
    }
    this.#left -= price;
    return true;
  }
}

/**
 * What a campaign may still spend: its budget without what it has spent and what is queued costs, each message by the carrier of its
 * number (`first`: of numbers that we do not know). `budget` null: it has none. The campaign's row is locked.
 */
export async function purseOf(
  tx: Transaction,
  { budget, campaignId }: { campaignId: string; budget: number | null },
  prices: Prices,
  first: CarrierName,
): Promise<Purse> {
  const spend = await readSpend(tx, campaignId);
  const most = spend.budgetMicros ?? (budget === null ? null : Math.round(budget * MICROS));
  if (most === null) return new Purse(null, prices);
  const { rows } = await tx.query<{
    carrier: CarrierName;
    segments: number;
    media_messages: number;
    minutes: number;
    calls: number;
  }>(
    `SELECT coalesce(sender.carrier, $2) AS carrier,
            coalesce(sum(coalesce(segments, 1)) FILTER (WHERE media_urls = '{}' AND message.channel = 'sms'), 0)::float8 AS segments,
            (count(*) FILTER (WHERE media_urls <> '{}'))::float8 AS media_messages,
            coalesce(sum(coalesce(segments, 1)) FILTER (WHERE message.channel = 'voice'), 0)::float8 AS minutes,
            (count(*) FILTER (WHERE message.channel = 'voice'))::float8 AS calls
       FROM campaign_contact AS each JOIN message USING (message_id)
       LEFT JOIN sender ON sender.sender_number = message.sender_number
      WHERE each.campaign_id = $1 AND each.state = 'queued' GROUP BY 1`,
    [campaignId, first],
  );
  const queued = rows.reduce(
    (sum, { calls, carrier, media_messages: media, minutes, segments }) =>
      sum +
      segments * prices.segment[carrier].micros +
      media * prices.media[carrier].micros +
      minutes * prices.minute[carrier].micros +
      calls * prices.detection[carrier].micros,
    0,
  );
  return new Purse(most - spend.micros - queued, prices);
}
