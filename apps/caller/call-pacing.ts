import type { Clock } from '#shared/clock.ts';
import type { CarrierName } from '#shared/contracts/dialog-commands.ts';
import type { BucketLimit } from '#shared/pacing/buckets.ts';
import type { Pacer } from '#shared/pacing/pacer.ts';
import type { Transaction } from '#shared/postgres/pool.ts';
import { PACED } from '#shared/senders/rules.ts';
import { type Hold, holdMessages } from '#shared/sending/hold.ts';
import { LONGEST_TIMER_MS, type Message } from '#shared/sending/message-state.ts';
import type { ClaimPacing, Paced, PaceResult, Pacing } from '#shared/sending/pacing.ts';
import { type CallsUnderWay, lockUnderWay, readMostCalls } from './under-way.ts';
import { WaitingRoom } from './waiting-room.ts';

export interface CallPacing {
  pacer: Pacer;
  carrier: CarrierName;
  /** Calls that begin in a second, of the whole account at the carrier. */
  callsPerSecond: number;
  /** Calls under way at once, of all tasks and campaigns. */
  mostCalls: number;
  /** Monotonic time, and chance. */
  clock: Pick<Clock, 'monotonic' | 'random'>;
  busyMs?: BusyMs;
}

/** When those are looked at again that cannot begin yet, in ms. */
export interface BusyMs {
  /** Whose own call is under way. */
  phone: number;
  /** Who waits in hand for calls of others to end. */
  full: number;
  /** Who is held until calls of the campaign have ended: about so long, each a little differently. */
  held: number;
}

/** Half a minute is what a call takes. */
const BUSY_MS: BusyMs = { phone: 3_000, full: 2_000, held: 30_000 };
/** Whoever waits in hand and is not looked at for so many times is not in hand any more. */
const FORGOTTEN_LOOKS = 10;

/**
 * At which pace calls begin: one per phone at once, as many as the campaign and the account may have under way, and no more
 * in a second than the account begins, so that none of them waits at the carrier, where nobody would ask the gate again.
 * Claims of calls take turns, all tasks' together, so that they count each other's. What waits because of its campaign is held,
 * beyond a few: others need the hands.
 */
export function callPacing(settings: CallPacing): Pacing {
  const busyMs = settings.busyMs ?? BUSY_MS;
  const room = new WaitingRoom(busyMs.full * FORGOTTEN_LOOKS);
  const beginClaim = (): ClaimPacing => {
    let underWay: CallsUnderWay | null = null;
    return {
      pace: async (tx, candidates, now) => {
        if (candidates.length === 0) return { go: [], waiting: [], held: [] };
        underWay ??= await lockUnderWay(tx);
        return paceCalls(tx, candidates, underWay, { ...settings, busyMs, room }, now);
      },
      giveBack: (requests) => settings.pacer.giveBack(requests),
    };
  };
  return { beginClaim };
}

async function paceCalls(
  tx: Transaction,
  candidates: readonly Message[],
  underWay: CallsUnderWay,
  settings: CallPacing & { busyMs: BusyMs; room: WaitingRoom },
  now: Date,
): Promise<PaceResult> {
  const { busyMs, callsPerSecond, carrier, clock, mostCalls, pacer, room } = settings;
  const limits = [accountBucket(carrier, callsPerSecond)];
  const waiting: { message: Message; ms: number }[] = [];
  const asking: Paced[] = [];
  const holds: Hold[] = [];
  const hold = (message: Message, ms: number): void =>
    void holds.push({ message, rule: PACED, until: new Date(now.getTime() + ms) });
  const campaigns = new Set(candidates.flatMap(({ campaignId }) => campaignId ?? []));
  const mostOf = await readMostCalls(tx, [...campaigns]);
  for (const message of candidates) {
    const { campaignId, phoneNumber } = message;
    const most = (campaignId === null ? undefined : mostOf.get(campaignId)) ?? mostCalls;
    if (underWay.isCalled(phoneNumber)) waiting.push({ message, ms: busyMs.phone });
    else if (campaignId !== null && underWay.ofCampaign(campaignId) >= most) {
      if (room.admits(campaignId, phoneNumber, most, clock.monotonic()))
        waiting.push({ message, ms: busyMs.full });
      else hold(message, busyMs.held * (0.5 + clock.random()));
    } else {
      if (campaignId !== null) room.leaves(campaignId, phoneNumber);
      if (underWay.total >= mostCalls) waiting.push({ message, ms: busyMs.full });
      else {
        underWay.add(message);
        const { lane, messageId: id } = message;
        asking.push({ message, request: { cost: 1, id, lane, limits } });
      }
    }
  }
  const waits = await pacer.take(asking.map(({ request }) => request));
  const go: Paced[] = [];
  for (const [index, each] of asking.entries()) {
    const ms = waits[index];
    if (ms === undefined) throw new Error('a call was not paced');
    if (ms === 0) go.push(each);
    else {
      underWay.remove(each.message);
      if (ms <= LONGEST_TIMER_MS) waiting.push({ message: each.message, ms });
      else hold(each.message, LONGEST_TIMER_MS);
    }
  }
  await holdMessages(tx, holds);
  return { go, waiting, held: holds.map(({ message }) => message) };
}

/** Nothing is saved up, but for the call that comes a moment late: two at once would be one that waits at the carrier. */
const accountBucket = (carrier: CarrierName, rate: number): BucketLimit => ({
  key: `pace:{${carrier}}:voice:account`,
  rate,
  capacity: 1,
  reserve: 0,
});
