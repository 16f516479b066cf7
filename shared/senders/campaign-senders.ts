import type { Definition } from '#shared/campaigns/definition.ts';
import type { PhoneNumber } from '#shared/phone/phone-number.ts';
import type { Queryable } from '#shared/postgres/pool.ts';
import { readLimits, readPoolLimits, type SenderLimits } from './limits.ts';

/** A number that a campaign may go from. One that we do not know is not limited by itself. */
export type CampaignSender = Pick<SenderLimits, 'senderNumber' | 'pool' | 'halted' | 'carrierPaused'> & {
  rate: number;
  isKnown: boolean;
  poolRate: number | null;
  dayLeft: number | null;
  poolDayLeft: number | null;
  dayCap: number | null;
  poolDayCap: number | null;
  dayEnds: Date | null;
};

/** The numbers of a campaign: of its pool, those that it names, or the environment's own. `now`: business time. */
export async function readCampaignSenders(
  db: Queryable,
  { senderNumbers, senderPool }: Pick<Definition, 'senderNumbers' | 'senderPool'>,
  ownNumber: PhoneNumber,
  now: Date,
): Promise<CampaignSender[]> {
  if (senderPool !== null) return (await readPoolLimits(db, senderPool, now)).map(known);
  const numbers: readonly string[] = senderNumbers.length > 0 ? senderNumbers : [ownNumber];
  const limits = await readLimits(db, numbers, now);
  return numbers.map((senderNumber) => {
    const limit = limits.get(senderNumber);
    return limit === undefined ? unknown(senderNumber) : known(limit);
  });
}

const known = (limits: SenderLimits): CampaignSender => ({ ...limits, isKnown: true });

const unknown = (senderNumber: string): CampaignSender => ({
  senderNumber,
  rate: 1,
  isKnown: false,
  pool: null,
  poolRate: null,
  halted: false,
  carrierPaused: false,
  dayLeft: null,
  poolDayLeft: null,
  dayCap: null,
  poolDayCap: null,
  dayEnds: null,
});

export type Readiness =
  /** Most messages a second that its numbers take together, at a segment each; null: as many as the campaign likes. */
  | { kind: 'ready'; rate: number | null }
  /** None of them may send, and why, in words. `until`: when that may have changed; null: when somebody acts. */
  | { kind: 'waits'; reason: string; until: Date | null };

const hasDayLeft = ({ dayLeft, poolDayLeft }: CampaignSender): boolean =>
  (dayLeft === null || dayLeft > 0) && (poolDayLeft === null || poolDayLeft > 0);

/** Whether anything can go from these numbers now, and how fast. Pure. */
export function readinessOf(senders: readonly CampaignSender[]): Readiness {
  if (senders.length === 0) {
    return { kind: 'waits', reason: 'Waits: the pool that it is sent from has no numbers.', until: null };
  }
  const going = senders.filter(({ halted }) => !halted);
  const healthy = going.filter(({ carrierPaused }) => !carrierPaused);
  if (going.length > 0 && healthy.length === 0) {
    return {
      kind: 'waits',
      reason: 'Waits: the carrier of its numbers takes nothing just now.',
      until: null,
    };
  }
  if (healthy.length === 0) {
    const reason =
      senders.length === 1
        ? `Waits: the number that it is sent from, ${senders[0]?.senderNumber}, is halted.`
        : `Waits: all ${senders.length} numbers that it is sent from are halted.`;
    return { kind: 'waits', reason, until: null };
  }
  const open = healthy.filter(hasDayLeft);
  if (open.length === 0) {
    const ends = healthy.flatMap(({ dayEnds }) => dayEnds ?? []).map((end) => end.getTime());
    return {
      kind: 'waits',
      reason: 'Waits for tomorrow: its numbers have sent as much as they may in a day.',
      until: ends.length === 0 ? null : new Date(Math.min(...ends)),
    };
  }
  if (open.some(({ isKnown }) => !isKnown)) return { kind: 'ready', rate: null };
  const pools = new Map<string | null, { own: number; most: number | null }>();
  for (const { pool, poolRate, rate, senderNumber } of open) {
    const key = pool ?? senderNumber;
    const so = pools.get(key) ?? { own: 0, most: pool === null ? null : poolRate };
    pools.set(key, { ...so, own: so.own + rate });
  }
  const rates = [...pools.values()].map(({ most, own }) => Math.min(own, most ?? own));
  return { kind: 'ready', rate: rates.reduce((sum, each) => sum + each, 0) };
}
