import type { Definition } from '#shared/campaigns/definition.ts';
import { callingCarriers } from '#shared/carriers/voice.ts';
import type { Channel } from '#shared/compliance/touch.ts';
import type { CarrierName } from '#shared/contracts/dialog-commands.ts';
import type { PhoneNumber } from '#shared/phone/phone-number.ts';
import type { Queryable } from '#shared/postgres/pool.ts';
import { readLimits, readPoolLimits, type SenderLimits } from './limits.ts';

/** A number that a campaign may go from. One that we do not know is not limited by itself. */
export type CampaignSender = Pick<
  SenderLimits,
  'senderNumber' | 'carrier' | 'pool' | 'halted' | 'carrierPaused' | 'canCall'
> & {
  rate: number;
  isKnown: boolean;
  /** Whether its carrier is one of `CARRIERS`: from any other nothing can go. */
  isSetUp: boolean;
  poolRate: number | null;
  dayLeft: number | null;
  poolDayLeft: number | null;
  dayCap: number | null;
  poolDayCap: number | null;
  dayEnds: Date | null;
};

/** What an environment sends from. */
export interface SendsFrom {
  /** The number of everything that names no other. */
  ownNumber: PhoneNumber;
  /** Carriers that are set up: `CARRIERS`. The first is that of numbers that we do not know. */
  carriers: readonly CarrierName[];
}

/** The numbers of a campaign: of its pool, those that it names, or the environment's own. `now`: business time. */
export async function readCampaignSenders(
  db: Queryable,
  { senderNumbers, senderPool }: Pick<Definition, 'senderNumbers' | 'senderPool'>,
  { carriers, ownNumber }: SendsFrom,
  now: Date,
): Promise<CampaignSender[]> {
  const known = (limits: SenderLimits): CampaignSender => ({
    ...limits,
    isKnown: true,
    isSetUp: carriers.includes(limits.carrier),
  });
  if (senderPool !== null) return (await readPoolLimits(db, senderPool, now)).map(known);
  const numbers: readonly string[] = senderNumbers.length > 0 ? senderNumbers : [ownNumber];
  const limits = await readLimits(db, numbers, now);
  return numbers.map((senderNumber) => {
    const limit = limits.get(senderNumber);
    return limit === undefined ? unknown(senderNumber, firstOf(carriers)) : known(limit);
  });
}

/** The carrier of numbers that we do not know. */
export function firstOf([first]: readonly CarrierName[]): CarrierName {
  if (first === undefined) throw new Error('no carrier is set up');
  return first;
}

const unknown = (senderNumber: string, carrier: CarrierName): CampaignSender => ({
  senderNumber,
  carrier,
  isSetUp: true,
  rate: 1,
  isKnown: false,
  pool: null,
  poolRate: null,
  halted: false,
  canCall: callingCarriers.includes(carrier),
  carrierPaused: false,
  dayLeft: null,
  poolDayLeft: null,
  dayCap: null,
  poolDayCap: null,
  dayEnds: null,
});

/**
 * Which parts of the people who have no number yet are written to through which carrier: by how fast its numbers send, as they are drawn.
 * Those that may send count, or all where none may. `first`: the carrier where there are no numbers. Pure.
 */
export function carrierShares(
  senders: readonly CampaignSender[],
  first: CarrierName,
): ReadonlyMap<CarrierName, number> {
  const going = senders.filter(({ halted, isSetUp }) => !halted && isSetUp);
  const counted = going.length > 0 ? going : senders;
  const all = counted.reduce((sum, { rate }) => sum + rate, 0);
  if (all === 0) return new Map([[first, 1]]);
  const shares = new Map<CarrierName, number>();
  for (const { carrier, rate } of counted) shares.set(carrier, (shares.get(carrier) ?? 0) + rate / all);
  return shares;
}

