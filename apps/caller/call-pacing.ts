import type { CarrierName } from '#shared/contracts/dialog-commands.ts';
import type { BucketLimit } from '#shared/pacing/buckets.ts';
import type { Pacer } from '#shared/pacing/pacer.ts';
import type { Transaction } from '#shared/postgres/pool.ts';
import { PACED } from '#shared/senders/rules.ts';
import { holdMessages } from '#shared/sending/hold.ts';
import { LONGEST_TIMER_MS, type Message } from '#shared/sending/message-state.ts';
import type { Paced, PaceResult, Pacing } from '#shared/sending/pacing.ts';
import { type CallsUnderWay, lockUnderWay, readMostCalls } from './under-way.ts';

export interface CallPacing {
  pacer: Pacer;
  carrier: CarrierName;
  /** Calls that begin in a second, of the whole account at the carrier. */
  callsPerSecond: number;
  /** Calls under way at once, of all tasks and campaigns. */
  mostCalls: number;
  busyMs?: { phone: number; full: number };
}

/** When those are looked at again whose own call is under way, and those who wait for calls of others to end, in ms. */
const BUSY_MS = { phone: 3_000, full: 2_000 };

/**
 * At which pace calls begin: one per phone at once, as many as the campaign and the account may have under way, and no more
 * in a second than the account begins, so that none of them waits at the carrier, where nobody would ask the gate again.
 * Claims of calls take turns, all tasks' together, so that they count each other's.
 */
export const callPacing = (settings: CallPacing): Pacing => ({
  beginClaim: () => {
    let underWay: CallsUnderWay | null = null;
    return {
      pace: async (tx, candidates, now) => {
        if (candidates.length === 0) return { go: [], waiting: [], held: [] };
        underWay ??= await lockUnderWay(tx);
        return paceCalls(tx, candidates, underWay, settings, now);
      },
      giveBack: (requests) => settings.pacer.giveBack(requests),
    };
  },
});

async function paceCalls(
  tx: Transaction,
  candidates: readonly Message[],
  underWay: CallsUnderWay,
  { busyMs = BUSY_MS, callsPerSecond, carrier, mostCalls, pacer }: CallPacing,
  now: Date,
): Promise<PaceResult> {
  const limits = [accountBucket(carrier, callsPerSecond)];
  const waiting: { message: Message; ms: number }[] = [];
  const asking: Paced[] = [];
  const campaigns = new Set(candidates.flatMap(({ campaignId }) => campaignId ?? []));
  const mostOf = await readMostCalls(tx, [...campaigns]);
  const isFull = ({ campaignId }: Message): boolean =>
    underWay.total >= mostCalls ||
    (campaignId !== null && underWay.ofCampaign(campaignId) >= (mostOf.get(campaignId) ?? mostCalls));
  for (const message of candidates) {
    if (underWay.isCalled(message.phoneNumber)) waiting.push({ message, ms: busyMs.phone });
    else if (isFull(message)) waiting.push({ message, ms: busyMs.full });
    else {
      underWay.add(message);
      const { lane, messageId: id } = message;
      asking.push({ message, request: { cost: 1, id, lane, limits } });
    }
  }
  const waits = await pacer.take(asking.map(({ request }) => request));
  const go: Paced[] = [];
  const held: Message[] = [];
  for (const [index, each] of asking.entries()) {
    const ms = waits[index];
    if (ms === undefined) throw new Error('a call was not paced');
    if (ms === 0) go.push(each);
    else {
      underWay.remove(each.message);
      if (ms <= LONGEST_TIMER_MS) waiting.push({ message: each.message, ms });
      else held.push(each.message);
    }
  }
  await holdMessages(
    tx,
    held.map((message) => ({
      message,
      rule: PACED,
      until: new Date(now.getTime() + LONGEST_TIMER_MS),
    })),
  );
  return { go, waiting, held };
}

/** Nothing is saved up, but for the call that comes a moment late: two at once would be one that waits at the carrier. */
const accountBucket = (carrier: CarrierName, rate: number): BucketLimit => ({
  key: `pace:{${carrier}}:voice:account`,
  rate,
  capacity: 1,
  reserve: 0,
});
