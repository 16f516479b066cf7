import type { CarrierName } from '#shared/contracts/dialog-commands.ts';
import type { PacedRequest } from '#shared/pacing/buckets.ts';
import type { Pacer } from '#shared/pacing/pacer.ts';
import type { Transaction } from '#shared/postgres/pool.ts';
import { bucketsOf, readLimits, type SenderLimits } from '#shared/senders/limits.ts';
import { DAILY_CAP, PACED, SENDER_HALTED } from '#shared/senders/rules.ts';
import { type Hold, holdMessages } from '#shared/sending/hold.ts';
import { LONGEST_TIMER_MS, type Message } from '#shared/sending/message-state.ts';
import type { ClaimPacing, Paced, PaceResult, Pacing } from '#shared/sending/pacing.ts';

/** At which pace texts may go. */
export interface SmsPacing {
  pacer: Pacer;
  /** Of numbers that we do not know. */
  carrier: CarrierName;
  /** Of the whole account at each carrier, in segments per second. */
  accountRates: Readonly<Record<CarrierName, number>>;
  /** For how long what is planned from a halted number waits until it is looked at again, in ms. */
  haltHoldMs: number;
}

/** The pace of texts, for claims. */
export function smsPacing(settings: SmsPacing): Pacing {
  const ofClaim: ClaimPacing = {
    pace: (tx, candidates, now) => paceMessages(tx, candidates, { ...settings, now }),
    giveBack: (requests) => settings.pacer.giveBack(requests),
  };
  return { beginClaim: () => ofClaim };
}

/**
 * Asks for these messages, one of each phone, whose rows are locked, whether their numbers may send them now. A planned
 * message of a number that is halted, or whose day is used up, is held; what has to wait for longer than a timer may is held
 * as well, so that turns of slow numbers do not fill our hands. Answers to people go on from a halted number, and at the end
 * of a day: carriers refuse them if they must.
 */
async function paceMessages(
  tx: Transaction,
  candidates: readonly Message[],
  { accountRates, carrier: first, haltHoldMs, now, pacer }: SmsPacing & { now: Date },
): Promise<PaceResult> {
  if (candidates.length === 0) return { go: [], waiting: [], held: [] };
  const limits = await readLimits(tx, [...new Set(candidates.map(({ senderNumber }) => senderNumber))], now);
  const stops = candidates.flatMap((message): Hold[] => {
    const limit = message.lane === 'bulk' ? limits.get(message.senderNumber) : undefined;
    const stop = limit && stopOf(limit, new Date(now.getTime() + haltHoldMs));
    return stop ? [{ message, ...stop }] : [];
  });
  const stopped = new Set(stops.map(({ message }) => message));
  const asking = candidates.filter((message) => !stopped.has(message));
  const requests = asking.map((message): PacedRequest => {
    const limit = limits.get(message.senderNumber);
    const carrier = limit?.carrier ?? first;
    return {
      cost: message.segments,
      id: message.messageId,
      lane: message.lane,
      limits: bucketsOf(limit, { accountRate: accountRates[carrier], carrier, channel: 'sms' }),
    };
  });
  const waits = await pacer.take(requests);
  const go: Paced[] = [];
  const waiting: { message: Message; ms: number }[] = [];
  for (const [index, message] of asking.entries()) {
    const request = requests[index];
    const ms = waits[index];
    if (request === undefined || ms === undefined) throw new Error('a message was not paced');
    if (ms === 0) go.push({ message, request });
    else if (ms <= LONGEST_TIMER_MS) waiting.push({ message, ms });
    else stops.push({ message, rule: PACED, until: new Date(now.getTime() + ms) });
  }
  await holdMessages(tx, stops);
  return { go, waiting, held: stops.map(({ message }) => message) };
}

function stopOf(limits: SenderLimits, haltedUntil: Date): Omit<Hold, 'message'> | null {
  if (limits.halted) return { rule: SENDER_HALTED, until: haltedUntil };
  const left = [limits.dayLeft, limits.poolDayLeft].filter((each) => each !== null);
  return left.some((each) => each <= 0) ? { rule: DAILY_CAP, until: limits.dayEnds } : null;
}
