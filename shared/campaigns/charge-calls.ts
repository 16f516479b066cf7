import type { CarrierName } from '#shared/contracts/dialog-commands.ts';
import type { Transaction } from '#shared/postgres/pool.ts';
import type { CallOutcome } from '#shared/voice/call-outcomes.ts';
import { minutesOf } from '#shared/voice/duration.ts';
import type { EndedCall } from './deliveries.ts';
import { PAID_CALL } from './look-up.ts';
import { MICROS, type Prices, priceOf } from './prices.ts';

/** Outcomes of calls that somebody, or something, took. */
const TAKEN: readonly CallOutcome[] = ['answered', 'machine', 'opted_out'];

/**
 * What a call that is over costs, in millionths; null: nobody can say yet, and what was planned stands. What its carrier
 * says that it charged, where it is in our currency, else the minutes that have begun; with what listening for a machine costs,
 * which carriers charge apart. A call that nobody took costs nothing. Pure.
 */
export function chargeOf(
  { currency, outcome, price, seconds }: EndedCall,
  prices: Prices,
  carrier: CarrierName,
): number | null {
  if (outcome === null) return null;
  const charged = price !== null && currency === prices.currency ? Math.round(Number(price) * MICROS) : null;
  if (!TAKEN.includes(outcome)) return charged ?? 0;
  if (charged !== null) return charged + prices.detection[carrier].micros;
  return seconds === null ? null : priceOf({ kind: 'call', minutes: minutesOf(seconds) }, prices, carrier);
}

/** A call of a campaign that is over. */
export interface CallTold {
  messageId: string;
  carrier: CarrierName;
  call: EndedCall;
}

/**
 * Has what a campaign has cost say of these calls what they came to, where it said what they were planned to. The campaign's
 * row is locked. Idempotent: a call is counted once, at what was told of it last.
 */
export async function chargeCalls(
  tx: Transaction,
  campaignId: string,
  told: readonly CallTold[],
  prices: Prices,
): Promise<void> {
  const charged = told.flatMap(({ call, carrier, messageId }) => {
    const micros = chargeOf(call, prices, carrier);
    return micros === null ? [] : [{ messageId, micros }];
  });
  if (charged.length === 0) return;
  await tx.query(
    `WITH before AS (
       SELECT known.ctid AS place, known.variant, known.micros AS planned, told.micros
         FROM unnest($2::uuid[], $3::bigint[]) AS told(message_id, micros) ${PAID_CALL}
        WHERE known.campaign_id = $1 AND known.micros <> told.micros),
     counted AS (
       UPDATE campaign_call AS known SET micros = before.micros FROM before WHERE known.ctid = before.place),
     changed AS (SELECT variant, sum(micros - planned)::bigint AS micros FROM before GROUP BY variant),
     of_variants AS (
       UPDATE campaign_variant_spend AS known SET micros = known.micros + changed.micros
         FROM changed WHERE known.campaign_id = $1 AND known.variant = changed.variant)
     UPDATE campaign_spend AS known SET micros = known.micros + changed.micros
       FROM (SELECT sum(micros)::bigint AS micros FROM changed) AS changed
      WHERE known.campaign_id = $1 AND changed.micros IS NOT NULL`,
    [campaignId, charged.map(({ messageId }) => messageId), charged.map(({ micros }) => micros)],
  );
}