export type Readiness =
  /** Most messages a second that its numbers take together, at a segment each; null: as many as the campaign likes. */
  | { kind: 'ready'; rate: number | null }
  /** None of them may send, and why, in words. `until`: when that may have changed; null: when somebody acts. */
  | { kind: 'waits'; reason: string; until: Date | null };

const hasDayLeft = ({ dayLeft, poolDayLeft }: CampaignSender): boolean =>
  (dayLeft === null || dayLeft > 0) && (poolDayLeft === null || poolDayLeft > 0);

/** Why nothing goes from any of these numbers, of which each is halted or at a carrier that is not set up. */
function whyNone(senders: readonly CampaignSender[], does = 'is sent'): string {
  const [first] = senders;
  const elsewhere = senders.filter(({ isSetUp }) => !isSetUp);
  if (senders.length === 1 && first !== undefined) {
    const { carrier, isSetUp, senderNumber } = first;
    const why = isSetUp ? 'is halted' : `is at ${inWords([carrier])}, which is not set up (CARRIERS)`;
    return `the number that it ${does} from, ${senderNumber}, ${why}.`;
  }
  const all = `all ${senders.length} numbers that it ${does} from are`;
  if (elsewhere.length === 0) return `${all} halted.`;
  const names = inWords(elsewhere.map(({ carrier }) => carrier));
  return elsewhere.length === senders.length
    ? `${all} at carriers that are not set up (CARRIERS): ${names}.`
    : `${all} halted, or at carriers that are not set up (CARRIERS): ${names}.`;
}

const NAMES: Readonly<Record<CarrierName, string>> = { twilio: 'Twilio', vonage: 'Vonage', aws: 'AWS' };

/** Carriers as people write them, each once. */
export const inWords = (carriers: readonly CarrierName[]): string =>
  [...new Set(carriers)].map((carrier) => NAMES[carrier]).join(', ');

/**
 * Whether anything can go from these numbers now, and how fast. What is counted of a number in a second and in a day are
 * texts, and pauses are those of the carrier's way for texts: of calls it matters that the number can make them, that its
 * carrier is set up, and that nobody has halted it. Pure.
 */
export const readinessOf = (senders: readonly CampaignSender[], channel: Channel): Readiness =>
  channel === 'voice' ? readyToCall(senders) : readyToText(senders);

/** The same of a campaign that reaches people in several ways: it goes on as long as one of them is open, the first that is. */
export function readinessOfAny(
  senders: readonly CampaignSender[],
  channels: readonly [Channel, ...Channel[]],
): Readiness {
  const [first, ...others] = channels;
  const known = readinessOf(senders, first);
  const open = others.map((channel) => readinessOf(senders, channel)).find(({ kind }) => kind === 'ready');
  return known.kind === 'waits' ? (open ?? known) : known;
}

function readyToCall(senders: readonly CampaignSender[]): Readiness {
  const calling = senders.filter(({ canCall }) => canCall);
  if (calling.some(({ halted, isSetUp }) => !halted && isSetUp)) return { kind: 'ready', rate: null };
  const reason = calling.length === 0 ? 'none of its numbers can make calls.' : whyNone(calling, 'calls');
  return { kind: 'waits', reason: `Waits: ${reason}`, until: null };
}

function readyToText(senders: readonly CampaignSender[]): Readiness {
  if (senders.length === 0) {
    return { kind: 'waits', reason: 'Waits: the pool that it is sent from has no numbers.', until: null };
  }
  const going = senders.filter(({ halted, isSetUp }) => !halted && isSetUp);
  const healthy = going.filter(({ carrierPaused }) => !carrierPaused);
  if (going.length > 0 && healthy.length === 0) {
    return {
      kind: 'waits',
      reason: 'Waits: the carrier of its numbers takes nothing just now.',
      until: null,
    };
  }
  if (healthy.length === 0) {
    return { kind: 'waits', reason: `Waits: ${whyNone(senders)}`, until: null };
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
