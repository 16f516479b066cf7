import { contactStates, openStates } from '#shared/campaigns/counts.ts';
import type { Definition } from '#shared/campaigns/definition.ts';
import type { DailyCap } from '#shared/campaigns/quota.ts';
import { type Campaign, HOLDS_SLOT, waitsForSlot } from '#shared/campaigns/store.ts';
import type { PhoneNumber } from '#shared/phone/phone-number.ts';
import type { SenderAddress } from '#shared/phone/sender-address.ts';
import type { Queryable } from '#shared/postgres/pool.ts';
import type { SendsFrom } from '#shared/senders/campaign-senders.ts';
import { readLimits, readPoolLimits, type SenderLimits } from '#shared/senders/limits.ts';
import type { Circumstances } from './estimate.ts';

type From = Pick<Definition, 'senderNumbers' | 'senderPool'>;

/**
 * Campaigns of the same pool that hold a slot, or are due and wait for one before this one, with how many contacts each
 * still has before it. One statement. `now`: business time.
 */
export async function readAhead(
  db: Queryable,
  {
    campaignId,
    definition,
    pool,
    queuedAt,
  }: Pick<Campaign, 'campaignId' | 'definition' | 'pool' | 'queuedAt'>,
  { now, ownNumber, usualPace }: { usualPace: number; ownNumber: PhoneNumber; now: Date },
): Promise<Circumstances['ahead']> {
  const { rows } = await db.query<{
    is_active: boolean;
    rate: number | null;
    sender_pool: string | null;
    sender_numbers: string[];
    contacts: number;
  }>(
    `SELECT campaign.status IN ('loading', 'active') AS is_active,
            coalesce((campaign.definition ->> 'messagesPerSecond')::float8,
                     (SELECT sum(value) FROM campaign_count
                       WHERE campaign_count.campaign_id = campaign.campaign_id AND measure = ANY ($6))
                     / (60 * (campaign.definition ->> 'spreadOverMinutes')::float8)) AS rate,
            campaign.definition ->> 'senderPool' AS sender_pool,
            ARRAY(SELECT jsonb_array_elements_text(coalesce(campaign.definition -> 'senderNumbers', '[]'))) AS sender_numbers,
            coalesce((SELECT sum(value) FROM campaign_count
                       WHERE campaign_count.campaign_id = campaign.campaign_id AND measure = ANY ($4)), 0)::float8 AS contacts
       FROM campaign
      WHERE pool = $1 AND campaign_id <> $2
        AND (${HOLDS_SLOT}
             OR ${waitsForSlot('$3::timestamptz')}
                AND (queued_at, campaign_id) < (coalesce($5, $3::timestamptz), $2::uuid))
      ORDER BY campaign_id`,
    [pool, campaignId, now, openStates, queuedAt, contactStates],
  );
  return rows.map(({ contacts, is_active: isActive, rate, sender_numbers, sender_pool }) => ({
    contacts,
    isBeside:
      isActive &&
      // All calls begin at the pace of one account, whatever their numbers.
      (pool === 'voice' ||
        numbersMeet(
          definition,
          { senderNumbers: sender_numbers as PhoneNumber[], senderPool: sender_pool },
          ownNumber,
        )),
    // One that is paused, or waits itself, is done nobody knows when.
    perSecond: isActive
      ? pool === 'voice'
        ? Math.min(rate ?? usualPace, usualPace)
        : (rate ?? usualPace)
      : 0,
  }));
}

/** Whether two campaigns are sent from the same pool, or have a number in common. */
function numbersMeet(one: From, other: From, ownNumber: PhoneNumber): boolean {
  if (one.senderPool !== null || other.senderPool !== null) return one.senderPool === other.senderPool;
  const numbers = new Set(numbersOf(one, ownNumber));
  return numbersOf(other, ownNumber).some((number) => numbers.has(number));
}

const numbersOf = ({ senderNumbers }: From, ownNumber: PhoneNumber): readonly SenderAddress[] =>
  senderNumbers.length > 0 ? senderNumbers : [ownNumber];

/** Segments that its numbers may send in a day, as far as all of them say; null: as many as they like. `now`: business time. */
export async function readDailyCap(
  db: Queryable,
  definition: From,
  { carriers, ownNumber }: SendsFrom,
  now: Date,
): Promise<DailyCap | null> {
  const { senderPool } = definition;
  const isSetUp = ({ carrier }: SenderLimits): boolean => carriers.includes(carrier);
  if (senderPool !== null) return dailyCapOf((await readPoolLimits(db, senderPool, now)).filter(isSetUp));
  const numbers = numbersOf(definition, ownNumber);
  const limits = await readLimits(db, numbers, now);
  return limits.size < numbers.length ? null : dailyCapOf([...limits.values()].filter(isSetUp));
}

/** Pure. Of a pool the lower counts: its own cap, or what its numbers may send together. */
export function dailyCapOf(senders: readonly SenderLimits[]): DailyCap | null {
  const healthy = senders.filter(({ halted }) => !halted);
  const [first] = healthy;
  if (first === undefined) return null;
  let [perDay, left] = [0, 0];
  for (const group of Map.groupBy(healthy, ({ pool, senderNumber }) => pool ?? senderNumber).values()) {
    const sum = (of: (sender: SenderLimits) => number): number =>
      group.reduce((all, each) => all + of(each), 0);
    const sent = sum(({ sentToday }) => sentToday);
    const own = sum(({ dayLeft }) => dayLeft ?? Infinity);
    const pooled = group[0]?.poolDayLeft ?? Infinity;
    perDay += Math.min(own, pooled) + sent;
    left += Math.max(
      0,
      Math.min(
        sum(({ dayLeft }) => Math.max(0, dayLeft ?? Infinity)),
        pooled,
      ),
    );
  }
  return Number.isFinite(perDay) ? { perDay, left, dayEnds: first.dayEnds.getTime() } : null;
}
